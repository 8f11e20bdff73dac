/** Resolves when the promise has settled, however it did, or when the signal aborts. */
export async function settledOrAborted(
  promise: Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const settled = promise.catch(() => undefined);
  if (signal.aborted) return;
  let stop = (): void => undefined;
  const aborted = new Promise<void>((resolve) => (stop = resolve));
  signal.addEventListener('abort', stop);
  try {
    await Promise.race([settled, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
