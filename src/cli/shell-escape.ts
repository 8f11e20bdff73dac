/** `!command`: runs the person's own command, without asking. */
import type { ResultRoom } from '../context/result-room.ts';
import { endingOf, outputChars, renderEnded } from '../tools/run-shell.ts';
import { runToEnd } from '../tools/shell/process-group.ts';
import { findShell, shellCommand } from '../tools/shell/shell.ts';
import { ToolError } from '../tools/tool-error.ts';

/** Gets what the command prints, as it arrives. */
export type OnOutput = (text: string) => void;

/** Where and how the person's command runs. */
interface UserCommandOptions {
  cwd: string;
  /** Their whole environment: unlike the model's commands, theirs may see all of it. */
  env: NodeJS.ProcessEnv;
  onOutput: OnOutput;
  /** How much of it the model is told. */
  resultRoom: ResultRoom;
  signal: AbortSignal;
}

/** The longest that a timer can wait, in milliseconds: only the person ends the command. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/** Runs the command. Returns what the model is told, and how it ended, for the person. */
export async function runUserCommand(
  command: string,
  { cwd, env, onOutput, resultRoom, signal }: UserCommandOptions,
): Promise<{ content: string; ending: string }> {
  const start = performance.now();
  try {
    const ended = await runToEnd(shellCommand(findShell(env, cwd), command, env), {
      cwd,
      timeoutMs: NO_TIMEOUT_MS,
      signal,
      onOutput,
    });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    return {
      content: renderEnded(ended, outputChars(resultRoom)),
      ending: `${endingOf(ended)} · ${seconds} s`,
    };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return { content: `error: ${error.message}`, ending: error.message };
  }
}
