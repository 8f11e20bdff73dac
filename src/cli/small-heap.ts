/** Lets V8 collect sooner, so that a session takes less memory. */
import { setFlagsFromString } from 'node:v8';

/** Flags of V8 are no promise of Node's: the newest Node.js in which these were tried. */
const NEWEST_TRIED = 26;

/** Milliseconds: until then a short request is done, which would take 15% more work. */
const AFTER_MS = 300;

const SMALL = ['--semi-space-growth-factor=1', '--heap-growing-percent=20'];
/** As V8 has them. */
const USUAL = ['--semi-space-growth-factor=2', '--heap-growing-percent=0'];

/**
 * Keeps the heap small from a moment after the start: a session of 20 steps takes 5 MB less, one of 200
 * takes 20 MB less, for up to 5% more work.
 * @returns what ends it: V8 uses a code cache only with the flags that it was made with
 */
export function keepHeapSmall(): () => void {
  const major = Number.parseInt(process.versions.node, 10);
  if (major > NEWEST_TRIED) return () => undefined;
  const timer = setTimeout(() => setFlags(SMALL), AFTER_MS).unref();
  return () => {
    clearTimeout(timer);
    setFlags(USUAL);
  };
}

function setFlags(flags: readonly string[]): void {
  for (const flag of flags) setFlagsFromString(flag);
}
