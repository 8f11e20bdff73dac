/** Whether a reply only mentions a mark: quoted in a sentence, or in a code block that it explains. */
import { matchAt } from './match-at.ts';

/** How far around a mark its line is looked at. */
const NEAR_CHARS = 300;
const WORD = /\p{L}{2}/u;

/** The line around a range of the text: the part before it and the part after it. */
function lineAround(text: string, at: number, end: number): { before: string; after: string } {
  const before = text.slice(Math.max(0, at - NEAR_CHARS), at);
  const after = text.slice(end, end + NEAR_CHARS).split('\n', 1)[0] ?? '';
  return { before: before.slice(before.lastIndexOf('\n') + 1), after };
}

/** Where the backticks close that open right before `at` inside a sentence; undefined if none do. */
export function quoteEnd(text: string, at: number): number | undefined {
  if (text[at - 1] !== '`' || text[at - 2] === '`') return undefined;
  const { before, after } = lineAround(text, at, at);
  const close = after.indexOf('`');
  return WORD.test(before) && close !== -1 ? at + close : undefined;
}

/** Languages in which no call is made: such a block is a sample. */
const OTHER_CODE =
  /^```(?:[jt]sx?|javascript|typescript|go|rust|rs|java|kotlin|c|cpp|c\+\+|csharp|cs|ruby|rb|php|swift|lua|perl|r|scala|html|css|sql)\s*$/i;

/** A code block: where the text inside it starts and ends. */
interface Block {
  isOtherCode: boolean;
  at: number;
  end: number;
}

/** Tells what a text only mentions; each answer takes constant time. */
export class Mentions {
  readonly #text: string;
  readonly #blocks: Block[] = [];
  /** The first block that does not end before the last place asked about. */
  #next = 0;
  /** There are words before the first block and after the last, and none are about the model itself. */
  readonly #isExplained: boolean;
  readonly #isOnlyCode: boolean;

  constructor(text: string) {
    this.#text = text;
    const fences = [...text.matchAll(/^[ \t]{0,8}```[^\n`]*$/gm)];
    for (let index = 0; index < fences.length; index += 2) {
      const [open, close] = [fences[index], fences[index + 1]];
      if (!open) break;
      this.#blocks.push({
        at: open.index + open[0].length,
        end: close?.index ?? text.length,
        isOtherCode: OTHER_CODE.test(open[0].trim()),
      });
    }
    const first = fences[0]?.index ?? text.length;
    const last = fences.length % 2 === 0 ? fences.at(-1) : undefined;
    const before = text.slice(0, first);
    const after = last ? text.slice(last.index + last[0].length) : '';
    this.#isOnlyCode = !WORD.test(before) && !WORD.test(after);
    this.#isExplained =
      /\p{L}\P{L}+\p{L}/u.test(before) &&
      WORD.test(after) &&
      !ABOUT_ITSELF.test(before) &&
      !ABOUT_ITSELF.test(after);
  }

  /** Starts again at the beginning of the text: places must come in order. */
  restart(): void {
    this.#next = 0;
  }

  #blockAt(at: number): Block | undefined {
    const isBefore = (block: Block | undefined) => block !== undefined && block.end < at;
    while (isBefore(this.#blocks[this.#next])) this.#next++;
    const block = this.#blocks[this.#next];
    return block && block.at <= at ? block : undefined;
  }

  /** Whether it is inside a line of a code block, in a text that has words, too. */
  isInCode(at: number): boolean {
    if (this.#isOnlyCode || !this.#blockAt(at)) return false;
    const { before } = lineAround(this.#text, at, at);
    return !/^[\s>[]*(?:print\(|await )?[\s[]*$/.test(before);
  }

  /** Where the line of the tag at `at` ends, if the line only mentions it; otherwise undefined. */
  lineOf(at: number): number | undefined {
    const end = matchAt(this.#text, at, '<[^<>\\n]{1,99}>|\\[[A-Z_]{1,20}\\]')?.end;
    if (end === undefined || !this.has({ at, end, isMark: true })) return undefined;
    const lineEnd = this.#text.indexOf('\n', end);
    return lineEnd === -1 ? this.#text.length : lineEnd;
  }

  /**
   * Whether a range is only mentioned.
   * @param isMark it is a single mark, which may be a word of a sentence or stand in quotes
   */
  has({ at, end, isMark }: { at: number; end: number; isMark: boolean }): boolean {
    const block = this.#blockAt(at);
    if (block) {
      const { before } = lineAround(this.#text, at, at);
      const isInLine = block.isOtherCode && /\S/.test(before);
      return this.#isExplained || isInLine || holdsCode(this.#text.slice(block.at, at));
    }
    const { before, after } = lineAround(this.#text, at, end);
    if (isInBackticks(this.#text, { before, after, end })) return true;
    if (!isMark) return false;
    const isInQuotes = /["'“‘«]$/.test(before) && WORD.test(before);
    return isInQuotes || (IN_SENTENCE.before.test(before) && IN_SENTENCE.after.test(after));
  }
}

/** The model speaks of what it does: what it shows is then not a sample. */
const ABOUT_ITSELF = /\b(?:I|I['’]\w+|me|my|[Ww]e|[Ll]et['’]s|this will)\b/;

/** A mark as a word: words before it, and no arguments behind it. */
const IN_SENTENCE = {
  before: /\p{L}[\p{L}'’]*[,;]? [(]?$/u,
  after: /^(?:[.,;!?)]*$|[.,;!?)]*\s\p{L}[^{}()<>="[\]]*$)/u,
};

/** Whether code comes before: not only comments, imports and calls that are printed. */
function holdsCode(before: string): boolean {
  return before
    .slice(-20 * NEAR_CHARS)
    .split('\n')
    .slice(0, -1)
    .some((line) => /\w/.test(line) && !/^\s*(?:#|\/\/|\/?\*|--|<!--|import\b|from\b)/.test(line));
}

function isInBackticks(
  text: string,
  { before, after, end }: { before: string; after: string; end: number },
): boolean {
  const ticks = before.split('`');
  const close = after.indexOf('`');
  if (ticks.length % 2 === 1 || close === -1) return false;
  const outside = ticks.filter((_, index) => index % 2 === 0).join(' ');
  const rest = after.slice(close + 1);
  // `Reading it: ` and a call that ends the reply is an attempt.
  const isStep =
    /:\s*$/.test(ticks.slice(0, -1).join('`')) && !/\w/.test(text.slice(end + close + 1));
  return WORD.test(outside + rest) && !isStep;
}
