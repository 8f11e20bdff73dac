/** A time limit as a signal. */

/**
 * A signal that aborts when `signal` does, or after so many milliseconds. In Node 20 the signal of
 * `AbortSignal.timeout` is collected as garbage where only `AbortSignal.any` knows it, and never
 * aborts: a timer keeps this one.
 */
export function orAfter(ms: number, signal: AbortSignal): AbortSignal {
  const over = new AbortController();
  setTimeout(() => over.abort(), ms).unref();
  return AbortSignal.any([signal, over.signal]);
}
