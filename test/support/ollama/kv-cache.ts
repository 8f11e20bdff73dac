/** What a server keeps of the prompts that it has evaluated, and how far it can return in them. */

/**
 * - `plain`: attention alone, which can be cut back to any token
 * - `sliding`: windows; a little behind the end, then checkpoints (Gemma, gpt-oss)
 * - `hybrid`: states that cannot be cut back; checkpoints alone (Qwen3.5)
 */
export type Architecture = 'plain' | 'sliding' | 'hybrid';

/** One sequence that was evaluated. */
interface Kept {
  /** Prompt and reply. */
  tokens: readonly string[];
  /** How many tokens precede each point that the server can return to, the latest first. */
  checkpoints: readonly number[];
}

/** Checkpoints are taken this far before the end of a prompt, and one batch before that. */
const BEFORE_END = 4;
/** How many earlier sequences stay in memory. */
const MEMORY = 4;

export class KvCache {
  readonly architecture: Architecture;
  /** The newest first. */
  #kept: Kept[] = [];
  #numCtx = 0;

  constructor(architecture: Architecture) {
    this.architecture = architecture;
  }

  /** Loads the model; with another window it is loaded again, and nothing is kept. */
  load(numCtx: number): void {
    if (numCtx !== this.#numCtx) this.#kept = [];
    this.#numCtx = numCtx;
  }

  /** Forgets everything, as an unloaded model does. */
  unload(): void {
    this.#kept = [];
    this.#numCtx = 0;
  }

  /** Evaluates a prompt, and returns how many of its tokens were not in the cache. */
  evaluate(tokens: readonly string[]): number {
    let reused = 0;
    let from: Kept | undefined;
    for (const kept of this.#kept) {
      const length = this.#reusable(kept, tokens);
      if (length > reused) [reused, from] = [length, kept];
    }
    // A continued sequence becomes the new one; one that only begins the same stays in memory too.
    const isGoneOnWith = from !== undefined && reused * 2 >= from.tokens.length;
    const others = isGoneOnWith ? this.#kept.filter((kept) => kept !== from) : this.#kept;
    const checkpoints = [BEFORE_END, BEFORE_END + this.#batch]
      .map((back) => tokens.length - back)
      .filter((at) => at > 0);
    this.#kept = [{ tokens, checkpoints }, ...others].slice(0, MEMORY + 1);
    return tokens.length - reused;
  }

  /** Adds what the model generated to the prompt that was evaluated last. */
  generated(tokens: readonly string[]): void {
    const [last] = this.#kept;
    if (last) last.tokens = [...last.tokens, ...tokens];
  }

  /** How many tokens are evaluated together. */
  get #batch(): number {
    if (this.#numCtx <= 4_096) return 512;
    return this.#numCtx <= 32_768 ? 1_024 : 2_048;
  }

  /** How much of a prompt need not be evaluated again. Its last token always is. */
  #reusable(kept: Kept, tokens: readonly string[]): number {
    const most = Math.min(kept.tokens.length, tokens.length - 1);
    let common = 0;
    while (common < most && kept.tokens[common] === tokens[common]) common += 1;
    const end = kept.tokens.length;
    const reach = { plain: end, sliding: this.#batch, hybrid: 0 }[this.architecture];
    if (common >= end - reach) return common;
    return kept.checkpoints.find((at) => at <= common) ?? 0;
  }
}
