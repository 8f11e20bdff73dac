/** Files that this program was started with open, such as a lock of `flock 200`. */
import fs from 'node:fs';
import { ToolError } from '../tool-error.ts';

/** Set by the kernel for a file that ends with the program; Node sets it for all of its own. */
const CLOSE_ON_EXEC = 0o2000000;
/** A higher number cannot be covered. */
const MAX_NUMBER = 4_096;

/**
 * Opens /dev/null once and returns what the standard streams of a child are followed by, so that it
 * gets no file above `last` that we were started with. Linux only. `close` is for when it has started.
 * @throws ToolError for a file that cannot be kept from it
 */
export function coverInherited(last: number): { stdio: 'ignore'[]; close(): void } {
  const inherited = fs
    .readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => fd > last && isInherited(fd));
  const top = Math.max(last, ...inherited);
  if (top > MAX_NUMBER) throw new ToolError(`file ${top} is open, which no sandbox can hide`);
  if (top === last) return { stdio: [], close: () => undefined };
  const nothing = fs.openSync('/dev/null', 'r');
  const stdio = Array.from({ length: top - last }, (_, at) =>
    inherited.includes(last + 1 + at) ? nothing : ('ignore' as const),
  );
  // execa takes numbers here, too, though its types do not say so.
  return { stdio: stdio as 'ignore'[], close: () => fs.closeSync(nothing) };
}

function isInherited(fd: number): boolean {
  try {
    const info = fs.readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
    const flags = parseInt(/^flags:\s*(\d+)/m.exec(info)?.[1] ?? '0', 8);
    return (flags & CLOSE_ON_EXEC) === 0;
  } catch {
    return false; // it was only open for the listing
  }
}
