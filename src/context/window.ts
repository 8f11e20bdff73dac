/** The context window, in tokens, and whether a prompt fits it. */
import { charsOf, type Counts, type Model, type Turn, type Usage } from '../model/model.ts';

/** The window, unless the user chose one or the model has less. */
const DEFAULT_NUM_CTX = 16_384;
/** The share of the window that prompt and reply may fill; the rest is for errors of the estimate. */
const FILL = 0.9;
/** Characters of ASCII text a token, before the server has counted: code has more than prose. */
const CHARS_PER_TOKEN = 3;
/** Tokens that a chat template adds to a turn, about. */
const TURN_TOKENS = 5;
/** What a guess is multiplied by before the server has counted. */
const FIRST_FACTOR = 1.2;
/** The same for text that is new since the last count: it may be minified code. */
const FRESH_FACTOR = 2;
/** The most new text between two calls, in guessed tokens: a call and its result. */
const FRESH_TOKENS = 1_500;

interface Counted {
  turns: readonly Turn[];
  tokens: number;
}

/** What a model can see at once. An agent and its delegates share one. */
export class ContextWindow {
  readonly #asked: number | undefined;
  readonly #onLimit: (numCtx: number) => void;
  #isLearned = false;
  #modelLength: number | undefined;
  /** What the server counted last of each conversation, by its system turn: a delegate's too. */
  readonly #counted = new Map<string, Counted>();
  #factor = FIRST_FACTOR;

  /**
   * @param asked the size to use, in tokens, where the user chose one
   * @param onLimit called once if the model has less than that, with what it has
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
    if (this.#asked !== undefined && this.numCtx < this.#asked) this.#onLimit(this.numCtx);
  }

  /** Tokens that a prompt may have, so that it and a reply of `numPredict` tokens fit. */
  room(numPredict: number): number {
    return Math.floor(FILL * this.numCtx) - numPredict;
  }

  /** The smallest window, in tokens, that holds a prompt of this size and its reply. */
  static least(promptTokens: number, numPredict: number): number {
    return Math.ceil((promptTokens + numPredict) / FILL / 256) * 256;
  }

  /** Learns the density of text from what the server counted of a prompt, and of its reply. */
  calibrate(turns: readonly Turn[], counts: Counts, reply?: string): void {
    const { prompt_tokens: tokens, output_tokens } = counts;
    if (!tokens) return;
    this.#factor = bounded(tokens / guessTokens(turns));
    const counted =
      reply !== undefined && output_tokens !== undefined
        ? { turns: [...turns, replyTurn(reply)], tokens: tokens + output_tokens }
        : { turns, tokens };
    this.#counted.set(systemOf(turns), counted);
  }

  /** As `calibrate`, from the last call of an earlier run, which had a prompt like this one. */
  recall(turns: readonly Turn[], usage: Usage | undefined): void {
    if (this.#counted.size > 0 || !usage?.prompt_tokens || usage.prompt_chars === 0) return;
    const chars = charsOf(turns);
    const guessed = guessTokens(turns) * (usage.prompt_chars / Math.max(1, chars));
    this.#factor = bounded(usage.prompt_tokens / guessed);
  }

  /** Tokens of a prompt: what the server counted, and for the rest a guess at the same density. */
  expect(turns: readonly Turn[]): number {
    const { tokens, fresh } = this.#known(turns);
    return Math.ceil(tokens + guessTokens(fresh) * this.#factor);
  }

  /**
   * As `expect`, on the safe side: what the server has not counted, a reply and a result, may be
   * denser than all before it.
   */
  estimate(turns: readonly Turn[]): number {
    const known = this.expect(turns);
    if (this.#counted.size === 0) return known;
    const fresh = guessTokens(this.#known(turns).fresh);
    const surplus = Math.max(0, FRESH_FACTOR - this.#factor);
    return Math.ceil(known + surplus * Math.min(fresh, FRESH_TOKENS));
  }

  /** What the server has counted of a prompt that extends the last one, and the new turns. */
  #known(turns: readonly Turn[]): { tokens: number; fresh: readonly Turn[] } {
    const counted = this.#counted.get(systemOf(turns));
    const isExtended = counted?.turns.every((turn, at) => isSame(turn, turns[at]));
    if (!counted || !isExtended) return { tokens: 0, fresh: turns };
    return { tokens: counted.tokens, fresh: turns.slice(counted.turns.length) };
  }
}

function systemOf(turns: readonly Turn[]): string {
  return turns[0]?.content ?? '';
}

function replyTurn(content: string): Turn {
  return { role: 'assistant', content };
}

function isSame(a: Turn, b: Turn | undefined): boolean {
  return a.role === b?.role && a.content === b.content;
}

/** A server may count wrongly; no tokenizer is further from the guess than this. */
function bounded(factor: number): number {
  return Math.min(4, Math.max(0.2, factor));
}

/** ASCII by its length; any other character as a token of its own. */
function guessTokens(turns: readonly Turn[]): number {
  return turns.reduce((sum, { content }) => {
    // eslint-disable-next-line no-control-regex
    const others = content.match(/[^\u0000-\u007f]/g)?.length ?? 0;
    return sum + TURN_TOKENS + (content.length - others) / CHARS_PER_TOKEN + others;
  }, 0);
}
