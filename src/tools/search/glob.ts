/** Finds files by a pattern that a model wrote: it can neither leave the workspace nor take forever. */
import path from 'node:path';
import { orAfter } from '../../util/or-after.ts';
import { INTERNAL_NAMES, resolveInside } from '../../workspace/paths.ts';
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
  const patterns = expand(glob).flatMap((pattern) => inFolder(root, folder, pattern) ?? []);
  const files: string[] = [];
  const stop = orAfter(timeoutMs, signal);
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

/** What keeps its meaning in a pattern: `*`, `?`, a plain class, and an escaped character. */
const TOKEN = /[*?]|\[[!^]?[\w. -]+\]|\\.|[^]/gsu;
const isWild = (token: string) => /^(?:[*?]|\[.+)$/s.test(token);

/**
 * The pattern as fast-glob gets it, relative to the folder: normalized, and with everything escaped
 * that is not `*`, `?` or a plain class, so that no name takes long to match. Undefined where it
 * matches nothing, such as behind a link, which the search would follow in a fixed part.
 * @throws PathError when it leads out of the workspace, ToolError when it leads out of the folder
 */
function inFolder(root: string, folder: string, pattern: string): string | undefined {
  const tokens = pattern.match(TOKEN) ?? [];
  const firstWild = tokens.findIndex(isWild);
  const wild = firstWild === -1 ? tokens.length : firstWild;
  const literal = (part: readonly string[]) => part.map((each) => each.replace(/^\\(?=.)/s, ''));
  const head = literal(tokens.slice(0, wild)).join('');
  // The last part of the head belongs to the name with the first wildcard, or is a name itself.
  const cut = head.lastIndexOf('/') + 1;
  const start = path.resolve(folder, head.slice(0, cut));
  const { real } = resolveInside(root, start);
  const fixed = path.relative(folder, start);
  if (fixed === '..' || fixed.startsWith('../')) {
    throw new ToolError('the glob leads out of its folder: use another path');
  }
  if (real !== start || fixed.split('/').some((part) => INTERNAL_NAMES.has(part))) return undefined;
  const tail = tokens
    .slice(wild)
    .map((each) => (isWild(each) ? each : escapeName(literal([each])[0] ?? '')));
  const rest = escapeName(head.slice(cut)) + tail.join('');
  if (rest.split('/').includes('..')) {
    throw new ToolError('the glob must not contain .. after a wildcard');
  }
  const parts = rest.split('/').filter((part) => part !== '.' && part !== '');
  if (parts.length === 0) return undefined;
  return [...(fixed === '' ? [] : [escapeName(fixed)]), ...parts].join('/');
}

/** A name or path that a pattern matches as it is. */
function escapeName(name: string): string {
  return name.replace(/[^\w./ \u0080-\u{10ffff}-]/gu, '\\$&');
}
