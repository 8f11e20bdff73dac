/**
 * The server reads special tokens of chat templates, such as `<|im_end|>`, as such anywhere in a
 * prompt: a file that contains them could end the user's turn and speak as the system. So a space
 * is put into them. `<s>` and `<bos>`, which are also HTML and words, get one only if the model's
 * own template has them.
 */

const KNOWN =
  /<(?=[|｜][\w▁-]{1,40}[|｜]>|\|[a-z_]{1,40}>|[a-z_]{1,40}\|>|(?:start|end)_of_turn>)|\[(?=\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS)\])/g;

/** What looks like a special token in a template: angle or square brackets without whitespace. */
const TOKEN = /<[^\s<>]{1,60}>|\[[^\s[\]]{1,60}\]/g;

/** The special tokens in the text that a template puts around contents. */
export function specialTokensIn(pieces: string): string[] {
  return [...new Set(pieces.match(TOKEN))];
}

/**
 * The text with a space in every special token: the common ones, and those of the model's template.
 * @param own the special tokens of the template
 */
export function breakSpecialTokens(text: string, own: readonly string[]): string {
  return own.reduce(
    (broken, token) => broken.replaceAll(token, breakUp(token)),
    text.replace(KNOWN, '$& '),
  );
}

function breakUp(token: string): string {
  return `${token.charAt(0)} ${token.slice(1)}`;
}

const BROKEN = new RegExp(KNOWN.source.replaceAll('(?=', ' (?='), 'g');
/** A possible beginning of a broken special token, which is held back until more has come. */
const BEGUN = /[<[](?: \S{0,60})?$/;

/**
 * Takes the space out again in a reply whose prompt had it put in: the file itself has none. If the
 * prompt had both forms, nobody can tell which one is meant, and the reply stays as it is.
 */
export class SpecialTokenMender {
  /** The template's special tokens, broken and whole. */
  readonly #own: (readonly [broken: string, whole: string])[];
  readonly #mendsKnown: boolean;
  #held = '';

  /**
   * @param texts the contents that were sent
   * @param own the special tokens of the template
   */
  constructor(texts: readonly string[], own: readonly string[]) {
    const prompt = texts.join('\n');
    this.#own = own
      .map((token) => [breakUp(token), token] as const)
      .filter(([broken, whole]) => prompt.includes(whole) && !prompt.includes(broken));
    this.#mendsKnown = prompt.search(KNOWN) !== -1 && prompt.search(BROKEN) === -1;
  }

  /** Takes the next piece of the reply. Returns the part that is certain, mended. */
  push(piece: string): string {
    if (!this.#mendsKnown && this.#own.length === 0) return piece;
    const text = this.#held + piece;
    this.#held = BEGUN.exec(text)?.[0] ?? '';
    return this.#mended(text.slice(0, text.length - this.#held.length));
  }

  /** Call it at the reply's end. Returns what was held back. */
  end(): string {
    const rest = this.#mended(this.#held);
    this.#held = '';
    return rest;
  }

  #mended(text: string): string {
    const mended = this.#own.reduce(
      (some, [broken, whole]) => some.replaceAll(broken, whole),
      text,
    );
    return this.#mendsKnown ? mended.replace(BROKEN, (bracket) => bracket.trimEnd()) : mended;
  }
}
