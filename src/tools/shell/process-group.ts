/** Runs a command in its own process group, until it ends, times out or is interrupted. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { HeadTail } from './capture.ts';
import { coverInherited } from './inherited-files.ts';
import { LiveLine } from './live-line.ts';
import { LiveTail } from './live-tail.ts';
import { PlainText } from './plain-text.ts';
import { ToolError } from '../tool-error.ts';

/** Bytes of each stream that are kept. */
const KEPT_BYTES = 64 * 1024;
/** How long what the shell has started may still print after it has ended, in milliseconds. */
const DRAIN_MS = 100;
/** Where bubblewrap writes what it has started. */
const INFO_FD = 3;
/** Between SIGTERM and SIGKILL, and after that. */
const GRACE_MS = 1_000;

/** A program to run. */
export interface Command {
  file: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** It is bubblewrap, which writes the id of the sandbox's first process to file descriptor 3. */
  isSandbox?: true;
}

/** How a command ended, and what it printed, without what is meant for a terminal. */
export interface Ended {
  /** Its exit code or signal, or why it was stopped. */
  how: 'timeout' | 'interrupted' | [code: number | null, signal: NodeJS.Signals | null];
  stdout: HeadTail;
  stderr: HeadTail;
}

/** Where a command runs, and when to stop it. */
export interface RunOptions {
  cwd: string;
  timeoutMs: number;
  signal: AbortSignal;
  /** Its standard input; empty by default. */
  input?: Buffer;
  /** How long it may take to end once it is asked to, in milliseconds; 1,000 by default. */
  graceMs?: number;
  /** Gets the text of both streams as it arrives. */
  onOutput?: (text: string) => void;
  /** Gets the last lines of both streams, as they stand now, a few times a second. */
  onTail?: (text: string) => void;
}

/**
 * Runs a command. When it returns, no process of its group is left.
 * @throws ToolError when the command cannot be started
 */
export async function runToEnd(
  { file, args, env, isSandbox }: Command,
  { cwd, timeoutMs, signal, input, graceMs = GRACE_MS, onOutput, onTail }: RunOptions,
): Promise<Ended> {
  if (args.some((arg) => arg.includes('\0'))) {
    throw new ToolError('the command could not be started (it contains a NUL character)');
  }
  const { execa } = await import('execa');
  const covered = isSandbox && coverInherited(INFO_FD);
  // Its own process group: execa's timeout would end the shell and leave its children.
  const shell = execa(file, args, {
    cwd,
    env,
    extendEnv: false,
    detached: true,
    stdio: [
      input ? 'pipe' : 'ignore',
      'pipe',
      'pipe',
      ...(covered ? (['pipe', ...covered.stdio] as const) : []),
    ],
    ...(input && { input }),
    buffer: false,
    reject: false,
  });
  if (covered) covered.close();
  if (shell.pid === undefined) {
    const { code = 'unknown reason' } = await shell;
    throw new ToolError(`the command could not be started (${code})`);
  }
  // Node's pipes go both ways: a command that reads from one would wait for us.
  for (const stream of [shell.stdout, shell.stderr]) (stream as unknown as Socket).end();
  const tail = onTail && new LiveTail(onTail);
  const watchers = () => [onOutput && new LiveLine(onOutput), tail?.source()];
  const endOfStdout = capture(shell.stdout, watchers());
  const endOfStderr = capture(shell.stderr, watchers());
  // Inside the sandbox there is a new session, and so another process group.
  const told = new HeadTail(KEPT_BYTES);
  const info = shell.stdio[INFO_FD] as Readable | undefined;
  info?.on('data', (chunk: Buffer) => told.push(chunk));
  const exited = once(shell, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  const how = await Promise.race([exited, untilStopped(timeoutMs, stop)]);
  over.abort(); // neither a timer nor a listener on the signal may outlive the command

  const group = firstProcess(told) ?? shell.pid;
  if (typeof how === 'string') await endGroup(group, exited, graceMs);
  else await Promise.race([shell, delay(DRAIN_MS)]);
  signalGroup(shell.pid, 'SIGKILL'); // what the command left running in the background
  await exited;
  await readRest();
  for (const stream of [shell.stdout, shell.stderr, info]) stream?.destroy();
  const ended: Ended = { how, stdout: endOfStdout(), stderr: endOfStderr() };
  tail?.end();
  return ended;
}

/** Sees the text of a stream as it arrives, with a character for each byte. */
interface Watcher {
  /**
   * @param whole what comes next and can no longer change
   * @param line what follows it so far
   */
  next(whole: string, line: string): void;
  /** Nothing more will come. */
  end?(): void;
}

/** Takes the plain text of a stream. Returns a function that ends it and returns what was kept. */
function capture(stream: Readable, watchers: readonly (Watcher | undefined)[]): () => HeadTail {
  const kept = new HeadTail(KEPT_BYTES);
  const plain = new PlainText();
  const take = (whole: string) => {
    kept.push(Buffer.from(whole, 'latin1'));
    for (const watcher of watchers) watcher?.next(whole, plain.line);
  };
  stream.on('data', (chunk: Buffer) => take(plain.push(chunk)));
  return () => {
    take(plain.end());
    for (const watcher of watchers) watcher?.end?.();
    return kept;
  };
}

/**
 * Lets all that is in the pipes be read. It does not wait for their ends: a process that left the
 * group may hold them open. The first turn may end what the event loop was about to do before
 * something was printed; the second looks at every pipe, and empties it.
 */
async function readRest(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

/** The process id that bubblewrap writes as JSON; undefined until it has. */
function firstProcess(told: HeadTail): number | undefined {
  const pid = /"child-pid": *(\d+)\D/.exec(told.text(KEPT_BYTES))?.[1];
  return pid === undefined ? undefined : Number(pid);
}

function untilStopped(ms: number, signal: AbortSignal): Promise<'timeout' | 'interrupted'> {
  return delay(ms, 'timeout' as const, { signal, ref: false }).catch(() => 'interrupted' as const);
}

/** Ends every process of the group: with SIGTERM first, then with SIGKILL. */
async function endGroup(pid: number, exited: Promise<unknown>, graceMs: number): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  await Promise.race([exited, delay(graceMs)]);
  signalGroup(pid, 'SIGKILL');
  await Promise.race([exited, delay(GRACE_MS)]);
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // No process of the group is left.
  }
}
