/** The bell of the terminal: rings for a person who has waited for long and may look elsewhere. */

/** Whoever has waited for less is still here, in milliseconds. */
const WAITED_MS = 20_000;
const BEL = '\u0007';

/** Rings when what runs ends or asks, if the person has done nothing meanwhile. */
export class Bell {
  readonly #write: ((text: string) => void) | undefined;
  readonly #now: () => number;
  #since = Infinity;

  /**
   * @param write to the terminal; undefined where it is not to ring
   * @param now a clock, in milliseconds
   */
  constructor(write: ((text: string) => void) | undefined, now = () => performance.now()) {
    this.#write = write;
    this.#now = now;
  }

  /** The person begins to wait. */
  wait(): void {
    this.#since = this.#now();
  }

  /** The wait is over. */
  ring(): void {
    if (this.#now() - this.#since > WAITED_MS) this.#write?.(BEL);
    this.#since = Infinity;
  }

  /** Rings for a question. The time that its answer takes is the person's. */
  async ask<T>(question: () => Promise<T>): Promise<T> {
    this.ring();
    const answer = await question();
    this.wait();
    return answer;
  }
}
