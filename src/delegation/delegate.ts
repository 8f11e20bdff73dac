/**
 * Component 6, bounded delegation: a child agent on the same model and workspace that may only
 * read, has its own step limit, and answers in words.
 */
import * as z from 'zod';
import { clipLine } from '../context/clip.ts';
import { clampedNumber, defineTool, requiredText, type Tool } from '../tools/tool.ts';

/** Starts a child agent on a task and returns its answer, or why it has none. */
export type Spawn = (task: string, maxSteps: number, signal: AbortSignal) => Promise<string>;

/** The tool, with the one thing it cannot import: how an agent is made. */
export function delegateTool(spawn: Spawn): Tool {
  return defineTool({
    name: 'delegate',
    description: 'Lets a read-only helper look into one question and report in words.',
    risky: false,
    args: z.object({ task: requiredText(), max_steps: clampedNumber(1, 10).default(3) }),
    bodyArg: 'task',
    example: '<tool>{"name":"delegate","args":{"task":"inspect README.md","max_steps":3}}</tool>',
    async run({ task, max_steps }, _context, signal) {
      return `delegate_result:\n${await spawn(task, max_steps, signal)}`;
    },
  });
}

/** How much of the parent's transcript a child is told: its newest entries, a line of each. */
const BRIEF_ENTRIES = 4;
const LINE_CHARS = 120;

/**
 * What a child should know of what its parent has just seen.
 * @param entries the parent's transcript, rendered, oldest first
 */
export function briefFrom(entries: readonly string[]): string {
  const request = entries.findLast((entry) => entry.startsWith('[user]'));
  const newest = entries.slice(-BRIEF_ENTRIES).filter((entry) => entry !== request);
  const lines = [...(request === undefined ? [] : [request]), ...newest];
  return `your parent works on: ${lines.map((line) => clipLine(line, LINE_CHARS)).join(' | ')}`;
}
