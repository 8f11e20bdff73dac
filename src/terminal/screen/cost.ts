/** The cost of a request so far. */
import type { AgentEvent } from '../../agent/events.ts';
import { counted } from '../../util/counted.ts';
import { formatSeconds } from '../text/sizes.ts';

/** Counts from when it is made. */
export class Cost {
  /** Tool calls, without those of delegates. */
  steps = 0;
  #tokens = 0;
  /** Those of them that were thoughts, about. */
  #thoughtTokens = 0;
  #windowShare: number | undefined;
  readonly #start = performance.now();
  /** Milliseconds spent waiting for the person, and since when it is waiting now. */
  #waitedMs = 0;
  #waitsSince: number | undefined;

  /** Counts a model call. */
  add({ usage, numCtx }: AgentEvent & { type: 'model_end' }): void {
    const { prompt_tokens = 0, thought_tokens = 0, output_tokens = thought_tokens } = usage;
    this.#tokens += output_tokens;
    this.#thoughtTokens += thought_tokens;
    if (prompt_tokens > 0) this.#windowShare = (prompt_tokens + output_tokens) / numCtx;
  }

  /** A question is open: the person's time does not count. */
  pause(): void {
    this.#waitsSince = performance.now();
  }

  /** The question was answered. */
  resume(): void {
    if (this.#waitsSince !== undefined) this.#waitedMs += performance.now() - this.#waitsSince;
    this.#waitsSince = undefined;
  }

  get #share(): string {
    return this.#thoughtTokens > 0 ? ` (${this.#thoughtTokens} of thought)` : '';
  }

  /** One line: steps, generated tokens, how full the window is, time. */
  render(): string {
    return [
      counted(this.steps, 'step'),
      ...(this.#tokens > 0 ? [counted(this.#tokens, 'token') + this.#share] : []),
      ...(this.#windowShare === undefined
        ? []
        : [`${Math.round(this.#windowShare * 100)}% of the window`]),
      formatSeconds(performance.now() - this.#start - this.#waitedMs),
    ].join(' · ');
  }
}
