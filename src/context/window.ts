/** The context window, in tokens, and whether a prompt fits it. */
import { charsOf, type Counts, type Model, type Turn, type Usage } from '../model/model.ts';
import { CountedPrompts } from './counted-prompts.ts';
import { bounded, guessTokens, weightOf } from './guess-tokens.ts';
import { ResultRoom } from './result-room.ts';

/** The window in tokens, unless the user chose one or the model has less. */
export const DEFAULT_NUM_CTX = 16_384;
/** The share of the window that prompt and reply may fill; the rest is for errors of the estimate. */
const FILL = 0.9;
/** What a guess is multiplied by before the server has counted. */
const FIRST_FACTOR = 1.2;
/** The same for text that is new since the last count: it may be minified code. */
const FRESH_FACTOR = 2;
/** Guessed tokens of new text up to which that counts: for more, a larger window has room enough. */
const FRESH_TOKENS = 1_500;

/** What a model can see at once. An agent and its delegates share one. */
export class ContextWindow {
  readonly #asked: number | undefined;
  readonly #onLimit: (numCtx: number) => void;
  #isLearned = false;
  #modelLength: number | undefined;
  readonly #counted = new CountedPrompts();
  #factor = FIRST_FACTOR;

  /**
   * @param asked the size to use, in tokens, where the user chose one
   * @param onLimit called once if the model has less than that, or than the default, with what it has
   */
  constructor(asked?: number, onLimit: (numCtx: number) => void = () => undefined) {
    this.#asked = asked;
    this.#onLimit = onLimit;
  }

  /** Tokens. Every call must send the same number once it is learned: a change reloads the model. */
  get numCtx(): number {
    return Math.min(this.#asked ?? DEFAULT_NUM_CTX, this.modelLength ?? Number.POSITIVE_INFINITY);
  }

  /** The model's own context length in tokens, where it is known. */
  get modelLength(): number | undefined {
    return this.#modelLength;
  }

  /** Asks the model for its context length, the first time that it answers. @throws ModelError */
  async learn(model: Pick<Model, 'contextLength'>, signal: AbortSignal): Promise<void> {
    if (this.#isLearned) return;
    const length = await model.contextLength(signal);
    if (this.#isLearned) return; // another call was faster
    this.#isLearned = true;
    this.#modelLength = length;
    if (this.numCtx < (this.#asked ?? DEFAULT_NUM_CTX)) this.#onLimit(this.numCtx);
  }

  /** Tokens that a prompt may have, so that it and a reply of `numPredict` tokens fit. */
  room(numPredict: number): number {
    return Math.floor(FILL * this.numCtx) - numPredict;
  }

  /** What a conversation may weigh beside these turns, in a prompt of `tokens`. */
  weightBeside(turns: readonly Turn[], tokens: number): number {
    return Math.max(0, weightOf(tokens / this.#factor - guessTokens(turns)));
  }

  /** How much of a result the model is shown now. */
  get resultRoom(): ResultRoom {
    return new ResultRoom(this.numCtx, this.#factor);
  }

  /** The smallest window, in tokens, that holds a prompt of this size and its reply. */
  static least(promptTokens: number, numPredict: number): number {
    return Math.ceil((promptTokens + numPredict) / FILL / 256) * 256;
  }

  /** Learns the density of text from what the server counted of a prompt, and of its reply. */
  calibrate(turns: readonly Turn[], counts: Counts, reply?: string): void {
    if (!counts.prompt_tokens) return;
    this.#factor = bounded(counts.prompt_tokens / guessTokens(turns));
    this.#counted.note(turns, counts, reply);
  }

  /** As `calibrate`, from the last call of an earlier run, which had a prompt like this one. */
  recall(turns: readonly Turn[], usage: Usage | undefined): void {
    if (!this.#counted.isEmpty || !usage?.prompt_tokens || usage.prompt_chars === 0) return;
    const longer = usage.prompt_chars / Math.max(1, charsOf(turns));
    const guessed = guessTokens(turns) * longer;
    this.#factor = bounded(usage.prompt_tokens / guessed);
  }

  /** Tokens of a prompt: what the server counted, and for the rest a guess at the same density. */
  expect(turns: readonly Turn[]): number {
    const { tokens, fresh } = this.#counted.known(turns);
    return Math.ceil(tokens + guessTokens(fresh) * this.#factor);
  }

  /** As `expect`, on the safe side: what is new, a call and its result, may be denser than the rest. */
  estimate(turns: readonly Turn[]): number {
    const known = this.expect(turns);
    if (this.#counted.isEmpty) return known;
    const fresh = guessTokens(this.#counted.known(turns).fresh);
    const surplus = Math.max(0, FRESH_FACTOR - this.#factor);
    return Math.ceil(known + surplus * Math.min(fresh, FRESH_TOKENS));
  }
}
