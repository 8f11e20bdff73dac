import {
  beginningOf,
  END_SIGN,
  mayStartWithMark,
  startMarkLength,
  startsWithAnalysis,
  startsWithThoughtLine,
} from './answer-marks.ts';
import { JsonText, openingLength } from './json-answer.ts';
import { spellingOf } from './names.ts';
import { marksIn, MENTION_CHARS } from './reasoning.ts';
import type { ToolShapes } from './reply.ts';

/**
 * Streams an answer: of a reply that is not yet complete, it passes on what is certainly meant for
 * the person. Reasoning, tool calls, tags and the marks around an answer never pass.
 */
export class AnswerStream {
  #state: 'start' | 'thought' | 'lines' | 'text' | 'over' = 'start';
  #isTagged = false;
  /** Decodes an answer in JSON. */
  #json: JsonText | undefined;
  readonly #isHeld: boolean;
  /** What has arrived and is neither shown nor skipped yet. */
  #rest = '';
  /** Whitespace that is shown once something follows. */
  #space = '';
  #hasShown = false;
  /** The name of the open thought. */
  #thought = '';
  /** What has come of thoughts and was not taken yet. */
  #thoughts = '';
  /** How many characters of `#rest` are in it. */
  #told = 0;
  readonly #names: readonly string[];
  readonly #tools: ToolShapes;
  /** Made where an answer has no tag. */
  #plain: Endings | undefined;

  /** @param isHeld the reply is held to a schema: an answer is JSON */
  constructor(tools: ToolShapes, isHeld = false) {
    this.#isHeld = isHeld;
    this.#tools = tools;
    this.#names = [...tools].flatMap(([name, { synonyms = [] }]) => [name, ...synonyms]);
  }

  /** Whether a thought is open that the reply begins with. */
  get isInThought(): boolean {
    return this.#state === 'thought';
  }

  /** Whether what is shown is the answer, whatever follows: plain text may still turn into a call. */
  get isAnswer(): boolean {
    return this.#isTagged || this.#json !== undefined;
  }

  /** What has come of thoughts since the last time, without their tags. */
  takeThought(): string {
    const thought = this.#thoughts;
    this.#thoughts = '';
    return thought;
  }

