/** Loads what runs the modes of the program. */
import path from 'node:path';
import { runCached } from './code-cache.ts';
import { keepHeapSmall } from './small-heap.ts';

/** Set by the build, which puts all of that into a file of its own, beside the bin. */
declare const BUILT: true | undefined;

type Run = typeof import('./run.ts');

/** Returns `run`, and what it tells in which way the program is used. */
export async function loadRun(): Promise<Pick<Run, 'run'> & { using: (way: string) => void }> {
  if (typeof BUILT === 'undefined')
    return { ...(await import('./run.ts')), using: () => undefined };
  const file = path.join(import.meta.dirname, 'program.cjs');
  const { exports, keep } = runCached<Run>(file, process.env);
  const end = keepHeapSmall();
  const using = (way: string) => {
    process.on('exit', () => {
      end();
      keep(way);
    });
  };
  return { ...exports, using };
}
