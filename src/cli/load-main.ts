/** Loads what reads the command line. */
import path from 'node:path';
import { runCached } from './code-cache.ts';

/** Set by the build, which makes `main.cjs` of it, beside the bin. */
declare const BUILT: true | undefined;

type Main = typeof import('./main.ts');

/** Returns `main`, which the built program runs from the code cache. */
export async function loadMain(): Promise<Pick<Main, 'main'>> {
  if (typeof BUILT === 'undefined') return import('./main.ts');
  const file = path.join(import.meta.dirname, 'main.cjs');
  const { exports, keep } = runCached<Main>(file, process.env);
  process.on('exit', () => keep('any start'));
  return exports;
}
