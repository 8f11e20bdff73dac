/** The process that has the model loaded: one window, one cache, one call at a time. */
import { KvCache, type Architecture } from './kv-cache.ts';
import type { Turn } from './templates.ts';
import { tokensOf } from './tokenizer.ts';

/** The loaded model. */
export interface Load {
  model: string;
  numCtx: number;
}

/** A prompt that fits the window, or why it does not. */
export type Fitted = { prompt: string; overflow?: undefined } | { overflow: string };

/** How many tokens at the front stay when a prompt is cut. */
const KEPT = 4;

export class Runner {
  readonly #cache: KvCache | undefined;
  #loaded: Load | undefined;
  #before: Promise<void> = Promise.resolve();

  /** Without an architecture nothing is counted, everything fits, and calls do not wait. */
  constructor(architecture: Architecture | undefined) {
    this.#cache = architecture && new KvCache(architecture);
  }

  get loaded(): Load | undefined {
    return this.#loaded;
  }

  load(load: Load): void {
    if (this.#loaded?.model !== load.model) this.#cache?.unload();
    this.#loaded = load;
    this.#cache?.load(load.numCtx);
  }

  unload(): void {
    this.#loaded = undefined;
    this.#cache?.unload();
  }

  /** Does this when what came before it has ended: there is one slot. */
  inTurn(work: () => Promise<void>): Promise<void> {
    if (!this.#cache) return work();
    return (this.#before = this.#before.then(work));
  }

  /**
   * Fits a prompt into the window. One that does not fit is refused where `mayCut` is false;
   * otherwise its front is dropped: in a chat first the oldest messages, then tokens.
   */
  fit(
    prompt: string,
    mayCut: boolean,
    messages: readonly Turn[] | undefined,
    render: (turns: readonly Turn[]) => string,
  ): Fitted {
    const numCtx = this.#loaded?.numCtx ?? 0;
    const count = tokensOf(prompt).length;
    if (!this.#cache || count < numCtx) return { prompt };
    if (!mayCut) return { overflow: overflowOf(count, numCtx) };
    const shorter = messages ? withoutOldest(messages, numCtx, render) : prompt;
    const tokens = tokensOf(shorter);
    if (tokens.length < numCtx) return { prompt: shorter };
    // Half of what is not kept is freed at once, so that there is room for a reply.
    const room = numCtx - Math.max(Math.floor((numCtx - KEPT) / 2), 1);
    return { prompt: [...tokens.slice(0, KEPT), ...tokens.slice(KEPT - room)].join('') };
  }

  evaluate(tokens: readonly string[]): number | undefined {
    return this.#cache?.evaluate(tokens);
  }

  generated(tokens: readonly string[]): void {
    this.#cache?.generated(tokens);
  }
}

/** The error, which is JSON in a string. */
function overflowOf(count: number, numCtx: number): string {
  const message = `request (${count} tokens) exceeds the available context size (${numCtx} tokens), try increasing it`;
  const type = 'exceed_context_size_error';
  return JSON.stringify({
    error: { code: 400, message, type, n_prompt_tokens: count, n_ctx: numCtx },
  });
}

/** System messages and the newest of the others, as many as fit, and the last in any case. */
function withoutOldest(
  messages: readonly Turn[],
  numCtx: number,
  render: (turns: readonly Turn[]) => string,
): string {
  for (const [at] of messages.entries()) {
    const system = messages.slice(0, at).filter(({ role }) => role === 'system');
    const rendered = render([...system, ...messages.slice(at)]);
    if (at === messages.length - 1 || tokensOf(rendered).length <= numCtx) return rendered;
  }
  return '';
}
