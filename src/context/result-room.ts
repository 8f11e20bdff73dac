/** How much of a result the model is shown: in proportion to its window. */
import { clip } from './clip.ts';
import { guessText } from './guess-tokens.ts';

/** Characters of a result in a window of this many tokens. */
const CHARS = 4_000;
const AT_NUM_CTX = 16_384;
/** About the tokens of any window that rules, documents and reply take: results share the rest. */
const TAKEN_TOKENS = 2_304;
/** Fewer characters tell too little, more take too long to evaluate. */
const LEAST_CHARS = 400;
const MOST_CHARS = 16_000;
/** Text with fewer characters a token than this is shown less of. */
const CHARS_PER_TOKEN = 2.5;

/** The most characters of a result in a window of `numCtx` tokens. */
export function resultChars(numCtx: number): number {
  const share = (numCtx - TAKEN_TOKENS) / (AT_NUM_CTX - TAKEN_TOKENS);
  return Math.floor(Math.min(MOST_CHARS, Math.max(LEAST_CHARS, CHARS * share)));
}

/** The room for one result. */
export class ResultRoom {
  /** The most characters of a result, however few tokens they are. */
  readonly chars: number;
  readonly #factor: number;

  /**
   * @param numCtx the window in tokens
   * @param factor by what the guess of tokens is to be multiplied
   */
  constructor(numCtx: number, factor: number) {
    this.chars = resultChars(numCtx);
    this.#factor = factor;
  }

  /** The share of the room that a text takes; more than 1 does not fit. */
  shareOf(text: string): number {
    const tokens = guessText(text) * this.#factor;
    return Math.max(text.length, tokens * CHARS_PER_TOKEN) / this.chars;
  }

  /** The text, or as much of its head and its tail as fits. */
  clip(text: string): string {
    const share = this.shareOf(text);
    return share > 1 ? clip(text, Math.floor(text.length / share)) : text;
  }
}
