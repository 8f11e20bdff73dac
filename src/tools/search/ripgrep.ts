/** Searches with ripgrep, called so that neither pattern nor repository can make it run a program. */
import fs from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { INTERNAL_NAMES, withTrustedPath } from '../../workspace/paths.ts';
import { Matches, MAX_FILE_BYTES, SEARCH_TIMEOUT_MS, type SearchRequest } from './matches.ts';
import { ToolError } from '../tool-error.ts';

/**
 * Searches with ripgrep; undefined where it is not installed or cannot do this search.
 * @throws ToolError on a bad pattern
 */
export async function searchWithRipgrep(
  request: SearchRequest,
  timeoutMs = SEARCH_TIMEOUT_MS,
): Promise<Matches | undefined> {
  const { root, env, signal } = request;
  const inRepository = fs.existsSync(path.join(root, '.git'));
  // Outside a repository ripgrep cannot be told at which folder above this one the rules begin.
  if (!inRepository && request.path !== '.') return undefined;
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
  let isWhole = false;
  for await (const line of linesOf(rg.stdout)) {
    if (matches.isFull) continue;
    isWhole = takeMessage(line, root, matches);
    if (matches.isFull) rg.kill();
  }
  const result = await rg;
  signal.throwIfAborted();
  if (!isWhole && result.exitCode === 2 && /regex/i.test(result.stderr)) {
    throw new ToolError(
      `the pattern is not a valid regular expression: ${reasonIn(result.stderr)}`,
    );
  }
  // Its last message is a summary. Without one it did not run: it is not installed, or too old.
  if (!isWhole && !matches.isFull && !result.timedOut) return undefined;
  matches.incomplete = !isWhole;
  return matches;
}

function argumentsFor({ pattern, path: asked, root }: SearchRequest, inRepository: boolean) {
  return [
    '--no-config',
    '--json',
    '--smart-case',
    '--crlf',
    '--encoding=none',
    '--hidden',
    `--max-filesize=${MAX_FILE_BYTES}`,
    // Only the .gitignore files of the workspace count, in a git repository or not.
    '--no-require-git',
    '--no-ignore-global',
    '--no-ignore-exclude',
    '--no-ignore-dot',
    // ripgrep itself ignores what is above a repository.
    ...(inRepository ? [] : ['--no-ignore-parent']),
    ...[...INTERNAL_NAMES].map((name) => `--glob=!${name}`),
    '-e',
    pattern,
    '--',
    // Absolute: with a relative one, rules of folders above it would not count.
    path.join(root, asked),
  ];
}

/** The parts of ripgrep's JSON lines that matter here; text that is not UTF-8 comes as `bytes`. */
interface Message {
  type: string;
  data: {
    path?: { text?: string };
    lines?: { text?: string; bytes?: string };
    line_number?: number;
    binary_offset?: number | null;
  };
}

/** Splits only at `\n`: newer versions of node:readline also split at U+2028, within the JSON. */
async function* linesOf(stream: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** Handles one line of output. Returns whether it was the summary, the last line of a whole search. */
function takeMessage(json: string, root: string, matches: Matches): boolean {
  const message = parseMessage(json);
  if (message?.data.path?.text === undefined) return message?.type === 'summary';
  const { type, data } = message;
  const file = path.relative(root, message.data.path.text);
  if (type === 'match') {
    const { text, bytes } = data.lines ?? {};
    const found = text ?? Buffer.from(bytes ?? '', 'base64').toString('utf8');
    matches.add(file, data.line_number ?? 0, found.replace(/\r?\n$/, ''));
  }
  // Only its end shows that a file is binary.
  if (type === 'end' && typeof data.binary_offset === 'number') matches.drop(file);
  return false;
}

function parseMessage(json: string): Message | undefined {
  try {
    return JSON.parse(json) as Message;
  } catch {
    return undefined; // ripgrep was ended in the middle of a line
  }
}

/** ripgrep prints the pattern with a marker, says what is wrong, and may suggest an option. */
function reasonIn(stderr: string): string {
  const lines = stderr.trim().split('\n');
  const line = lines.find((one) => one.startsWith('error:')) ?? lines[0] ?? '';
  return line.replace(/^(error|rg):\s*/, '');
}
