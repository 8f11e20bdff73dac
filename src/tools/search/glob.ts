/** Finds files by a pattern that a model wrote: it can neither leave the workspace nor take forever. */
import path from 'node:path';
import { resolveInside } from '../../workspace/paths.ts';
import { ToolError } from '../tool-error.ts';
import { filesUnder } from './ignore-files.ts';
import { SEARCH_TIMEOUT_MS } from './matches.ts';

/** Which files to find. */
export interface GlobRequest {
  /** The workspace root, a real path. */
  root: string;
  /** The folder that the pattern is relative to, itself relative to the root. */
  path: string;
  glob: string;
  signal: AbortSignal;
}

/** The files found, relative to the root. */
export interface GlobResult {
  files: string[];
  /** There may be more: the search was stopped. */
  isPart: boolean;
}

const MAX_CHARS = 500;
/** The most patterns that the braces of one may expand to. */
const MAX_PATTERNS = 100;
/** Each further star in a part of a path multiplies the time that a name takes to match. */
const MAX_STARS = 3;
const MAX_GLOBSTARS = 2;
/** More than anyone reads, and a bound on memory. */
const MAX_FILES = 10_000;

/**
 * Finds the files that match; stops after `timeoutMs` milliseconds or 10,000 files.
 * @throws ToolError on a pattern that is too complex, PathError on one that leaves the workspace
 */
export async function filesMatching(
  { root, path: asked, glob, signal }: GlobRequest,
  timeoutMs = SEARCH_TIMEOUT_MS,
): Promise<GlobResult> {
  const { real: folder } = resolveInside(root, asked);
  const patterns = expand(glob).filter((pattern) => isInPlace(root, folder, pattern));
  const files: string[] = [];
  const stop = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  for await (const file of filesUnder(root, asked, { patterns, stop })) {
    files.push(file);
    if (files.length === MAX_FILES) break;
  }
  signal.throwIfAborted();
  return { files, isPart: stop.aborted || files.length === MAX_FILES };
}

/** Expands braces, the innermost first: `*.{ts,js}` becomes `*.ts` and `*.js`. */
function expand(glob: string): string[] {
  if (glob.length > MAX_CHARS) throw tooComplex();
  let patterns = [glob];
  for (;;) {
    const next = patterns.flatMap((pattern) => {
      const group = /\{([^{}]*)\}/.exec(pattern);
      if (!group) return [pattern];
      const [before, after] = [pattern.slice(0, group.index), pattern.slice(group.index)];
      const [whole, inside = ''] = group;
      return inside.split(',').map((each) => before + each + after.slice(whole.length));
    });
    if (next.length > MAX_PATTERNS) throw tooComplex();
    if (next.every((pattern, index) => pattern === patterns[index])) break;
    patterns = next;
  }
  for (const part of patterns.flatMap((pattern) => pattern.split('/'))) {
    if (part !== '**' && part.split('*').length - 1 > MAX_STARS) throw tooComplex();
  }
  if (patterns.some((pattern) => pattern.split('**').length - 1 > MAX_GLOBSTARS)) {
    throw tooComplex();
  }
  return [...new Set(patterns)];
}

function tooComplex(): ToolError {
  return new ToolError('the glob is too complex: use a simpler one, such as **/*.md');
}

/**
 * Whether a pattern begins where it seems to: what precedes its first wildcard is a path, and the
 * search would follow a link in it.
 * @throws PathError when it begins outside the workspace
 */
function isInPlace(root: string, folder: string, pattern: string): boolean {
  const parts = pattern.replaceAll('\\', '').split('/');
  const wild = parts.findIndex((part) => /[*?[\]!]/.test(part));
  const fixed = parts.slice(0, wild === -1 ? -1 : wild).join('/');
  // An absolute pattern has an empty first part.
  const start = path.resolve(folder, parts.length > 1 && parts[0] === '' ? `/${fixed}` : fixed);
  return resolveInside(root, start).real === start;
}
