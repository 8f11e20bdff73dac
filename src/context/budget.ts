/** The context window, in tokens, and how many characters fit it. */
import type { Usage } from '../model/model.ts';

/** The window asked for unless the user or the model's own context length says less. */
const DEFAULT_NUM_CTX = 16_384;
/** Before the server has counted: a cautious guess, since code has more tokens than prose. */
const FIRST_CHARS_PER_TOKEN = 3;
/** The share of the window that a prompt may fill; the rest is for what the estimate gets wrong. */
const FILL = 0.9;

export class ContextWindow {
  /** Tokens. Sent on every call, and the same on every call: a change reloads the model. */
  readonly numCtx: number;
  #charsPerToken = FIRST_CHARS_PER_TOKEN;

  /**
   * @param asked what the user asked for, in tokens
   * @param modelLength the model's own context length in tokens, where it is known
   */
  constructor(asked: number | undefined, modelLength: number | undefined) {
    this.numCtx = Math.min(asked ?? DEFAULT_NUM_CTX, modelLength ?? Number.POSITIVE_INFINITY);
  }

  /** How many characters a prompt may have, so that it and a reply of `numPredict` tokens fit. */
  promptChars(numPredict: number): number {
    return Math.floor(FILL * (this.numCtx - numPredict) * this.#charsPerToken);
  }

  /** Learns from what the server counted. */
  calibrate({ prompt_chars, prompt_tokens }: Usage): void {
    if (!prompt_tokens) return;
    this.#charsPerToken = Math.min(6, Math.max(0.5, prompt_chars / prompt_tokens));
  }

  estimateTokens(chars: number): number {
    return Math.ceil(chars / this.#charsPerToken);
  }
}
