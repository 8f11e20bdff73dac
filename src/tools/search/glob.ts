/** Finds files by a pattern that a model wrote: it may neither leave the workspace nor take forever. */
import path from 'node:path';
import { resolveInside } from '../../workspace/paths.ts';
import { ToolError } from '../tool-error.ts';
import { filesUnder } from './ignore-files.ts';
import { SEARCH_TIMEOUT_MS } from './matches.ts';

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
/** What the braces of a pattern may multiply to. */
const MAX_PATTERNS = 100;
/** Each more of them in a part of a path multiplies what a name takes to match. */
const MAX_STARS = 3;
const MAX_GLOBSTARS = 2;
/** More than anyone reads, and a bound on memory. */
const MAX_FILES = 10_000;

/** @throws ToolError on a pattern that is too complex, PathError on one that leaves the workspace */
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

/** Multiplies the braces out: `*.{ts,js}` is `*.ts` and `*.js`. The innermost come first. */
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
 * Whether a pattern begins where it seems to. What precedes its first wildcard is taken as a path,
 * in which a link would be followed.
 * @throws PathError when it begins outside of the workspace
 */
function isInPlace(root: string, folder: string, pattern: string): boolean {
  const parts = pattern.replaceAll('\\', '').split('/');
  const wild = parts.findIndex((part) => /[*?[\]!]/.test(part));
  const fixed = parts.slice(0, wild === -1 ? -1 : wild).join('/');
  // An absolute pattern has an empty first part.
  const start = path.resolve(folder, parts.length > 1 && parts[0] === '' ? `/${fixed}` : fixed);
  return resolveInside(root, start).real === start;
}
