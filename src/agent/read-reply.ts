/** Reads a reply as it comes, and ends it where its first call or answer is complete. */
import type { Generation } from '../model/model.ts';
import { AnswerStream } from '../reply/answer-stream.ts';
import { EndWatch } from '../reply/end-watch.ts';
import type { ToolShapes } from '../reply/reply.ts';
import type { AgentEvent } from './events.ts';

/** The part of a reply that came before its call failed. */
export interface BrokenReply {
  text: string;
  /** What the person has seen of it. */
  answer: string;
  promptChars: number;
}

/** The most characters kept of a reply that breaks off: it may be endless. */
const BROKEN_CHARS = 8_000;

/**
 * Yields each piece of the reply and returns all of it.
 * @param soFar is filled with what has come, in case the stream fails
 */
export async function* readReply(
  stream: AsyncGenerator<string, Generation>,
  tools: ToolShapes,
  soFar: BrokenReply,
): AsyncGenerator<AgentEvent, Generation> {
  const visible = new AnswerStream();
  const watch = new EndWatch(tools);
  for (;;) {
    const next = await stream.next();
    if (next.done) return wholeOf(next.value, watch);
    const answer = visible.push(next.value);
    const room = BROKEN_CHARS - soFar.text.length;
    if (room > 0) soFar.text += next.value.slice(0, room);
    soFar.answer += answer;
    yield { type: 'model_delta', raw: next.value, answer };
    const ended = watch.push(next.value);
    if (!ended) continue;
    const doneReason = ended.isLoop ? 'loop' : 'stop';
    const generation: Generation = { text: ended.text, doneReason, usage: {} };
    await stream.return(generation); // closes the connection
    return generation;
  }
}

/** A stream that breaks off after a complete call or answer has lost nothing. */
function wholeOf(generation: Generation, watch: EndWatch): Generation {
  const whole = generation.doneReason === 'cut' && !generation.fault ? watch.end() : undefined;
  return whole ? { ...generation, text: whole.text, doneReason: 'stop' } : generation;
}
