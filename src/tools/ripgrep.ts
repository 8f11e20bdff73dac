/** The search through ripgrep, called so that neither pattern nor repository can make it run a program. */
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { withTrustedPath } from '../environment.ts';
import { INTERNAL_NAMES } from '../workspace/paths.ts';
import { Matches, SEARCH_TIMEOUT_MS, type SearchRequest } from './matches.ts';
import { ToolError } from './tool.ts';

/** Searches with ripgrep; undefined where it is not installed. @throws ToolError on a bad pattern. */
export async function searchWithRipgrep(request: SearchRequest): Promise<Matches | undefined> {
  const { pattern, root, env, signal } = request;
  const inRepository = fs.existsSync(path.join(root, '.git'));
  // Elsewhere ripgrep cannot be told at which folder above this one the rules begin.
  if (!inRepository && request.path !== '.') return undefined;
  const rg = execa(
    'rg',
    [
      '--no-config',
      '--json',
      '--smart-case',
      '--crlf',
      '--encoding=none',
      '--hidden',
      '--no-require-git',
      '--no-ignore-global',
      '--no-ignore-exclude',
      '--no-ignore-dot',
      // Above a repository ripgrep stops by itself.
      ...(inRepository ? [] : ['--no-ignore-parent']),
      ...[...INTERNAL_NAMES].map((name) => `--glob=!${name}`),
      '-e',
      pattern,
      '--',
      // Absolute: with a relative one, rules of folders above it would not count.
      path.join(root, request.path),
    ],
    {
      cwd: root,
      env: withTrustedPath(env, root),
      extendEnv: false,
      stdin: 'ignore',
      buffer: { stdout: false, stderr: true },
      maxBuffer: 10_000,
      reject: false,
      timeout: SEARCH_TIMEOUT_MS,
      cancelSignal: signal,
    },
  );
  const matches = new Matches();
  for await (const line of createInterface({ input: rg.stdout })) {
    if (matches.isFull) continue;
    takeMessage(line, root, matches);
    if (matches.isFull) rg.kill();
  }
  const result = await rg;
  if (result.code === 'ENOENT') return undefined;
  signal.throwIfAborted();
  // Exit code 2 says that something failed; with a valid pattern, it was only some file.
  if (result.exitCode === 2 && /regex/i.test(result.stderr)) {
    throw new ToolError(`the pattern is no valid regular expression: ${reasonIn(result.stderr)}`);
  }
  matches.incomplete = matches.isFull || result.timedOut;
  return matches;
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

function takeMessage(json: string, root: string, matches: Matches): void {
  const { type, data } = JSON.parse(json) as Message;
  if (data.path?.text === undefined) return;
  const file = path.relative(root, data.path.text);
  if (type === 'match') {
    const { text, bytes } = data.lines ?? {};
    const found = text ?? Buffer.from(bytes ?? '', 'base64').toString('utf8');
    matches.add(file, data.line_number ?? 0, found.replace(/\r?\n$/, ''));
  }
  // A binary file is known as such only at its end.
  if (type === 'end' && typeof data.binary_offset === 'number') matches.drop(file);
}

/** ripgrep draws the pattern and points into it, says what is wrong, and may advise an option. */
function reasonIn(stderr: string): string {
  const lines = stderr.trim().split('\n');
  const line = lines.find((one) => one.startsWith('error:')) ?? lines[0] ?? '';
  return line.replace(/^(error|rg):\s*/, '');
}
