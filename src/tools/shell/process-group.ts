/** Runs a command in a process group of its own, to its end or to that of its time. */
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { HeadTail } from './capture.ts';
import { ToolError } from '../tool-error.ts';

/** Bytes of each stream that are kept while a command runs. */
const KEPT_BYTES = 64 * 1024;
/** After the shell has ended: how long to wait for output that is still in the pipe. */
const DRAIN_MS = 100;
/** Between SIGTERM and SIGKILL. */
const GRACE_MS = 1_000;

export interface Command {
  file: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** It is bubblewrap, which writes to file descriptor 3 what is the first process in there. */
  isSandbox?: true;
}

export interface Ended {
  /** Its exit code or signal, or why it was ended. */
  how: 'timeout' | 'interrupted' | [code: number | null, signal: NodeJS.Signals | null];
  stdout: HeadTail;
  stderr: HeadTail;
}

export interface RunOptions {
  cwd: string;
  timeoutMs: number;
  signal: AbortSignal;
  /** Sees the output of both streams as it comes. */
  onOutput?: (chunk: Buffer) => void;
}

/** Standard input is closed. @throws ToolError when the command cannot be started */
export async function runToEnd(
  { file, args, env, isSandbox }: Command,
  { cwd, timeoutMs, signal, onOutput }: RunOptions,
): Promise<Ended> {
  if (args.some((arg) => arg.includes('\0'))) {
    throw new ToolError('the command could not be started (it holds a NUL character)');
  }
  // A process group of its own: execa's timeout would end the shell and leave its children.
  const shell = execa(file, args, {
    cwd,
    env,
    extendEnv: false,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', ...(isSandbox ? (['pipe'] as const) : [])],
    buffer: false,
    reject: false,
  });
  if (shell.pid === undefined) {
    const { code = 'unknown reason' } = await shell;
    throw new ToolError(`the command could not be started (${code})`);
  }
  const stdout = capture(shell.stdout);
  const stderr = capture(shell.stderr);
  if (onOutput) for (const stream of [shell.stdout, shell.stderr]) stream.on('data', onOutput);
  // The sandbox is a session, and so a process group, inside of the one that is seen here.
  const told = isSandbox && capture(shell.stdio[3]);
  const exited = once(shell, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  const how = await Promise.race([exited, untilStopped(timeoutMs, stop)]);
  over.abort(); // so that neither a timer nor a listener on the signal outlives the command

  const group = (told && firstProcess(told)) ?? shell.pid;
  if (typeof how === 'string') await endGroup(group, exited);
  else await Promise.race([shell, delay(DRAIN_MS)]);
  signalGroup(shell.pid, 'SIGKILL'); // what the command left running in the background
  await exited;
  for (const stream of shell.stdio) stream?.destroy();
  return { how, stdout, stderr };
}

function capture(stream: Readable): HeadTail {
  const kept = new HeadTail(KEPT_BYTES);
  stream.on('data', (chunk: Buffer) => kept.push(chunk));
  return kept;
}

/** The id that bubblewrap tells in JSON, as soon as it has. */
function firstProcess(told: HeadTail): number | undefined {
  const pid = /"child-pid": *(\d+)\D/.exec(told.text(KEPT_BYTES))?.[1];
  return pid === undefined ? undefined : Number(pid);
}

function untilStopped(ms: number, signal: AbortSignal): Promise<'timeout' | 'interrupted'> {
  return delay(ms, 'timeout' as const, { signal, ref: false }).catch(() => 'interrupted' as const);
}

/** Ends every process of the group: asked first, then made to. */
async function endGroup(pid: number, exited: Promise<unknown>): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  await Promise.race([exited, delay(GRACE_MS)]);
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
