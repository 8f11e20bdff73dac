/** Searches with ripgrep, called so that neither pattern nor repository can make it run a program. */
import fs from 'node:fs';
import path from 'node:path';
import { nameOf } from '../../util/file-names.ts';
import { INTERNAL_NAMES, withTrustedPath } from '../../workspace/paths.ts';
import {
  Matches,
  MAX_FILE_BYTES,
  PatternError,
  SEARCH_TIMEOUT_MS,
  type SearchRequest,
} from './matches.ts';
import { WholeLines } from '../../util/whole-lines.ts';

/**
 * Searches with ripgrep; undefined where it is not installed or cannot do this search.
 * @throws PatternError
 */
export async function searchWithRipgrep(
  request: SearchRequest,
  timeoutMs = SEARCH_TIMEOUT_MS,
): Promise<Matches | undefined> {
  const { root, env, signal } = request;
  const inRepository = fs.existsSync(path.join(root, '.git'));
  // Outside a repository ripgrep cannot be told at which folder above this one the rules begin.
  if (!inRepository && request.path !== '.') return undefined;
  const { execa } = await import('execa');
  const rg = execa('rg', argumentsFor(request, inRepository), {
    cwd: root,
    env: withTrustedPath(env, root),
    extendEnv: false,
    stdin: 'ignore',
    buffer: { stdout: false, stderr: true },
    maxBuffer: 10_000,
    reject: false,
    timeout: timeoutMs,
    cancelSignal: signal,
  });
  const matches = new Matches();
  const take = takerOf(root, matches);
  const output = new WholeLines();
  for await (const chunk of rg.stdout as AsyncIterable<Buffer>) {
    for (const line of linesIn(output.add(chunk))) if (!matches.isFull) take(line);
    if (matches.isFull) rg.kill();
  }
  const { exitCode, stderr, timedOut } = await rg;
  signal.throwIfAborted();
  if (exitCode === 2 && /regex/i.test(stderr)) {
    throw new PatternError(reasonIn(stderr));
  }
  // It has the same code for a file that it cannot read, about which it is silent here.
  const isWhole = exitCode === 0 || exitCode === 1 || (exitCode === 2 && stderr === '');
  // Otherwise it did not run: it is not installed, or too old.
  if (!isWhole && !matches.isFull && !timedOut) return undefined;
  matches.incomplete = !isWhole;
  return matches;
}

function argumentsFor({ pattern, path: asked, root }: SearchRequest, inRepository: boolean) {
  return [
    '--no-config',
    // Not as JSON, which has every match within a line and takes a gigabyte for a file of 20 MB.
    '--heading',
    '--null',
    '--line-number',
    '--with-filename',
    '--color=never',
    '--no-messages',
    '--no-ignore-messages',
    '--smart-case',
    '--crlf',
    '--encoding=none',
    '--hidden',
    `--max-filesize=${MAX_FILE_BYTES}`,
    // Only the .gitignore files of the workspace count, in a git repository or not.
    '--no-ignore-global',
    '--no-ignore-exclude',
    '--no-ignore-dot',
    // ripgrep itself ignores what is above a repository.
    ...(inRepository ? [] : ['--no-require-git', '--no-ignore-parent']),
    ...[...INTERNAL_NAMES].map((name) => `--glob=!${name}`),
    '-e',
    pattern,
    '--',
    // Absolute: with a relative one, rules of folders above it would not count.
    path.join(root, asked),
  ];
}

/** Only the end of a file shows that it is binary. */
const BINARY =
  /: (?:WARNING: stopped searching )?binary file .*\(found .* byte around offset \d+\)$/;

/** Whole lines, without their ends. */
function* linesIn(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(LINE_END, start);
    yield bytes.subarray(start, end);
    start = end + 1;
  }
}

const LINE_END = 10;

/**
 * Handles one line of output at a time. Each file has its name and a NUL before its first match, the
 * number of the line and a colon before each match, and an empty line before the next file.
 */
function takerOf(root: string, matches: Matches): (line: Buffer) => void {
  let name: Buffer[] = []; // the start of one with line ends in it
  let file: string | undefined;
  return (line) => {
    const at = line.indexOf(0) + 1;
    const colon = line.indexOf(':', at);
    const number = line.toString('latin1', at, Math.max(at, colon));
    if (/^\d+$/.test(number) && (at > 0 || file !== undefined)) {
      const whole = Buffer.concat([...name, line.subarray(0, Math.max(0, at - 1))]);
      if (at > 0) file = path.relative(root, nameOf(whole));
      if (file) {
        matches.add(file, Number(number), line.toString('utf8', colon + 1).replace(/\r$/, ''));
      }
    } else if (line.length === 0 && file !== undefined) {
      name = [];
      file = undefined;
    } else if (file !== undefined && BINARY.test(line.toString())) matches.drop(file);
    else name.push(line, Buffer.of(LINE_END));
  };
}

/** ripgrep prints the pattern with a marker, says what is wrong, and may suggest an option. */
function reasonIn(stderr: string): string {
  const lines = stderr.trim().split('\n');
  const line = lines.find((one) => one.startsWith('error:')) ?? lines[0] ?? '';
  return line.replace(/^(error|rg):\s*/, '');
}
