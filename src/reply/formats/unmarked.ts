/** Calls in forms that code and prose have, too: without tags or marks of their own. */
import { toolNamed } from '../names.ts';
import { malformed, type Reply, type ToolShapes } from '../reply.ts';

/** The problem of a call that cannot be told from code or prose. */
export const NEEDS_TAGS = 'a tool call needs its tags';

/**
 * The call, if it is of a tool that only reads and by its own name; otherwise it is asked for again.
 * The caller has made sure that it is the whole reply.
 */
export function unmarkedCall(
  name: string,
  args: Record<string, unknown>,
  tools: ToolShapes,
): Reply {
  const tool = toolNamed(name, tools);
  if (tool === undefined || tools.get(tool)?.risky) {
    return malformed(NEEDS_TAGS, tool ?? name);
  }
  return { type: 'call', name: tool, args, ignored: '' };
}
