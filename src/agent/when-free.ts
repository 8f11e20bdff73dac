/** Sends a request again, a few times, to a server that is busy. */
import { setTimeout as delay } from 'node:timers/promises';
import { ModelError } from '../model/model-error.ts';
import type { AgentEvent } from './events.ts';

/** How long to wait before each new try, in milliseconds. */
const WAITS_MS = [500, 1_000, 2_000, 4_000];

/**
 * Makes an attempt, and makes it again after a wait where the server is busy. Each wait is an event,
 * and an abort of `signal` ends it at once: `attempt` has to fail then.
 * @param waitsMs milliseconds before each new attempt
 * @throws ModelError of kind `busy` after the last attempt; what `attempt` throws
 */
export async function* whenFree<T>(
  attempt: () => AsyncGenerator<AgentEvent, T> | Promise<T>,
  signal: AbortSignal,
  waitsMs: readonly number[] = WAITS_MS,
): AsyncGenerator<AgentEvent, T> {
  for (let made = 0; ; made++) {
    try {
      const result = attempt();
      return result instanceof Promise ? await result : yield* result;
    } catch (error) {
      const waitMs = waitsMs[made];
      const isBusy = error instanceof ModelError && error.kind === 'busy';
      if (!isBusy || waitMs === undefined) throw error;
      yield { type: 'busy', waitMs };
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
