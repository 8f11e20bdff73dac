/** The check: a command of the person's that runs after edits, as `run_shell` runs one. */
import * as z from 'zod';
import { requiredText } from './arguments.ts';
import { outputChars, renderEnded, runInShell } from './run-shell.ts';
import type { HeadTail } from './shell/capture.ts';
import type { Ended } from './shell/process-group.ts';
import type { Sandbox } from './shell/sandbox.ts';
import type { Shell } from './shell/shell.ts';
import { defineTool, type Tool } from './tool.ts';

/** The longest that it may run, in seconds: as long as a command of the model's may. */
const TIMEOUT = 120;
/** Characters of both streams together that the model reads of a failure, at most. */
const SHOWN_CHARS = 2_000;
const CUT = '...[earlier lines left out]...\n';

/** Which command is the check, if any: for one run of the program. It is never kept in a file. */
export class Check {
  /** The person has said no to it: they are not asked again. */
  isDenied = false;
  #command: string | undefined;

  constructor(command?: string) {
    this.#command = command;
  }

  get command(): string | undefined {
    return this.#command;
  }

  set command(command: string | undefined) {
    this.#command = command;
    this.isDenied = false;
  }
}

/** Makes the tool that runs the check. No model is told of it or can call it. */
export function checkTool(shell: Shell, sandbox?: Sandbox): Tool {
  return defineTool({
    name: 'check',
    description: 'Runs the check of the user.',
    risky: true,
    command: 'command',
    wording: { verbs: ['checking', 'checked', 'check'] },
    args: z.object({ command: requiredText() }),
    example: '',
    run({ command }, context, signal) {
      const chars = Math.min(SHOWN_CHARS, outputChars(context.resultRoom));
      const render = (ended: Ended) => renderEnded(ended, chars, lastLines);
      const limits = { timeout: TIMEOUT, render };
      return runInShell({ shell, sandbox }, command, limits, context, signal);
    },
  });
}

/** The last lines of a stream, or the last part of a line that is too long. */
function lastLines(stream: HeadTail, limit: number): string {
  const text = stream.text(Infinity);
  if (text.length <= limit) return text;
  const last = text.slice(-Math.max(1, limit - CUT.length));
  return CUT + last.slice(last.indexOf('\n') + 1);
}