  /** Takes the next piece of the raw reply and returns what can be shown now. */
  push(piece: string): string {
    if (this.#state === 'over') return '';
    this.#rest += this.#json?.push(piece) ?? piece;
    for (;;) {
      if (this.#state === 'text') return this.#show(this.#endings);
      const isCertain =
        this.#state === 'start'
          ? this.#begin()
          : this.#state === 'lines'
            ? this.#endLines()
            : this.#state === 'thought' && this.#endThought(piece);
      if (!isCertain) return '';
    }
  }

  get #endings(): Endings {
    if (this.#json) return ENDLESS;
    return this.#isTagged ? TAGGED : (this.#plain ??= plainEndings(this.#tools));
  }

  /** The start of a reply shows what it is. Returns false while that is not certain. */
  #begin(): boolean {
    const text = (this.#rest = this.#rest.trimStart());
    // A call is no answer, in its tags or without.
    if (this.#isTagged && /^<tool[\s>]/i.test(text)) this.#state = 'over';
    if (this.#state === 'over') return false;
    const opening = this.#isHeld ? openingLength(text) : 0;
    if (opening === undefined) return false;
    if (opening > 0) {
      this.#json = new JsonText();
      this.#rest = this.#json.push(text.slice(opening));
      this.#state = 'text';
      return true;
    }
    // A word may be the name of a function, which some models call like this.
    if (this.#isNameBegun(text)) return false;
    if (/^[\w.]{1,60}\(/.test(text)) {
      this.#state = 'over';
      return false;
    }
    if (UNFINISHED_TAG.test(text) || mayStartWithMark(text)) {
      // Whitespace after a tag is never shown, however much of it there is.
      if (/^<[^<>\s]{1,40}>\s+$/.test(text)) this.#rest = `${text.trimEnd()} `;
      return false;
    }
    const final = this.#isTagged ? undefined : /^<final\b[^>]*>/i.exec(text)?.[0];
    this.#isTagged ||= final !== undefined;
    const skipped = final?.length ?? (startsWithThoughtLine(text) ? 0 : startMarkLength(text));
    const mark = this.#isTagged || skipped > 0 ? undefined : marksIn(text.slice(0, MARK_CHARS))[0];
    const thought = mark?.at === 0 ? mark : undefined;
    this.#rest = text.slice(thought?.end ?? skipped);
    this.#thought = thought?.name ?? '';
    if (thought) this.#state = thought.kind === 'start' ? 'thought' : 'start';
    else if (startsWithAnalysis(text)) this.#state = 'over';
    else if (startsWithThoughtLine(text)) this.#state = 'lines';
    else this.#state = skipped > 0 ? 'start' : 'text';
    return true;
  }

  #isNameBegun(text: string): boolean {
    const begun = text.length < 40 ? text.toLowerCase() : undefined;
    return begun !== undefined && this.#names.some((name) => name.startsWith(begun));
  }

  /** Only the tag of its own name ends the thought here: another one may be inside it. */
  #endThought(piece: string): boolean {
    // Every mark ends with one of these. After a word it may be a mention, which more text shows.
    const mayClose = /[>\]▷]/.test(piece) && /\/|end|channel\||95>|suffix/i.test(this.#rest);
    const close = mayClose || this.#isWaiting ? this.#closing() : undefined;
    this.#isWaiting =
      close !== undefined &&
      this.#rest.length - close.end < MENTION_CHARS &&
      /\w ["']?$/.test(this.#rest.slice(0, close.at));
    if (this.#isWaiting) return false;
    if (close) this.#state = 'start';
    // Without a closing tag, only what may be its beginning is kept.
    const kept = Math.max(0, this.#rest.length - MARK_CHARS);
    const certain = close?.at ?? this.#rest.search(BEGUN_TAG);
    this.#thoughts += this.#rest.slice(this.#told, certain);
    this.#told = close ? 0 : Math.max(this.#told, certain) - kept;
    this.#rest = this.#rest.slice(close?.end ?? kept);
    return close !== undefined;
  }

  #isWaiting = false;

  #closing() {
    return marksIn(this.#rest).find(({ kind, name }) => kind === 'end' && name === this.#thought);
  }

  /** After lines of ReAct the answer has a label. Before it, anything else may decide the reply. */
  #endLines(): boolean {
    const sign = /\n[*_]{0,2}Final Answer[*_]{0,2}:[*_]{0,2}|[<{[◁&]|\n[*_]{0,2}Action/.exec(
      this.#rest,
    );
    if (sign && !sign[0].includes('Answer')) this.#state = 'over';
    else if (sign) this.#state = 'start';
    this.#rest = this.#rest.slice(sign ? sign.index + sign[0].length : -MENTION_CHARS * 2);
    return sign !== null;
  }

  #show({ ending, isUnsure }: Endings): string {
    const end = ending.exec(this.#rest);
    const certain = this.#rest.slice(0, end?.index);
    const text = certain.trimEnd();
    const shown = text && (this.#hasShown ? this.#space + text : text.trimStart());
    this.#space = text ? certain.slice(text.length) : this.#space + certain;
    this.#hasShown ||= shown !== '';
    this.#rest = this.#rest.slice(certain.length);
    if (end && !isUnsure.test(this.#rest)) this.#state = 'over';
    return shown;
  }
}

/** Where an answer may turn into something else, and where only more text shows whether it does. */
interface Endings {
  ending: RegExp;
  isUnsure: RegExp;
}

/** A tag of a thought without attributes is shorter. */
const MARK_CHARS = 400;
/** What may be the beginning of a tag, at the end of a thought so far; or only its end. */
const BEGUN_TAG = /(?:[<[◁][^<>[\]▷]{0,60})?$/;
const UNFINISHED_TAG = /^(?:<[^<>]{0,99}|\[[A-Z]{0,20}|◁[^▷]{0,40})?$/;
/** Only its closing tag, or the mark that ends its turn, ends a tagged answer. */
const TAGGED: Endings = {
  ending: new RegExp(`</final|${END_SIGN}`, 'i'),
  isUnsure: /^(?:<[^<>\s]{0,30}|\[[/A-Z]{0,6})$/i,
};

/** In JSON, the end of the string ends the answer. */
const ENDLESS: Endings = { ending: /(?!)/, isUnsure: /(?!)/ };

/** Plain text may still turn into a call; the name of a tool is fine where its sentence goes on. */
function plainEndings(tools: ToolShapes): Endings {
  const name = `(?<![\\p{L}\\p{N}_])(?:${[...tools.keys()].map(spellingOf).join('|') || '(?!)'})`;
  const behind = '[`*"\'.,;!?)]{0,3}';
  const isSafe = `[\\p{L}\\p{N}_]|${behind}\\s{1,3}[\\p{L}\\p{N}]{1,30}(?![\\p{L}\\p{N}=:_(])[^]`;
  const begun = [...tools.keys()].map((tool) => beginningOf(tool).replaceAll('_', '[-_.]?'));
  const word = `(?<![\\p{L}\\p{N}_])(?:${[...begun, beginningOf('Action')].join('|')})$`;
  const action = '\\bAction[*_]{0,2}\\s?:';
  const source = `[{[◁]|<.|\`\`\`|>>>|\\*\\*\\*|&lt|<$|\`{1,2}$|>{1,2}$|\\*{1,2}$|&l?$|${action}`;
  return {
    ending: new RegExp(`${source}|${name}(?!${isSafe})|${word}`, 'isu'),
    isUnsure: new RegExp(
      `^(?:<|\`{1,2}|>{1,2}|\\*{1,2}|&l?|Action[*_]{0,2}\\s?|${name}${behind}\\s{0,3}[\\p{L}\\p{N}]{0,30}|${word})$`,
      'iu',
    ),
  };
}
