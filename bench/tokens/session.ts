/** Runs the built program, or the original, in a repository of 20 real files, with scripted replies. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import glob from 'fast-glob';
import type { Turn } from '../../src/model/model.ts';
import { startFakeOllama } from '../../test/support/ollama-server.ts';

const HERE = path.resolve(import.meta.dirname, '../..');
const BIN = path.join(HERE, 'dist/cli.cjs');
const FILES = 20;
const CHARS = 1_400;

/** A model call: the turns that were sent, and the reply. */
export interface Call {
  turns: Turn[];
  reply: string;
}

/** A repository with one commit, of copies of the files of src that are nearest to 1,400 characters. */
export interface Repository {
  root: string;
  files: { path: string; text: string }[];
}

/** Makes the repository in a temporary folder. It has no project docs. */
export function makeRepository(): Repository {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mca-bench-')));
  const files = glob
    .sync('src/**/*.ts', { cwd: HERE })
    .map((name) => ({ path: name, text: fs.readFileSync(path.join(HERE, name), 'utf8') }))
    .toSorted((a, b) => far(a.text) - far(b.text) || (a.path < b.path ? -1 : 1))
    .slice(0, FILES);
  for (const file of files) {
    const copy = path.join(root, file.path);
    fs.mkdirSync(path.dirname(copy), { recursive: true });
    fs.writeFileSync(copy, file.text);
  }
  const date = '2026-01-01T00:00:00Z';
  const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, env });
  git('init', '--quiet', '--initial-branch', 'main');
  git('add', '.');
  const who = ['-c', 'user.name=A Person', '-c', 'user.email=person@example.org'];
  git(...who, 'commit', '--quiet', '--message', 'Begin');
  return { root, files };
}

const far = (text: string) => Math.abs(text.length - CHARS);

/** What is asked for in the session. */
const REQUEST = 'Note in five modules that they were reviewed.';
const COMMANDS = [
  'git status --short',
  'git diff --stat',
  'ls src',
  'cat src/*/*.ts | wc -l',
  'git log --oneline',
];

/** The replies of the session: 10 reads, 5 edits and 5 commands, in turns, and the answer. */
export function twentySteps({ files }: Repository): string[] {
  const steps = COMMANDS.flatMap((command, at) => {
    const [edited, other] = files.slice(2 * at);
    if (!edited || !other) throw new Error('too few files');
    return [
      call('read_file', { path: edited.path }),
      call('read_file', { path: other.path }),
      patch(edited),
      call('run_shell', { command }),
    ];
  });
  return [...steps, '<final>Five modules say now that they were reviewed.</final>'];
}

/** A call in JSON. */
export function call(name: string, args: object): string {
  return `<tool>${JSON.stringify({ name, args })}</tool>`;
}

/** A patch that puts a comment above a line of the file. */
export function patch({ path: name, text }: Repository['files'][number]): string {
  const old = text.split('\n').find((line) => /^(export|import) /.test(line) && isOnce(text, line));
  if (old === undefined) throw new Error(`${name} has no line that stands there once`);
  const parts = `<old_text>${old}</old_text><new_text>// Reviewed.\n${old}</new_text>`;
  return `<tool name="patch_file" path="${name}">${parts}</tool>`;
}

const isOnce = (text: string, part: string) => text.split(part).length === 2;

/**
 * Runs one request to its end, with everything allowed.
 * @param original the file of the original, which runs in place of the program
 * @returns the model calls, as turns: the original sends one
 */
export async function play(root: string, replies: string[], original?: string): Promise<Call[]> {
  const server = await startFakeOllama(replies, { rendersTemplate: false });
  const [command, first] = original === undefined ? [process.execPath, BIN] : ['python3', original];
  const flags = [
    '--approval',
    'auto',
    '--max-steps',
    `${replies.length + 1}`,
    '--host',
    server.url,
  ];
  const child = spawn(command, [first, ...flags, REQUEST], {
    cwd: root,
    env: { ...process.env, XDG_CONFIG_HOME: os.devNull },
    stdio: 'ignore',
  });
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`${command} ended with ${code}`);
    const calls = server.calls.filter(({ body }) => body['_debug_render_only'] !== true);
    if (calls.length !== replies.length) {
      throw new Error(`${calls.length} model calls, not ${replies.length}`);
    }
    return calls.map(({ body }, at) => ({
      turns: (body['messages'] ?? [{ role: 'user', content: body['prompt'] }]) as Turn[],
      reply: replies[at] ?? '',
    }));
  } finally {
    await server.close();
  }
}
