/**
 * Component 6, bounded delegation: a child agent on the same model and workspace that may only
 * read, has its own step limit, and answers in words.
 */
import * as z from 'zod';
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

/** How much of the parent's transcript a child is told, in characters: its newest part. */
const BRIEF_CHARS = 300;

/** What a child should know of what its parent has just seen. */
export function briefFrom(entries: readonly string[]): string {
  const newest = entries.join('\n').slice(-BRIEF_CHARS).replace(/\s+/g, ' ').trim();
  return `the end of your parent's transcript: …${newest}`;
}
