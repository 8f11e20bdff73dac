import * as z from 'zod';
import { runToEnd, type Ended } from './shell/process-group.ts';
import type { Sandbox } from './shell/sandbox.ts';
import { defineTool, requiredText, wholeNumber, type Tool } from './tool.ts';
import { ToolError } from './tool-error.ts';

/** Characters of both streams together in the result, and the share that stderr can count on. */
const SHOWN_CHARS = 3_800;
const STDERR_CHARS = 1_400;

const DESCRIPTION =
  'Runs a shell command in the repo root; timeout in seconds. Background processes end with it.';

/** Without a sandbox a command may do whatever the user may. */
export function shellTool(sandbox?: Sandbox): Tool {
  return defineTool({
    name: 'run_shell',
    description: sandbox ? `${DESCRIPTION} ${limitsOf(sandbox)}` : DESCRIPTION,
    risky: true,
    commandArg: 'command',
    args: z.object({ command: requiredText(), timeout: wholeNumber(1, 120).default(20) }),
    example: '<tool>{"name":"run_shell","args":{"command":"echo some words","timeout":60}}</tool>',
    async run({ command, timeout }, { root, env }, signal) {
      signal.throwIfAborted();
      const confined = sandbox?.confine(command, env);
      let freed: string[] = [];
      const { how, stdout, stderr } = await runToEnd(
        confined ?? { file: '/bin/sh', args: ['-c', command], env },
        { cwd: root, timeoutMs: timeout * 1000, signal },
      ).finally(() => (freed = confined?.settle() ?? []));
      const report = [...freed, renderEnded({ how, stdout, stderr })].join('\n');
      if (how === 'interrupted') throw new ToolError(`the user interrupted it\n${report}`);
      if (how === 'timeout') {
        throw new ToolError(`the command was ended after ${timeout} s\n${report}`);
      }
      if (freed.length > 0) throw new ToolError(report);
      return report;
    },
  });
}

export const runShell = shellTool();

/** Keeps a model from trying again what cannot work. */
function limitsOf({ network }: Sandbox): string {
  const net = network ? '' : 'there is no network, and ';
  return `It is sandboxed: ${net}only the repo and /tmp, which is empty each time, can be written.`;
}

function exitCode(how: Ended['how']): string {
  if (typeof how === 'string') return 'none';
  const [code, signal] = how;
  return code === null ? `none (ended by ${signal ?? 'a signal'})` : String(code);
}

/**
 * What a command's end says to the model: exit code and output. Each stream has room of its own;
 * what one does not need, the other may use.
 */
export function renderEnded({ how, stdout, stderr }: Ended): string {
  const out = stdout.text(SHOWN_CHARS);
  const err = stderr.text(Math.max(STDERR_CHARS, SHOWN_CHARS - out.length));
  const room = SHOWN_CHARS - err.length;
  return [
    `exit_code: ${exitCode(how)}`,
    'stdout:',
    (out.length > room ? stdout.text(room) : out) || '(empty)',
    'stderr:',
    err || '(empty)',
  ].join('\n');
}
