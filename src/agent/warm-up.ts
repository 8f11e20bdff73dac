/** What the server does ahead of a request, which waits for it: the same work comes first anyway. */
import type { AgentEvent } from './events.ts';
import { settledOrAborted } from './settled-or-aborted.ts';

/** Follows the warm-up of one agent. */
export class WarmUp {
  /** The next event, or the end; undefined where nothing runs. */
  #step: Promise<IteratorResult<AgentEvent>> | undefined;
  #latest: AgentEvent | undefined;

  /** Runs to its end. @throws what `events` throws */
  async run(events: AsyncIterator<AgentEvent>): Promise<void> {
    this.#latest = undefined;
    try {
      for (;;) {
        this.#step = events.next();
        const next = await this.#step;
        if (next.done) return;
        this.#latest = next.value;
      }
    } finally {
      this.#step = undefined;
    }
  }

  /** Yields how far it is, until it is over, however it ends, or `signal` aborts. */
  async *wait(signal: AbortSignal): AsyncGenerator<AgentEvent> {
    let told: AgentEvent | undefined;
    while (this.#step && !signal.aborted) {
      const latest = this.#latest;
      if (latest && latest !== told) yield (told = latest);
      else await settledOrAborted(this.#step, signal);
    }
  }
}
