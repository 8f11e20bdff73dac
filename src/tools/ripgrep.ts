/** The search through ripgrep, called so that neither pattern nor repository can make it run a program. */
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { INTERNAL_NAMES } from '../workspace/paths.ts';
import {
  MAX_MATCHES,
  SEARCH_TIMEOUT_MS,
  type Match,
  type SearchRequest,
  type SearchResult,
} from './matches.ts';
import { ToolError } from './tool.ts';

/** Searches with ripgrep; undefined where it is not installed. @throws ToolError on a bad pattern. */
export async function searchWithRipgrep(request: SearchRequest): Promise<SearchResult | undefined> {
  const { pattern, path, root, env, signal } = request;
  const rg = execa(
    'rg',
    [
      '--no-config',
      '--json',
      '--smart-case',
      '--hidden',
      // Only the .gitignore files of the workspace count, in a git repository or not.
      '--no-require-git',
      '--no-ignore-global',
      '--no-ignore-exclude',
      '--no-ignore-dot',
      ...[...INTERNAL_NAMES].map((name) => `--glob=!${name}`),
      '-e',
      pattern,
      '--',
      path,
    ],
    {
      cwd: root,
      env,
      extendEnv: false,
      stdin: 'ignore',
      buffer: { stdout: false, stderr: true },
      maxBuffer: 10_000,
      reject: false,
      timeout: SEARCH_TIMEOUT_MS,
      cancelSignal: signal,
    },
  );
  const matches: Match[] = [];
  let full = false;
  for await (const line of createInterface({ input: rg.stdout })) {
    if (full) continue;
    takeMessage(line, matches);
    full = matches.length >= MAX_MATCHES;
    if (full) rg.kill();
  }
  const result = await rg;
  if (result.code === 'ENOENT') return undefined;
  signal.throwIfAborted();
  // Exit code 2 says that something failed; with matches, it was only some file.
  if (result.exitCode === 2 && matches.length === 0 && /regex/i.test(result.stderr)) {
    throw new ToolError(`the pattern is no valid regular expression: ${reasonIn(result.stderr)}`);
  }
  return { matches, incomplete: full || result.timedOut };
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

function takeMessage(json: string, matches: Match[]): void {
  const { type, data } = JSON.parse(json) as Message;
  const path = data.path?.text?.replace(/^\.\//, '');
  if (type === 'match' && path !== undefined) {
    const { text, bytes } = data.lines ?? {};
    const found = text ?? Buffer.from(bytes ?? '', 'base64').toString('utf8');
    matches.push({ path, line: data.line_number ?? 0, text: found.replace(/\r?\n$/, '') });
  }
  // A binary file is known as such only at its end: what it gave is taken back.
  if (type === 'end' && typeof data.binary_offset === 'number') {
    while (matches.at(-1)?.path === path) matches.pop();
  }
}

/** ripgrep draws the pattern and points into it; the last line says what is wrong. */
function reasonIn(stderr: string): string {
  return (stderr.trim().split('\n').at(-1) ?? '').replace(/^error:\s*/, '');
}
