/** Small models loop: the same phrase over and over, or a list in which only the number changes. */
import { Repeats } from './repeats.ts';

/** Where the text is: files and quoted code may rightly repeat themselves more often. */
export type Place = 'prose' | 'code' | 'call';

/** A loop repeats its phrase `times` times, or three times over `enough` characters. */
interface Bound {
  times: number;
  /** The least number of characters of a loop. */
  chars: number;
  enough: number;
}

/** `marks` are phrases without a letter, such as rulers; in `counted` ones only numbers change. */
const BOUNDS: Readonly<Record<Place, Record<'words' | 'marks' | 'counted', Bound>>> = {
  prose: {
    words: { times: 6, chars: 300, enough: 2_000 },
    marks: { times: 6, chars: 1_000, enough: 2_000 },
    counted: { times: 40, chars: 1_500, enough: 8_000 },
  },
  code: {
    words: { times: 20, chars: 2_000, enough: 6_000 },
    marks: { times: 20, chars: 3_000, enough: 6_000 },
    counted: { times: 100, chars: 6_000, enough: 20_000 },
  },
  call: {
    words: { times: 50, chars: 12_000, enough: 24_000 },
    marks: { times: 50, chars: 12_000, enough: 24_000 },
    // Rows of data count, too.
    counted: { times: 300, chars: 200_000, enough: 200_000 },
  },
};

/** The marker of a list, of a quotation or of a heading, with or without its number. */
const MARKER = /^[*_(]{0,3}(?:[-+•>#]{1,6}|\d{1,6}[.):])[*_)]{0,3}$|^[*_]{1,3}$/;
const MARKER_CHARS = 12;
const [ZERO, NINE, SPACE] = [48, 57, 32];

/** Watches a text, character by character, for a loop at its end. */
export class LoopWatch {
  /** In both, whitespace is a single space and markers are left out; in the second, numbers are alike. */
  readonly #exact = new Repeats();
  readonly #counted = new Repeats();
  /** The word that has begun, if it may be a marker. */
  #word: string | undefined = '';
  #wasDigit = false;
  #hasGrown = false;
  /** The length of the whitespace at the end, and where it starts. */
  #whitespace = 0;
  #whitespaceFrom = 0;

  /**
   * Takes the next part of the text, which starts at `start`. If it ends in a loop, returns where to
   * cut the text so that the phrase is kept once.
   */
  push(part: string, start: number, place: Place): number | undefined {
    for (let index = 0; index < part.length; index++) {
      this.#hasGrown = false;
      this.#take(part, index, start + index);
      // A word that is still held back may end the loop: its place is not yet that of the loop.
      const keep = this.#hasGrown ? this.#loop(BOUNDS[place]) : undefined;
      if (keep !== undefined) return keep;
    }
    return undefined;
  }

  #loop({ words, marks, counted }: (typeof BOUNDS)[Place]): number | undefined {
    if (this.#whitespace >= marks.chars) return this.#whitespaceFrom + 1;
    const isLoop =
      isBeyond(this.#exact, words) && (this.#exact.hasLetter || isBeyond(this.#exact, marks));
    if (isLoop) return this.#exact.keep;
    return isBeyond(this.#counted, counted) ? this.#counted.keep : undefined;
  }

  #take(part: string, index: number, at: number): void {
    const char = part.charAt(index);
    if (/\s/.test(char)) {
      this.#hasGrown = true;
      if (this.#whitespace++ === 0) {
        this.#whitespaceFrom = at;
        this.#endWord(at);
      }
      return;
    }
    this.#whitespace = 0;
    if (this.#word === undefined) return this.#add(part.charCodeAt(index), at + 1);
    this.#word += char;
    if (this.#word.length > MARKER_CHARS) this.#addWord(at + 1);
  }

  /** At whitespace: a marker counts as nothing, also where it is joined to a line by a space. */
  #endWord(at: number): void {
    if (this.#word !== undefined && (this.#word === '' || MARKER.test(this.#word))) this.#word = '';
    else {
      this.#addWord(at);
      this.#add(SPACE, at);
      this.#word = '';
    }
  }

  #addWord(end: number): void {
    const word = this.#word ?? '';
    this.#word = undefined;
    for (let index = 0; index < word.length; index++) {
      this.#add(word.charCodeAt(index), end - word.length + index + 1);
    }
  }

  #add(code: number, end: number): void {
    this.#hasGrown = true;
    this.#exact.push(code, end);
    const isDigit = code >= ZERO && code <= NINE;
    if (!isDigit) this.#counted.push(code, end);
    else if (!this.#wasDigit) this.#counted.push(ZERO, end);
    this.#wasDigit = isDigit;
  }
}

function isBeyond({ run, period }: Repeats, { times, chars, enough }: Bound): boolean {
  if (run < chars) return false;
  return run >= times * period || (run >= enough && run >= 3 * period);
}
