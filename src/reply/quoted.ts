/** Whether a reply only mentions a mark: quoted in a sentence, or in a code block that it explains. */
import { announcesAction } from './announcement.ts';
import { HEDGE } from './formats/around.ts';
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
  const isInSentence = WORD.test(before) || /^\s+\p{Ll}/u.test(after.slice(close + 1));
  return isInSentence && close !== -1 ? at + close : undefined;
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
      (/\p{L}\P{L}+\p{L}/u.test(before) || /^\s*\p{Ll}/u.test(after)) &&
      WORD.test(before) &&
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
      const isCode = isProgram(this.#text, block, at);
      return this.#isExplained || isCode || holdsCode(this.#text.slice(block.at, at));
    }
    const { before, after } = lineAround(this.#text, at, end);
    if (isInBackticks(this.#text, { before, after, end })) return true;
    if (isToldOf(before, after)) return true;
    if (!isMark) return false;
    const isInQuotes = QUOTE_OPEN.test(before) && WORD.test(before);
    const words = after
      .replace(/<[|｜][^<>|｜]{1,40}[|｜]>|\[[A-Z_]{1,20}\]/g, '')
      .replace(/["”»]/, '');
    return isInQuotes || (IN_SENTENCE.before.test(before) && IN_SENTENCE.after.test(words));
  }

  /** Whether it is in a line of a program that a code block shows. */
  isInProgram(at: number): boolean {
    const block = this.#blockAt(at);
    return block !== undefined && isProgram(this.#text, block, at);
  }

  /** Whether the words before the code block at a place show that it is about something else. */
  isAboutOther(at: number): boolean {
    const start = this.#blockAt(at)?.at ?? at;
    const words = this.#text.slice(Math.max(0, start - NEAR_CHARS), start);
    const line = lastLineOf(words.replace(/```[^\n`]*$/, '').trimEnd());
    return HEDGE.test(line) || (OF_A_THING.test(line) && !OF_A_STEP.test(line));
  }

  /** Whether a range is in the middle of a sentence. */
  isInSentence(at: number, end: number): boolean {
    const { before, after } = lineAround(this.#text, at, end);
    const isSpoken = ABOUT_ITSELF.test(before + after) || announcesAction(before);
    return IN_SENTENCE.before.test(before) && GOES_ON.test(after) && !isSpoken;
  }

  /** Whether a range is in the middle of a sentence that tells of it. */
  isTold(at: number, end: number): boolean {
    const before = this.#text.slice(Math.max(0, at - NEAR_CHARS), at).trimEnd();
    const after = this.#text.slice(end, end + NEAR_CHARS).replace(/^\s+/, ' ');
    return isToldOf(`${lastLineOf(before)} `, after.split('\n', 1)[0] ?? '');
  }
}

const lastLineOf = (text: string) => text.slice(text.lastIndexOf('\n') + 1);

/** Whether it is in a string or behind other code of its line, or below code of a language without calls. */
function isProgram(text: string, block: Block, at: number): boolean {
  const { before } = lineAround(text, at, at);
  if (/["'`]$/.test(before) && /[<{[]/.test(text.charAt(at))) return true;
  if (/\S\s+'[{[][^']*$/.test(before)) return true;
  return block.isOtherCode && (/\S/.test(before) || holdsCode(text.slice(block.at, at)));
}

/** A sentence about a thing, and one about what is to be done. */
const OF_A_THING =
  /^\W*(?:(?:The|An?|Each|In|Its)\s+\S+|It)\s.*?\b(?:is|are|was|were|has|had|(?!this\b)\w{3,}s)\b/;
const OF_A_STEP =
  /\b(?:next|first|steps?|now|calls?|commands?|actions?|fix|changes?|edit|patch|solution|in order|must|needs?|let|will)\b/i;

/** What opens a quotation. */
const QUOTE_OPEN = /["'“‘«]$/;
/** What was done, or what something holds: the rest of its sentence tells of it. */
const TOLD =
  /\b(?:(?:called|used|ran|tried|invoked|executed)\b(?:(?!\. )[^\n!?:])*|(?:has|shows?|contains?|prints?)(?::?\s*| ["'`{[(][^\n.!?]*))$/;
const GOES_ON = /(?:^|[\s`"')}>][,;]?)\s\p{Ll}[^<>{}]*$/u;

/** Whether a sentence tells of what stands between its parts, as what was done or could be. */
function isToldOf(before: string, after: string): boolean {
  if (!GOES_ON.test(after) || announcesAction(before)) return false;
  return TOLD.test(before) || (HEDGE.test(before) && !ABOUT_ITSELF.test(before));
}

/** The model speaks of what it does: what it shows is then not a sample. */
const ABOUT_ITSELF = /\b(?:I|I['’]\w+|me|my|[Ww]e|[Ll]et['’]s|[Tt]his will)\b/;

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
