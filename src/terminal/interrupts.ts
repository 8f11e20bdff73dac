/** What Ctrl-C and signals stop. */
import type { Bell } from './bell.ts';

/** Knows what runs now, and whether the program should end. */
export class Interrupts {
  #request: AbortController | undefined;
  readonly #leaving = new AbortController();
  readonly #bell: Bell | undefined;
  #exitCode = 0;

  /** @param bell rings when something has run for long */
  constructor(bell?: Bell) {
    this.#bell = bell;
  }

  /** Aborts when the program should end. */
  get leaving(): AbortSignal {
    return this.#leaving.signal;
  }

  /** The exit code for the signal that ended the program; 0 while there is none. */
  get exitCode(): number {
    return this.#exitCode;
  }

  /** Runs `action` with a signal that an interrupt aborts. Within another action, only this one ends. */
  async during<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const request = new AbortController();
    const outer = this.#request;
    this.#request = request;
    if (!outer) this.#bell?.wait();
    try {
      return await action(AbortSignal.any([request.signal, this.leaving]));
    } finally {
      this.#request = outer;
      // Whoever stops it is here.
      if (!outer && !request.signal.aborted) this.#bell?.ring();
    }
  }

  /** Stops the running request. Returns false where none runs. */
  stopRequest(): boolean {
    this.#request?.abort();
    return this.#request !== undefined;
  }

  /** Stops everything; the program ends with `exitCode` (128 + the number of the signal). */
  leave(exitCode: number): void {
    this.#exitCode = exitCode;
    this.#leaving.abort();
  }
}
