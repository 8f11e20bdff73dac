/** Loads what runs the modes of the program. */
import path from 'node:path';
import { runCached } from './code-cache.ts';
import { keepHeapSmall } from './small-heap.ts';

/** Set by the build, which makes `program.cjs` of it, beside the bin. */
declare const BUILT: true | undefined;

type Run = typeof import('./run.ts');

/** Returns `run`, and `using`, which tells in which way the program is used, for the cache. */
export async function loadRun(): Promise<Pick<Run, 'run'> & { using: (way: string) => void }> {
  if (typeof BUILT === 'undefined')
    return { ...(await import('./run.ts')), using: () => undefined };
  const file = path.join(import.meta.dirname, 'program.cjs');
  const { exports, keep } = runCached<Run>(file, process.env);
  // First: a cache that was made with other flags of V8 would be rejected.
  process.prependListener('exit', keepHeapSmall());
  return { ...exports, using: (way) => void process.on('exit', () => keep(way)) };
}
