/** Leaves other work its turn while a lot that has already arrived is read. */
import { setImmediate as turn } from 'node:timers/promises';

/** The longest time without a turn for keys, signals and timers, in milliseconds. */
const HOLD_MS = 10;

/**
 * Promises that are settled follow each other before anything else is heard: a loop over them needs
 * a pause now and then.
 */
export class Breather {
  #since = performance.now();

  /** Lets keys, signals and timers have their turn, if they have waited for long enough. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#since < HOLD_MS) return;
    await turn();
    this.#since = performance.now();
  }
}
