/**
 * The server reads marks of chat templates, such as `<|im_end|>`, as control tokens wherever they
 * stand: a file that holds them could end the user's turn and speak as the system. A blank breaks
 * them up. Not so `<s>` or `<bos>`, which are HTML and words as well, unless the model's own
 * template has them.
 */

const KNOWN =
  /<(?=[|｜][\w▁-]{1,40}[|｜]>|\|[a-z_]{1,40}>|[a-z_]{1,40}\|>|(?:start|end)_of_turn>)|\[(?=\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS)\])/g;

/** What looks like a mark in a piece of a template: in angle or square brackets, without blanks. */
const MARK = /<[^\s<>]{1,60}>|\[[^\s[\]]{1,60}\]/g;

/** The marks that stand in the pieces of a template. */
export function marksIn(pieces: string): string[] {
  return [...new Set(pieces.match(MARK))];
}

/** Text in which no mark is a control token any more. */
export function breakMarks(text: string, marks: readonly string[]): string {
  return marks.reduce(
    (broken, mark) => broken.replaceAll(mark, breakUp(mark)),
    text.replace(KNOWN, '$& '),
  );
}

function breakUp(mark: string): string {
  return `${mark.charAt(0)} ${mark.slice(1)}`;
}

const BROKEN = new RegExp(KNOWN.source.replaceAll('(?=', ' (?='), 'g');
/** What may be the beginning of a mark that is broken up: it is held back until more is there. */
const BEGUN = /[<[](?: \S{0,60})?$/;

/**
 * Makes the marks whole in a reply that has seen them broken up: the file has them whole. Where the
 * prompt itself had both forms, nobody can tell which one was meant, and it stays as it is.
 */
export class MarkMender {
  /** Broken forms of the template's marks, and what they are whole. */
  readonly #marks: (readonly [broken: string, whole: string])[];
  readonly #mendsKnown: boolean;
  #held = '';

  /**
   * @param texts the contents that were sent
   * @param marks those of the template
   */
  constructor(texts: readonly string[], marks: readonly string[]) {
    const prompt = texts.join('\n');
    this.#marks = marks
      .map((mark) => [breakUp(mark), mark] as const)
      .filter(([broken, whole]) => prompt.includes(whole) && !prompt.includes(broken));
    this.#mendsKnown = prompt.search(KNOWN) !== -1 && prompt.search(BROKEN) === -1;
  }

  /** Takes the next piece of the reply. Returns what is certain of it, mended. */
  push(piece: string): string {
    if (!this.#mendsKnown && this.#marks.length === 0) return piece;
    const text = this.#held + piece;
    this.#held = BEGUN.exec(text)?.[0] ?? '';
    return this.#mended(text.slice(0, text.length - this.#held.length));
  }

  /** Returns what was held back when the reply is over. */
  end(): string {
    const rest = this.#mended(this.#held);
    this.#held = '';
    return rest;
  }

  #mended(text: string): string {
    const mended = this.#marks.reduce(
      (some, [broken, whole]) => some.replaceAll(broken, whole),
      text,
    );
    return this.#mendsKnown ? mended.replace(BROKEN, (mark) => mark.trimEnd()) : mended;
  }
}
