/** What the model is told after an unusable reply. */
import type * as z from 'zod';
import { toolsLike } from '../reply/names.ts';
import { parseReply } from '../reply/parse.ts';
import type { Reply, ToolShape } from '../reply/reply.ts';

/** What must be known of a tool to ask for a call of it. */
export interface CallableTool extends ToolShape {
  readonly name: string;
  readonly schema: z.ZodObject;
  /** A valid reply that calls it. */
  readonly example: string;
}

/**
 * Asks for JSON, with an example.
 * @param meant the tool that was meant, by any of its names
 * @param tools those that may be called; without any, an answer is asked for
 */
export function replyAsJson(
  meant: string | undefined,
  tools: ReadonlyMap<string, CallableTool>,
): string {
  const answer = '{"final":"your answer"}';
  const [first] = tools.values();
  if (!first) return `Reply with JSON alone: ${answer}.`;
  const [like = ''] = toolsLike(meant ?? '', tools);
  const { example } = tools.get(like) ?? first;
  const json = asJson(parseReply(example, tools));
  return `Reply with JSON alone: one tool call, such as ${json}, or ${answer}.`;
}

/** After a reply that was cut off: how many tokens the next one may have. */
export function roomFor(tokens: number): string {
  return `Your next reply has room for ${tokens} tokens.`;
}

/** After a reply that was cut off with all the room there is. */
export const DO_LESS = 'Do less in one reply: write a long file in pieces, answer more briefly.';

function asJson(reply: Reply): string {
  return reply.type === 'call' ? JSON.stringify({ name: reply.name, args: reply.args }) : '';
}
