/** Runs the built program as a person would: its bin, in a folder, against a scripted server. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import {
  startFakeOllama,
  type FakeOllama,
  type FakeOllamaOptions,
  type ScriptedReply,
} from './ollama-server.ts';
import { startFakeOpenai, type FakeOpenai, type FakeOpenaiOptions } from './openai-server.ts';
import { temporaryRepository } from './workspace.ts';

/** The bin that `npm run build` makes. */
export const BIN = path.resolve(import.meta.dirname, '../../dist/cli.cjs');

export interface ProgramOptions {
  cwd: string;
  /** The scripted server's URL; it goes into OLLAMA_HOST. */
  host?: string;
  /** Standard input, whole; without it, standard input is at its end from the start. */
  input?: string;
  env?: NodeJS.ProcessEnv;
  /** A command that runs the program: its words come after these. */
  under?: string[];
  /** The user and group to run it as. */
  uid?: number;
  /** Another copy of the bin. */
  bin?: string;
}

export interface ProgramResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the program to its end. */
export async function runProgram(args: string[], options: ProgramOptions): Promise<ProgramResult> {
  const program = startProgram(args, options);
  program.child.stdin.end(options.input ?? '');
  return program.ended;
}

export interface RunningProgram {
  child: ChildProcessWithoutNullStreams;
  ended: Promise<ProgramResult>;
  /** Settles when standard output and error together hold this text. */
  shows(text: string | RegExp): Promise<void>;
}

/** Starts the program with its standard input open. It is killed when the test ends. */
export function startProgram(args: string[], options: ProgramOptions): RunningProgram {
  const { cwd, host, env, under = [], uid, bin = BIN } = options;
  const [command = '', ...words] = [...under, process.execPath, bin, ...args];
  const child = spawn(command, words, {
    cwd,
    ...(uid !== undefined && { uid, gid: uid }),
    env: { ...process.env, NO_COLOR: '1', ...(host && { OLLAMA_HOST: host }), ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const watcher of watchers) watcher();
    });
  }
  child.stdin.on('error', () => undefined); // the program may end before it has read everything
  const ended = new Promise<ProgramResult>((resolve) => {
    child.on('close', (code) => resolve({ code, ...output }));
  });
  return {
    child,
    ended,
    shows: (text) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const all = output.stdout + output.stderr;
          if (typeof text === 'string' ? !all.includes(text) : !text.test(all)) return;
          watchers.delete(check);
          resolve();
        };
        watchers.add(check);
        check();
        void ended.then(({ stdout, stderr }) =>
          reject(new Error(`it ended without ${String(text)}:\n${stdout}\n${stderr}`)),
        );
      }),
  };
}

/** The scripted server, closed when the test ends. */
export async function scriptedServer(
  script: ScriptedReply[] = [],
  options: FakeOllamaOptions = {},
): Promise<FakeOllama> {
  const server = await startFakeOllama(script, options);
  onTestFinished(() => server.close());
  return server;
}

/** The same of an OpenAI-compatible server. */
export async function openaiServer(
  script: ScriptedReply[] = [],
  options: FakeOpenaiOptions = {},
): Promise<FakeOpenai> {
  const server = await startFakeOpenai(script, options);
  onTestFinished(() => server.close());
  return server;
}

export interface Scene {
  /** The repository; the program is run in it. */
  root: string;
  server: FakeOllama;
  run(args: string[], input?: string, how?: How): Promise<ProgramResult>;
  start(args: string[], how?: How): RunningProgram;
}

/** How else the program is run. */
export type How = Pick<ProgramOptions, 'env' | 'under' | 'uid'>;

/** A repository with these files, a server with this script, and the program between them. */
export async function scene(
  script: ScriptedReply[] = [],
  files: Record<string, string | Buffer> = {},
  options: FakeOllamaOptions = {},
): Promise<Scene> {
  const root = temporaryRepository(files);
  const server = await scriptedServer(script, options);
  const where = { cwd: root, host: server.url };
  return {
    root,
    server,
    run: (args, input = '', how = {}) => runProgram(args, { ...where, input, ...how }),
    start: (args, how = {}) => startProgram(args, { ...where, ...how }),
  };
}
