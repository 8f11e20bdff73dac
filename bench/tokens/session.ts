/** A session in a repository of 20 real files, with scripted replies. */
import fs from 'node:fs';
import path from 'node:path';
import glob from 'fast-glob';
import type { Turn } from '../../src/model/model.ts';
import { final, startFakeOllama, toolCall } from '../../test/support/ollama-server.ts';
import { repliedTo } from '../cost.ts';
import { start, type Program } from '../programs.ts';
import { makeRepository } from '../tasks/repository.ts';

const HERE = path.resolve(import.meta.dirname, '../..');
const FILES = 20;
const CHARS = 1_400;

/** A model call: the turns that were sent, and the reply. */
export interface Call {
  turns: Turn[];
  reply: string;
}

/** A file of a repository. */
export interface SourceFile {
  path: string;
  text: string;
}

/** A repository with one commit. */
export interface Repository {
  root: string;
  files: SourceFile[];
}

/**
 * Makes a repository of copies of the files of src that are nearest to 1,400 characters, without
 * project docs. The caller removes it.
 */
export function repositoryOfSources(): Repository {
  const files = glob
    .sync('src/**/*.ts', { cwd: HERE })
    .map((name) => ({ path: name, text: fs.readFileSync(path.join(HERE, name), 'utf8') }))
    .toSorted((a, b) => far(a.text) - far(b.text) || (a.path < b.path ? -1 : 1))
    .slice(0, FILES);
  const root = makeRepository(Object.fromEntries(files.map((file) => [file.path, file.text])));
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
      toolCall('read_file', { path: edited.path }),
      toolCall('read_file', { path: other.path }),
      patch(edited),
      toolCall('run_shell', { command }),
    ];
  });
  return [...steps, final('Five modules say now that they were reviewed.')];
}

/** A patch that puts a comment above a line of the file. */
export function patch({ path: name, text }: SourceFile): string {
  const old = text.split('\n').find((line) => /^(export|import) /.test(line) && isOnce(text, line));
  if (old === undefined) throw new Error(`${name} has no line that it has once`);
  const parts = `<old_text>${old}</old_text><new_text>// Reviewed.\n${old}</new_text>`;
  return `<tool name="patch_file" path="${name}">${parts}</tool>`;
}

const isOnce = (text: string, part: string) => text.split(part).length === 2;

/**
 * Has a program do one request to its end.
 * @returns the model calls, as turns: the original sends one
 */
export async function play(program: Program, cwd: string, replies: string[]): Promise<Call[]> {
  const server = await startFakeOllama(replies, { rendersTemplate: false });
  try {
    const maxSteps = replies.length + 1;
    await start(program, { cwd, host: server.url, maxSteps, words: [REQUEST] }).ended;
    const calls = repliedTo(server.calls);
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
