import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import * as z from 'zod';
import { HeadTail } from './capture.ts';
import { defineTool, requiredText, ToolError, wholeNumber } from './tool.ts';

/** Bytes of each stream that are kept while a command runs. */
const KEPT_BYTES = 64 * 1024;
/** Characters of both streams together in the result, and the share that stderr can count on. */
const SHOWN_CHARS = 3_800;
const STDERR_CHARS = 1_400;
/** After the shell has ended: how long to wait for output that is still in the pipe. */
const DRAIN_MS = 100;
/** Between SIGTERM and SIGKILL. */
const GRACE_MS = 1_000;

export const runShell = defineTool({
  name: 'run_shell',
  description:
    'Runs a shell command in the repo root; timeout in seconds. Background processes end with it.',
  risky: true,
  args: z.object({ command: requiredText(), timeout: wholeNumber(1, 120).default(20) }),
  example: '<tool>{"name":"run_shell","args":{"command":"npm test","timeout":60}}</tool>',
  async run({ command, timeout }, { root, env }, signal) {
    signal.throwIfAborted();
    // A process group of its own: execa's timeout would end the shell and leave its children.
    const shell = execa(command, {
      shell: true,
      cwd: root,
      env,
      extendEnv: false,
      detached: true,
      stdin: 'ignore',
      buffer: false,
      reject: false,
    });
    if (shell.pid === undefined) {
      const { code = 'unknown reason' } = await shell;
      throw new ToolError(`the command could not be started (${code})`);
    }
    const stdout = capture(shell.stdout);
    const stderr = capture(shell.stderr);
    const exited = once(shell, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    const over = new AbortController();
    const stop = AbortSignal.any([signal, over.signal]);
    const ended = await Promise.race([exited, untilStopped(timeout * 1000, stop)]);
    over.abort(); // so that neither a timer nor a listener on the signal outlives the command

    if (ended === 'timeout' || ended === 'interrupted') await endGroup(shell.pid, exited);
    else await Promise.race([shell, delay(DRAIN_MS)]);
    signalGroup(shell.pid, 'SIGKILL'); // what the command left running in the background
    shell.stdout.destroy();
    shell.stderr.destroy();

    const report = render(exitCode(ended), stdout, stderr);
    if (ended === 'interrupted') throw new ToolError(`the user interrupted it\n${report}`);
    if (ended === 'timeout') {
      throw new ToolError(`the command was ended after ${timeout} s\n${report}`);
    }
    return report;
  },
});

function capture(stream: Readable): HeadTail {
  const kept = new HeadTail(KEPT_BYTES);
  stream.on('data', (chunk: Buffer) => kept.push(chunk));
  return kept;
}

function untilStopped(ms: number, signal: AbortSignal): Promise<'timeout' | 'interrupted'> {
  return delay(ms, 'timeout' as const, { signal, ref: false }).catch(() => 'interrupted' as const);
}

/** Ends every process of the group: asked first, then made to. */
async function endGroup(pid: number, exited: Promise<unknown>): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  await Promise.race([exited, delay(GRACE_MS)]);
  signalGroup(pid, 'SIGKILL');
  await exited;
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // No process of the group is left.
  }
}

function exitCode(ended: 'timeout' | 'interrupted' | [number | null, string | null]): string {
  if (typeof ended === 'string') return 'none';
  const [code, signal] = ended;
  return code === null ? `none (ended by ${signal ?? 'a signal'})` : String(code);
}

/** Each stream has room of its own; what one does not need, the other may use. */
function render(code: string, stdout: HeadTail, stderr: HeadTail): string {
  const out = stdout.text(SHOWN_CHARS);
  const err = stderr.text(Math.max(STDERR_CHARS, SHOWN_CHARS - out.length));
  const room = SHOWN_CHARS - err.length;
  return [
    `exit_code: ${code}`,
    'stdout:',
    (out.length > room ? stdout.text(room) : out) || '(empty)',
    'stderr:',
    err || '(empty)',
  ].join('\n');
}
