/** Every tool there is, the delegate's too, by name: what the parser is told of. */
import { delegateTool } from '../../src/delegation/delegate.ts';
import { allTools } from '../../src/tools/index.ts';
import type { Tool } from '../../src/tools/tool.ts';

export const tools: ReadonlyMap<string, Tool> = new Map(
  [...allTools, delegateTool(() => Promise.resolve(''))].map((tool) => [tool.name, tool]),
);

/**
 * The arguments as the tool would get them: numbers that came as text made numbers, defaults filled
 * in, unknown ones dropped. What the tool refuses is as it came; of no known tool, nothing counts.
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
