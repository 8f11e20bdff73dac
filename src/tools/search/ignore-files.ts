/** Which files of a folder count: fast-glob finds them, and .gitignore files exclude some. */
import fs from 'node:fs';
import path from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import type { Ignore } from 'ignore';
import { systemReason } from '../../util/errors.ts';
import { readHead } from '../../util/files.ts';
import { INTERNAL_NAMES, resolveInside } from '../../workspace/paths.ts';

/** The most that is read of one .gitignore. */
const MAX_RULES_BYTES = 1024 * 1024;

/** Which of the files to find. */
export interface Wanted {
  /** Globs relative to the folder, without braces. */
  patterns: readonly string[];
  /** Ends the search early. */
  stop: AbortSignal;
}

/** Yields the files of a folder, relative to the root. A file that is named itself is never ignored. */
export async function* filesUnder(
  root: string,
  asked: string,
  wanted?: Wanted,
): AsyncGenerator<string> {
  const { real } = resolveInside(root, asked);
  if (fs.statSync(real).isFile()) {
    yield asked;
    return;
  }
  const given = path.relative(root, real); // the rules are those of the folder that a link leads to
  const [{ default: fastGlob }, { default: ignore }] = await Promise.all([
    import('fast-glob'),
    import('ignore'),
  ]);
  const options = {
    cwd: root,
    dot: true,
    followSymbolicLinks: false,
    suppressErrors: true,
    ignore: [...INTERNAL_NAMES].map((name) => `**/${name}`),
    braceExpansion: false,
    extglob: false,
  };
  const rules = new Map<string, Rule[]>();
  for (const file of await fastGlob('**/.gitignore', options)) {
    rules.set(
      path.dirname(file),
      rulesIn(readRules(path.join(root, file)), (line) => ignore({ ignorecase: false }).add(line)),
    );
  }
  const folder = given === '' ? '' : `${fastGlob.escapePath(given)}/`;
  const { patterns = ['**'], stop } = wanted ?? {};
  const found = fastGlob.stream(
    patterns.map((pattern) => folder + pattern),
    options,
  ) as Readable;
  if (stop) addAbortSignal(stop, found);
  try {
    for await (const file of found as AsyncIterable<string>) {
      if (!isIgnored(file, given, rules)) yield path.join(asked, path.relative(given, file));
    }
  } catch (error) {
    if (!stop?.aborted) throw error;
  }
}

/** The text of a .gitignore; empty if it cannot be read, as for git. */
function readRules(file: string): string {
  try {
    return readHead(file, MAX_RULES_BYTES).toString('utf8');
  } catch (error) {
    systemReason(error); // throws bugs
    return '';
  }
}

/** One line of a .gitignore. */
interface Rule {
  matcher: Ignore;
  /** It matches paths; a rule without a slash, except at its end, matches names. */
  hasPath: boolean;
}

/** The last rule comes first, since it decides. */
function rulesIn(text: string, matcherOf: (line: string) => Ignore): Rule[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  return lines.toReversed().map((line) => ({
    matcher: matcherOf(line),
    hasPath: /\/./.test(line),
  }));
}

/**
 * As git decides: from the top down, and at each level the deepest .gitignore that has a matching
 * rule. The given folder and those above it are searched even if they are ignored.
 */
function isIgnored(
  file: string,
  given: string,
  rules: ReadonlyMap<string, readonly Rule[]>,
): boolean {
  const names = file.split('/');
  for (let depth = given === '' ? 1 : given.split('/').length + 1; depth <= names.length; depth++) {
    for (let above = depth - 1; above >= 0; above--) {
      const target = names.slice(above, depth).join('/') + (depth < names.length ? '/' : '');
      const verdict = verdictOf(rules.get(names.slice(0, above).join('/') || '.') ?? [], target);
      if (verdict === 'ignored') return true;
      if (verdict === 'unignored') break;
    }
  }
  return false;
}

/** What the rules say about the target itself; the library would also count rules for its folder. */
function verdictOf(rules: readonly Rule[], target: string): 'ignored' | 'unignored' | undefined {
  const [folder, name] = [path.dirname(target), target.replace(/^.*\/(?=.)/, '')];
  for (const { matcher, hasPath } of rules) {
    const { ignored, unignored } = matcher.test(hasPath ? target : name);
    if (unignored) return 'unignored';
    const isByFolder = hasPath && folder !== '.' && matcher.ignores(`${folder}/`);
    if (ignored && !isByFolder) return 'ignored';
  }
  return undefined;
}
