/** Every tool by name, including `delegate`: what the parser knows. */
import { delegateTool } from '../../src/delegation/delegate.ts';
import { allTools } from '../../src/tools/index.ts';
import type { Tool } from '../../src/tools/tool.ts';

export const tools: ReadonlyMap<string, Tool> = new Map(
  [...allTools, delegateTool(() => Promise.resolve(''))].map((tool) => [tool.name, tool]),
);

/**
 * The arguments as the tool would get them: under its own names, numbers in text converted, defaults
 * filled in. Arguments that the tool refuses stay unchanged; for an unknown tool there are none.
 */
export function preparedArgs(name: string, args: Record<string, unknown>): Record<string, unknown> {
  try {
    return { ...tools.get(name)?.prepare(args).args };
  } catch {
    return args;
  }
}

/** Whether there is such a tool and it would take these arguments. */
export function isAccepted(name: string, args: Record<string, unknown>): boolean {
  try {
    return tools.get(name)?.prepare(args) !== undefined;
  } catch {
    return false;
  }
}
