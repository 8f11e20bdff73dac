/** What a raw reply comes to: a call, an answer, or what is wrong with it. */
import type { Generation } from '../model/model.ts';
import { EXAMPLE_VALUES } from '../prompt/examples.ts';
import { exampleIn, isEcho, type EchoSource } from '../reply/echo.ts';
import { ONLY_REASONING, parseReply } from '../reply/parse.ts';
import { malformed, type Reply, type ToolShapes } from '../reply/reply.ts';

/** A reply as the model generated it, without its cost. */
export interface UnreadReply extends Omit<Generation, 'usage'> {
  thought?: string | undefined;
}

/** Judges a raw reply. @param echo gives what it must not merely repeat; called only if needed */
export function judgeReply(
  { text, doneReason, fault, thought }: UnreadReply,
  tools: ToolShapes,
  echo: () => EchoSource,
): Reply {
  if (fault !== undefined) return malformed(fault);
  if (doneReason === 'loop') return malformed('the reply repeated itself');
  if (doneReason === 'cut') return malformed('the reply broke off');
  if (thought && text.trim() === '' && doneReason !== 'length') return malformed(ONLY_REASONING);
  const reply = parseReply(text, tools, doneReason === 'length');
  if (reply.type === 'final' && isEcho(reply.text, echo())) {
    return malformed('the reply only repeated a line of the instructions or of the request');
  }
  const copied = reply.type === 'call' && exampleIn(reply, tools, EXAMPLE_VALUES, echo);
  // Without the tool: the example of any other one would be copied next, and lead nowhere either.
  return copied ? malformed(`the reply only repeated an example (${copied} is not real)`) : reply;
}
