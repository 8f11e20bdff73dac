/** Which files of a folder count: fast-glob finds them, and .gitignore files exclude some. */
import fs from 'node:fs';
import path from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import type { FileSystemAdapter } from 'fast-glob';
import type { Ignore } from 'ignore';
import { Breather } from '../../util/breather.ts';
import { systemReason } from '../../util/errors.ts';
import { readEntries } from '../../util/file-names.ts';
import { readHead } from '../../util/files.ts';
import { INTERNAL_NAMES, resolveInside } from '../../workspace/paths.ts';

/** The most that is read of one .gitignore. */
const MAX_RULES_BYTES = 1024 * 1024;

/** Which of the files to find. */
export interface Wanted {
  /** Globs relative to the folder, without braces. Default: all. */
  patterns?: readonly string[];
  /** Ends the search early. */
  stop?: AbortSignal;
  /** Whether the time is up; asked about each file, ignored or not. */
  isOver?: () => boolean;
}

/** Yields the files of a folder, relative to the root. A file that is named itself is never ignored. */
export async function* filesUnder(
  root: string,
  asked: string,
  { patterns = ['**'], stop, isOver }: Wanted = {},
): AsyncGenerator<string> {
  const { real } = resolveInside(root, asked);
  if (fs.statSync(real).isFile()) {
    yield asked;
    return;
  }
  const given = path.relative(root, real); // the rules are those of the folder that a link leads to
  const { default: fastGlob } = await import('fast-glob');
  const { default: ignore } = await import('ignore');
  const options = {
    cwd: root,
    dot: true,
    followSymbolicLinks: false,
    suppressErrors: true,
    ignore: [...INTERNAL_NAMES].map((name) => `**/${name}`),
    braceExpansion: false,
    extglob: false,
    // It declares a second form, without the kinds of entries, which it never uses.
    fs: { readdir: readEntries as unknown as FileSystemAdapter['readdir'] },
  };
  const rules = new Map<string, Rules>();
  for (const file of await fastGlob('**/.gitignore', options)) {
    rules.set(
      path.dirname(file),
      rulesIn(readRules(path.join(root, file)), () => ignore({ ignorecase: false })),
    );
  }
  const folder = given === '' ? '' : `${fastGlob.escapePath(given)}/`;
  const found = fastGlob.stream(
    patterns.map((pattern) => folder + pattern),
    options,
  ) as Readable;
  if (stop) addAbortSignal(stop, found);
  const isIgnored = ignoredBy(rules, given);
  const breather = new Breather();
  try {
    for await (const file of found as AsyncIterable<string>) {
      await breather.breathe(); // many rules on many files take long, and may leave none to yield
      if (isOver?.()) return;
      if (!isIgnored(file)) yield path.join(asked, path.relative(given, file));
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

type Verdict = 'ignored' | 'unignored';

/** The lines of a .gitignore: of those that match, the last decides. */
interface Rules {
  /**
   * What rules without wildcards say, by what they match: a name, or `/` and a path; for a folder
   * with a `/` at the end. There may be thousands of them.
   */
  plain: Map<string, { at: number; verdict: Verdict }>;
  /** All others, the last ones first. */
  others: Run[];
}

/** Rules with wildcards from lines that follow each other, all on names or all on paths. */
interface Run {
  /** The index of its last line. */
  at: number;
  lines: string[];
  /** It matches paths; a rule without a slash, except at its end, matches names. */
  hasPath: boolean;
  all: Ignore;
  /** Each line alone, the last one first. */
  each: () => Ignore[];
}

/** A rule that matches one name or path. */
const PLAIN = /^(!?)(\/?)([\w.-]+(?:\/[\w.-]+)*)(\/?)$/;

function rulesIn(text: string, newMatcher: () => Ignore): Rules {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const rules: Rules = { plain: new Map(), others: [] };
  let run: Run | undefined;
  for (const [at, line] of lines.entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const hasPath = /\/./.test(line);
    const [, not, , place, folder] = PLAIN.exec(line) ?? [];
    if (place === undefined) {
      // The library tests all of a run at once, much faster than each rule alone.
      if (run?.hasPath !== hasPath) {
        run = newRun(at, hasPath, newMatcher);
        rules.others.unshift(run);
      }
      run.at = at;
      run.lines.push(line);
      continue;
    }
    run = undefined;
    const key = hasPath ? `/${place}` : place;
    const verdict = not === '' ? 'ignored' : 'unignored';
    rules.plain.set(`${key}/`, { at, verdict });
    if (folder === '') rules.plain.set(key, { at, verdict });
  }
  for (const { all, lines: added } of rules.others) all.add(added.join('\n'));
  return rules;
}

/** Tells whether a file is ignored. The given folder and those above it never are. */
function ignoredBy(rules: ReadonlyMap<string, Rules>, given: string): (file: string) => boolean {
  const folders = new Map<string, boolean>([[given === '' ? '.' : given, false]]);
  const isFolderIgnored = (folder: string): boolean => {
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const isIgnored = isFolderIgnored(path.dirname(folder)) || isIgnoredItself(`${folder}/`, rules);
    folders.set(folder, isIgnored);
    return isIgnored;
  };
  return (file) => isFolderIgnored(path.dirname(file)) || isIgnoredItself(file, rules);
}

/** As git decides, with the deepest .gitignore that has a matching rule. */
function isIgnoredItself(target: string, rules: ReadonlyMap<string, Rules>): boolean {
  let rest = path.basename(target) + (target.endsWith('/') ? '/' : '');
  for (let above = path.dirname(target); ; above = path.dirname(above)) {
    const verdict = verdictOf(rules.get(above), rest);
    if (verdict || above === '.') return verdict === 'ignored';
    rest = `${path.basename(above)}/${rest}`;
  }
}

function verdictOf(rules: Rules | undefined, target: string): Verdict | undefined {
  if (!rules) return undefined;
  const name = target.replace(/^.*\/(?=.)/s, '');
  const [byName, byPath] = [rules.plain.get(name), rules.plain.get(`/${target}`)];
  const plain = (byName?.at ?? -1) > (byPath?.at ?? -1) ? byName : byPath;
  for (const run of rules.others) {
    if (plain && run.at < plain.at) break;
    const verdict = run.hasPath ? byPaths(run, target) : asVerdict(run.all.test(name));
    if (verdict) return verdict;
  }
  return plain?.verdict;
}

function newRun(at: number, hasPath: boolean, newMatcher: () => Ignore): Run {
  const lines: string[] = [];
  let each: Ignore[] | undefined;
  const eachOf = () => (each ??= lines.toReversed().map((line) => newMatcher().add(line)));
  return { at, lines, hasPath, all: newMatcher(), each: eachOf };
}

const asVerdict = ({ ignored, unignored }: { ignored: boolean; unignored: boolean }) =>
  ignored ? 'ignored' : unignored ? 'unignored' : undefined;

/** What these rules say about the target itself; the library would also count rules for its folder. */
function byPaths({ all, each }: Run, target: string): Verdict | undefined {
  const folder = `${path.dirname(target)}/`;
  if (folder === './' || !all.ignores(folder)) return asVerdict(all.test(target));
  for (const matcher of each()) {
    const { ignored, unignored } = matcher.test(target);
    if (unignored) return 'unignored';
    if (ignored && !matcher.ignores(folder)) return 'ignored';
  }
  return undefined;
}
