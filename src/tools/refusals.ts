/** What the model is told of a call that cannot run or did not work. */
import { clipToolName } from '../context/clip.ts';
import { systemReason } from '../util/errors.ts';
import { nearest } from '../util/nearest.ts';
import { PathError } from '../workspace/paths.ts';
import { ToolError } from './tool-error.ts';

/** The user stopped the call while it ran. */
export const INTERRUPTED = 'the user interrupted it';

/** There is no tool of this name. */
export function unknownTool(name: string, names: readonly string[]): string {
  const meant = nearest(name, names);
  const guess = meant === undefined ? ';' : `, did you mean ${meant}?`;
  return `there is no tool ${clipToolName(name)}${guess} the tools are: ${names.join(', ')}`;
}

/** The call would end the third round of a cycle of this many calls. */
export function repeated(name: string, cycle: number): string {
  const what =
    cycle === 1
      ? `you made this ${clipToolName(name)} call twice already`
      : `you are going in circles: the last ${cycle} calls gave the same results twice already`;
  return `${what}; use what you have, try something else or give a final answer`;
}

/**
 * Why a tool failed, of the errors that a tool may have: ToolError, PathError, system errors.
 * @throws the error itself if it is a bug
 */
export function reasonOf(error: unknown): string {
  if (error instanceof ToolError || error instanceof PathError) return error.message;
  return systemReason(error);
}
