/** The sessions that the chapters show besides the demo's: scripted replies, all else is real. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createAgent, type AgentOptions } from '../src/agent/create-agent.ts';
import { ScriptedModel } from '../src/model/scripted.ts';
import { sessionsIn } from '../test/program/session-files.ts';

/** Stands for the temporary folder in what the sessions say. */
export const FOLDER = '/home/ada/my-project';

/** The logs of a session and of its delegates, in the order in which they began. */
export type Logs = readonly string[];

interface Script extends Omit<AgentOptions, 'root' | 'model'> {
  files: Readonly<Record<string, string>>;
  request: string;
  replies: readonly string[];
}

const call = (name: string, args: Record<string, unknown>) =>
  `<tool>${JSON.stringify({ name, args })}</tool>`;

const GREETING = 'export const greeting = "hello";\n';

/** A model that tries what the gate refuses. */
export const gateSession = (): Promise<Logs> =>
  run({
    files: { 'greet.mjs': GREETING },
    request: 'Say good morning instead of hello.',
    replies: [
      call('read_file', { path: '../secret.txt' }),
      call('patch_file', { path: 'greet.mjs', old_text: 'hello!', new_text: 'good morning' }),
      call('run_shell', { command: 'sed -i s/hello/good\\ morning/ greet.mjs' }),
      call('patch_file', { path: 'greet.mjs', old_text: 'hello', new_text: 'good morning' }),
      '<final>greet.mjs now says good morning.</final>',
    ],
    approve: ({ name }) =>
      name === 'run_shell' ? { allowed: false, reason: 'use patch_file' } : { allowed: true },
  });

/** Reads more than a small window holds. */
export const windowSession = (): Promise<Logs> =>
  run({
    files: Object.fromEntries([1, 2, 3, 4, 5, 6].map((each) => [`part${each}.mjs`, part(each)])),
    request: 'Which part exports limit4?',
    replies: [
      ...[1, 2, 3, 4, 5].map((each) => call('read_file', { path: `part${each}.mjs` })),
      '<final>part4.mjs exports limit4.</final>',
    ],
    numCtx: 2_048,
    approve: () => ({ allowed: true }),
  });

/** Hands a question to a delegate, which tries to write. */
export const delegateSession = (): Promise<Logs> =>
  run({
    files: { 'greet.mjs': GREETING, 'main.mjs': "import { greeting } from './greet.mjs';\n" },
    request: 'Who uses greeting?',
    replies: [
      call('delegate', { task: 'find the files that import greet.mjs', max_steps: 4 }),
      call('write_file', { path: 'notes.txt', content: 'main.mjs' }),
      call('search', { pattern: 'greet.mjs' }),
      '<final>Only main.mjs imports greet.mjs.</final>',
      '<final>main.mjs uses greeting.</final>',
    ],
    approve: () => ({ allowed: true }),
  });

function part(number: number): string {
  const lines = Array.from(
    { length: 40 },
    (_, at) => `export const limit${at === 9 ? number : `${number}_${at}`} = ${at * 100};`,
  );
  return `${lines.join('\n')}\n`;
}

async function run({ files, request, replies, ...options }: Script): Promise<Logs> {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mca-book-')));
  try {
    execFileSync('git', ['init', '--quiet', '--initial-branch=main', root]);
    for (const [name, content] of Object.entries(files)) {
      fs.writeFileSync(path.join(root, name), content);
    }
    const model = new ScriptedModel([...replies], { name: 'scripted' });
    const agent = await createAgent({ ...options, root, model });
    for await (const event of agent.ask(request)) {
      if (event.type === 'final' && event.reason !== 'answer') throw new Error(event.text);
    }
    agent.close();
    return logsIn(root);
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}

function logsIn(root: string): string[] {
  return sessionsIn(root)
    .map((session) => fs.readFileSync(session.path, 'utf8').replaceAll(root, FOLDER))
    .toSorted((a, b) => Number(isDelegate(a)) - Number(isDelegate(b)));
}

const isDelegate = (log: string) => !log.split('\n', 1)[0]?.includes('"parent":null');
