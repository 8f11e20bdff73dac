/** Parts that the program starts without, and keeps once they are loaded. */

/**
 * Loads something at its first use and hands out the same from then on. A second `import()` of the
 * same file would look for it on the disk again, where it may have been replaced.
 */
export function lazy<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () =>
    (loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    }));
}
