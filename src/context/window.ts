/** The context window, in tokens, and whether a prompt fits it. */
import type { Usage } from '../model/model.ts';

/** The window asked for unless the user or the model's own context length says less. */
const DEFAULT_NUM_CTX = 16_384;
/** The share of the window that prompt and reply may fill; the rest is for what estimates get wrong. */
const FILL = 0.9;
/** Characters of ASCII text a token, before the server has counted: code has more than prose. */
const CHARS_PER_TOKEN = 3;
/** Tokens a guessed token, before the server has counted. */
const FIRST_FACTOR = 1.2;
/** As much for text that the server has not counted yet: it may be minified code. */
const FRESH_FACTOR = 2;
/** The most such text that comes between two calls, in guessed tokens: a result and its call. */
const FRESH_TOKENS = 1_500;

export class ContextWindow {
  /** Tokens. Sent on every call, and the same on every call: a change reloads the model. */
  readonly numCtx: number;
  /** The most that the model has, in tokens, where it is known. */
  readonly modelLength: number | undefined;
  /** The last prompt that the server counted. */
  #counted = '';
  #factor = FIRST_FACTOR;

  /**
   * @param asked what the user asked for, in tokens
   * @param modelLength the model's own context length in tokens, where it is known
   */
  constructor(asked: number | undefined, modelLength: number | undefined) {
    this.modelLength = modelLength;
    this.numCtx = Math.min(asked ?? DEFAULT_NUM_CTX, modelLength ?? Number.POSITIVE_INFINITY);
  }

  /** Tokens that a prompt may have, so that it and a reply of `numPredict` tokens fit. */
  room(numPredict: number): number {
    return Math.floor(FILL * this.numCtx) - numPredict;
  }

  /** The smallest window, in tokens, that holds a prompt of this size and its reply. */
  static least(promptTokens: number, numPredict: number): number {
    return Math.ceil((promptTokens + numPredict) / FILL / 256) * 256;
  }

  /** Learns from what the server counted of `prompt`; without a count, nothing. */
  calibrate(prompt: string, { prompt_tokens }: Pick<Usage, 'prompt_tokens'>): void {
    if (!prompt_tokens) return;
    this.#counted = prompt;
    this.#factor = bounded(prompt_tokens / guessTokens(prompt));
  }

  /** As `calibrate`, from an earlier run, whose prompt had the density of this one. */
  recall(prompt: string, usage: Usage | undefined): void {
    if (this.#counted !== '' || !usage?.prompt_tokens || usage.prompt_chars === 0) return;
    const guessed = guessTokens(prompt) * (usage.prompt_chars / prompt.length);
    this.#factor = bounded(usage.prompt_tokens / guessed);
  }

  /** Tokens of a prompt if all of it is as dense as what the server has counted. */
  expect(prompt: string): number {
    return Math.ceil(guessTokens(prompt) * this.#factor);
  }

  /**
   * Tokens of a prompt, by what the server has counted so far. What it has not counted, one result
   * at the most, may be denser than all before it.
   */
  estimate(prompt: string): number {
    const known = this.expect(prompt);
    if (this.#counted === '') return known;
    const fresh = guessTokens(prompt.slice(sharedPrefix(prompt, this.#counted)));
    const surplus = Math.max(0, FRESH_FACTOR - this.#factor);
    return Math.ceil(known + surplus * Math.min(fresh, FRESH_TOKENS));
  }
}

/** A server may count anything; no tokenizer is further from the guess than this. */
function bounded(factor: number): number {
  return Math.min(4, Math.max(0.2, factor));
}

/** ASCII by its length; any other character may well be a token of its own. */
function guessTokens(text: string): number {
  // eslint-disable-next-line no-control-regex
  const others = text.match(/[^\u0000-\u007f]/g)?.length ?? 0;
  return (text.length - others) / CHARS_PER_TOKEN + others;
}

/** How many characters two texts have in common from their beginning. */
export function sharedPrefix(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let low = 0;
  let high = end;
  // By halves, since comparing long slices is much faster than comparing characters.
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (a.slice(low, middle) === b.slice(low, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
