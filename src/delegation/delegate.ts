/**
 * Component 6, bounded delegation: a child agent on the same model and workspace that may only
 * read, has its own step limit, and answers in words.
 */
import * as z from 'zod';
import { clipLine } from '../context/clip.ts';
import type { Turn } from '../model/model.ts';
import { defineTool, type Tool } from '../tools/tool.ts';
import { OTHER_NAMES } from '../tools/other-names.ts';
import { clampedNumber, requiredText, textOf } from '../tools/arguments.ts';

/** Starts a child agent on a task and returns its answer, or why it has none. */
export type Spawn = (task: string, maxSteps: number, signal: AbortSignal) => Promise<string>;

/** The tool, with the one thing it cannot import: how an agent is made. */
export function delegateTool(spawn: Spawn): Tool {
  return defineTool({
    name: 'delegate',
    description: 'Has a read-only helper answer one question.',
    risky: false,
    args: z.object({ task: requiredText(), max_steps: clampedNumber(1, 10).default(3) }),
    body: 'task',
    ...OTHER_NAMES.delegate,
    wording: {
      verbs: ['delegating', 'delegated', 'delegate'],
      subject: ({ task }) => `"${textOf(task)}"`,
    },
    example:
      '<tool>{"name":"delegate","args":{"task":"find out which file defines some_name","max_steps":3}}</tool>',
    async run({ task, max_steps }, _context, signal) {
      return `delegate_result:\n${await spawn(task, max_steps, signal)}`;
    },
  });
}

/** The turns of the parent's conversation that a child is told, one line each: the newest. */
const BRIEF_TURNS = 4;
const LINE_CHARS = 120;

/**
 * What a child should know about what its parent has just seen.
 * @param request what the parent was asked
 * @param turns the parent's conversation, oldest first; the last one calls the child
 */
export function briefFrom(request: string, turns: readonly Turn[]): string {
  const newest = turns.slice(-BRIEF_TURNS - 1, -1).map(({ content }) => content);
  const lines = [request, ...newest.filter((content) => content !== request)];
  return `it works on: ${lines.map((line) => clipLine(line, LINE_CHARS)).join(' | ')}`;
}
