/** The search without ripgrep: fast-glob finds the files, .gitignore files sort them out. */
import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import type { Ignore } from 'ignore';
import { errorCode } from '../errors.ts';
import { readHead, withRegularFile } from '../files.ts';
import { INTERNAL_NAMES, PathError, resolveInside } from '../workspace/paths.ts';
import { Matches, SEARCH_TIMEOUT_MS, type SearchRequest } from './matches.ts';
import { ToolError } from './tool.ts';

const CHUNK_BYTES = 1024 * 1024;
const MAX_LINE_BYTES = 16 * CHUNK_BYTES;
/** How long one chunk may take to match: a pattern that backtracks without end is stopped. */
const CHUNK_TIMEOUT_MS = 1_000;

/** Searches file by file. @throws ToolError on a bad pattern or one that takes too long. */
export async function searchByWalking(request: SearchRequest): Promise<Matches> {
  const { path: asked, root, signal } = request;
  const regex = smartCaseRegex(request.pattern);
  const deadline = Date.now() + SEARCH_TIMEOUT_MS;
  const matches = new Matches();
  for await (const file of filesUnder(root, asked)) {
    signal.throwIfAborted();
    matches.incomplete = matches.isFull || Date.now() > deadline;
    if (matches.incomplete) break;
    searchFile(root, file, regex, matches);
  }
  return matches;
}

/**
 * A JavaScript regular expression, which for most patterns means what ripgrep's does. Case counts
 * only when the pattern has a capital that is no escape; `(?i)` in front switches it off.
 */
function smartCaseRegex(pattern: string): RegExp {
  const body = pattern.replace(/^\(\?i\)/, '');
  const hasCapital = /\p{Lu}/u.test(body.replace(/\\[pPx]\{[^}]*\}|\\./gsu, ''));
  const flags = hasCapital && body === pattern ? '' : 'i';
  for (const mode of ['u', '']) {
    try {
      return new RegExp(body, flags + mode);
    } catch (error) {
      if (mode === '') {
        const reason = error instanceof Error ? error.message : String(error);
        throw new ToolError(`the pattern is no valid regular expression: ${reason}`);
      }
    }
  }
  throw new Error('unreachable');
}

/** The files to search, relative to the root. A file that is named itself is never ignored. */
async function* filesUnder(root: string, asked: string): AsyncGenerator<string> {
  const { real } = resolveInside(root, asked);
  if (fs.statSync(real).isFile()) {
    yield asked;
    return;
  }
  const given = path.relative(root, real); // where a link leads is where the rules are
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
  };
  const rules = new Map<string, Rule[]>();
  for (const file of await fastGlob('**/.gitignore', options)) {
    const text = readHead(path.join(root, file), CHUNK_BYTES).toString('utf8');
    rules.set(
      path.dirname(file),
      rulesIn(text, (line) => ignore({ ignorecase: false }).add(line)),
    );
  }
  const folder = given === '' ? '' : `${fastGlob.escapePath(given)}/`;
  for await (const file of fastGlob.stream(`${folder}**`, options) as AsyncIterable<string>) {
    if (!isIgnored(file, given, rules)) yield path.join(asked, path.relative(given, file));
  }
}

/** One line of a .gitignore. */
interface Rule {
  matcher: Ignore;
  /** It holds for paths; without a slash but at its end, a rule holds for names. */
  hasPath: boolean;
}

/** The last rule first, since it has the last word. */
function rulesIn(text: string, matcherOf: (line: string) => Ignore): Rule[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  return lines.toReversed().map((line) => ({
    matcher: matcherOf(line),
    hasPath: /\/./.test(line),
  }));
}

/**
 * As git decides: from the top down, the deepest .gitignore with a say wins at each level. The
 * folder that is given, and what it lies in, is searched whether ignored or not.
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

/** What the rules say of the target itself; the library would also count what holds its folder. */
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

/** Matches one chunk of whole lines. In a context of its own, because only there it can be timed. */
const matchChunk = new vm.Script(
  'lines.flatMap((text, index) => (regex.test(text) ? [index] : []))',
);

/** One context for all: making one takes longer than to search a small file. */
const sandbox = vm.createContext({});

/** The indices of the lines that match. @throws when it takes too long */
function matchIn(regex: RegExp, lines: readonly string[]): number[] {
  Object.assign(sandbox, { regex, lines });
  return matchChunk.runInContext(sandbox, { timeout: CHUNK_TIMEOUT_MS }) as number[];
}

function searchFile(root: string, file: string, regex: RegExp, matches: Matches): void {
  try {
    withRegularFile(resolveInside(root, file).real, (fd, { size }) => {
      for (const { lines, firstLine } of chunksOf(fd, size)) {
        const found = matchIn(regex, lines);
        for (const index of found) {
          matches.add(file, firstLine + index, lines[index] ?? '');
        }
      }
    });
  } catch (error) {
    if (error === BINARY) return matches.drop(file);
    const code = errorCode(error); // a timeout is an error of the other context
    if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      throw new ToolError('the pattern takes too long to match; use a simpler one');
    }
    if (code === undefined && !(error instanceof PathError)) throw error;
  }
}

const BINARY = new Error('a NUL byte');

/** Whole lines, about a megabyte at a time. @throws BINARY at the first NUL byte. */
function* chunksOf(fd: number, size: number): Generator<{ lines: string[]; firstLine: number }> {
  const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size + 1));
  let rest = Buffer.alloc(0);
  let firstLine = 1;
  for (let read = fs.readSync(fd, chunk); read > 0; read = fs.readSync(fd, chunk)) {
    const bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
    if (bytes.includes(0)) throw BINARY;
    const end = bytes.lastIndexOf(10) + 1;
    rest = bytes.subarray(end);
    if (rest.length > MAX_LINE_BYTES) return; // one endless line is data, not text
    if (end === 0) continue;
    const lines = linesIn(bytes.subarray(0, end));
    lines.pop(); // what follows the last line end
    yield { lines, firstLine };
    firstLine += lines.length;
  }
  if (rest.length > 0) yield { lines: linesIn(rest), firstLine };
}

function linesIn(bytes: Buffer): string[] {
  return bytes.toString('utf8').split(/\r?\n/);
}
