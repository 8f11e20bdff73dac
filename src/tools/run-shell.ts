import * as z from 'zod';
import type { ResultRoom } from '../context/result-room.ts';
import type { HeadTail } from './shell/capture.ts';
import { TAIL_LINES } from './shell/live-tail.ts';
import { runToEnd, type Ended } from './shell/process-group.ts';
import { runConfined, type Sandbox } from './shell/sandbox.ts';
import { SH, shellCommand, type Shell } from './shell/shell.ts';
import { INTERRUPTED } from './refusals.ts';
import { defineTool, type Tool, type ToolContext } from './tool.ts';
import { refuseXml } from './content-traps.ts';
import { ToolError } from './tool-error.ts';
import { OTHER_NAMES } from './other-names.ts';
import { requiredText, wholeNumber } from './arguments.ts';
import type { ToolOutcome, ToolSummary } from './outcome.ts';

/** The part of the output that is kept free for stderr. */
const STDERR_SHARE = 0.4;

/**
 * Makes the tool that runs commands in this shell. Without a sandbox a command may do all that the
 * user may.
 */
export function shellTool(shell: Shell, sandbox?: Sandbox): Tool {
  return defineTool({
    name: 'run_shell',
    description: description(shell, sandbox),
    risky: true,
    command: 'command',
    wording: { verbs: ['running', 'ran', 'run'], units: { timeout: 's' } },
    ...OTHER_NAMES.run_shell,
    rewrite: (given) =>
      'timeout_ms' in given ? { ...given, timeout_ms: inSeconds(given['timeout_ms']) } : given,
    doubt: ({ command }) => refuseXml(command),
    args: z.object({
      command: requiredText(),
      timeout: wholeNumber(1, 120, 'seconds').default(20),
    }),
    example: '<tool>{"name":"run_shell","args":{"command":"echo some words","timeout":60}}</tool>',
    run({ command, timeout }, context, signal) {
      const render = (ended: Ended) => renderEnded(ended, outputChars(context.resultRoom));
      const limits = { timeout, render };
      return runInShell({ shell, sandbox }, command, limits, context, signal);
    },
  });
}

/**
 * Runs a command in a shell, in the sandbox if there is one.
 * @param limits the seconds that it may run, and what the model is told of its end
 * @throws ToolError where it was stopped, or did what the sandbox does not allow
 */
export async function runInShell(
  { shell, sandbox }: { shell: Shell; sandbox: Sandbox | undefined },
  command: string,
  { timeout, render }: { timeout: number; render: (ended: Ended) => string },
  { root, env, showOutput }: Pick<ToolContext, 'root' | 'env' | 'showOutput'>,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  signal.throwIfAborted();
  const asked = shellCommand(shell, command, env);
  const options = { cwd: root, timeoutMs: timeout * 1000, signal, onTail: showOutput };
  const { ended, violations } = sandbox
    ? await runConfined(sandbox, asked, options)
    : { ended: await runToEnd(asked, options), violations: [] };
  const text = [...violations, render(ended)].join('\n');
  const summary = summaryOf(ended);
  const { how } = ended;
  if (how === 'interrupted') throw new ToolError(`${INTERRUPTED}\n${text}`, summary);
  if (how === 'timeout') {
    throw new ToolError(`the command was stopped after ${timeout} s\n${text}`, summary);
  }
  if (violations.length > 0) throw new ToolError(text, summary);
  return { text, summary };
}

/** The tool without a sandbox, and with the shell that every system has; an agent finds a better one. */
export const runShell = shellTool(SH);

/** Milliseconds as seconds; what is no number stays, and is refused later. */
function inSeconds(ms: unknown): unknown {
  return typeof ms === 'number' || (typeof ms === 'string' && ms.trim() !== '')
    ? Number(ms) / 1000
    : ms;
}

function summaryOf(ended: Ended): ToolSummary {
  const [code] = ended.how;
  return { result: endingOf(ended), failed: code !== 0, output: outputTail(ended) };
}

/** How a command ended, in a few words for the person. */
export function endingOf({ how }: Ended): string {
  if (how === 'timeout') return 'stopped';
  if (how === 'interrupted') return how;
  const [code, signal] = how;
  return code === null ? `ended by ${signal ?? 'a signal'}` : `exit ${code}`;
}

/** The last lines that a command printed, standard output first, and how many came before them. */
function outputTail({ stdout, stderr }: Ended): string[] {
  const lines = [stdout, stderr]
    .map((stream) => stream.text(Infinity))
    .filter((text) => text !== '')
    .flatMap((text) => text.split('\n'));
  const hidden = lines.length - TAIL_LINES;
  if (hidden <= 0) return lines;
  const count = `${hidden}${stdout.isWhole && stderr.isWhole ? '' : '+'}`;
  return [`… ${count} more ${count === '1' ? 'line' : 'lines'}`, ...lines.slice(-TAIL_LINES)];
}

function description({ name }: Shell, sandbox: Sandbox | undefined): string {
  return (
    `Runs a command with ${name} in the repo root; timeout in seconds. ` +
    `Background processes end with it.${sandbox ? ` ${limitsOf(sandbox)}` : ''}`
  );
}

/** Tells a model what cannot work, so that it does not keep trying. */
function limitsOf({ network }: Sandbox): string {
  const net = network ? '' : 'there is no network, and ';
  return `It is sandboxed: ${net}only the repo and /tmp, which is empty each time, can be written.`;
}

function exitCode(how: Ended['how']): string {
  if (typeof how === 'string') return 'none';
  const [code, signal] = how;
  return code === null ? `none (ended by ${signal ?? 'a signal'})` : String(code);
}

/** The characters of both streams together, of a result that has this room. */
export function outputChars({ chars }: ResultRoom): number {
  return Math.floor(chars - Math.min(200, chars / 8));
}

/**
 * What the model is told when a command has ended: exit code and output. Each stream has its own
 * room; what one does not need, the other may use.
 * @param chars the characters of both streams together
 * @param part which part of a longer stream is shown: head and tail by default
 */
export function renderEnded(
  { how, stdout, stderr }: Ended,
  chars: number,
  part = (stream: HeadTail, limit: number) => stream.text(limit),
): string {
  const out = part(stdout, chars);
  const err = part(stderr, Math.max(Math.floor(chars * STDERR_SHARE), chars - out.length));
  const room = chars - err.length;
  return [
    `exit_code: ${exitCode(how)}`,
    'stdout:',
    (out.length > room ? part(stdout, room) : out) || '(empty)',
    'stderr:',
    err || '(empty)',
  ].join('\n');
}
