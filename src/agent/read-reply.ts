/** Reads a reply as it arrives, and ends it where its first call or answer is complete. */
import { Breather } from '../util/breather.ts';
import type { Generation } from '../model/model.ts';
import { ModelError } from '../model/model-error.ts';
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

/** A longer piece is read in parts, so that an interrupt is heard in between. */
const PART = /[^]{1,4096}/gu;
const NOTHING: Generation = { text: '', doneReason: 'cut', usage: {} };

/**
 * Yields each piece of the reply and returns all of it.
 * @param soFar collects what has arrived, in case the stream fails
 * @param signal stops the reading, even inside a long piece
 * @throws ModelError `interrupted` then; what `stream` throws
 */
export async function* readReply(
  stream: AsyncGenerator<string, Generation>,
  tools: ToolShapes,
  soFar: BrokenReply,
  signal: AbortSignal,
): AsyncGenerator<AgentEvent, Generation> {
  const visible = new AnswerStream(tools);
  const watch = new EndWatch(tools);
  const breather = new Breather();
  try {
    for (;;) {
      const next = await stream.next();
      if (next.done) return wholeOf(next.value, watch);
      for (const piece of next.value.match(PART) ?? [next.value]) {
        await breather.breathe();
        if (signal.aborted) throw new ModelError('interrupted', 'Interrupted.');
        const answer = visible.push(piece);
        const room = BROKEN_CHARS - soFar.text.length;
        if (room > 0) soFar.text += piece.slice(0, room);
        soFar.answer += answer;
        yield { type: 'model_delta', raw: piece, answer };
        const ended = watch.push(piece);
        if (ended)
          return { text: ended.text, doneReason: ended.isLoop ? 'loop' : 'stop', usage: {} };
      }
    }
  } finally {
    await stream.return(NOTHING); // closes the connection, if the reply has not ended
  }
}

/** A stream that breaks off after a complete call or answer has lost nothing. */
function wholeOf(generation: Generation, watch: EndWatch): Generation {
  const whole = generation.doneReason === 'cut' && !generation.fault ? watch.end() : undefined;
  return whole ? { ...generation, text: whole.text, doneReason: 'stop' } : generation;
}
