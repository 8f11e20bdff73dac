/** Reads a reply as it arrives, and ends it where its first call or answer is complete. */
import { Breather } from '../util/breather.ts';
import type { Generation } from '../model/model.ts';
import { ModelError } from '../model/model-error.ts';
import { isProgress, type PromptProgress } from '../model/prompt-progress.ts';
import type { ThoughtPiece } from '../model/think.ts';
import { AnswerStream } from '../reply/answer-stream.ts';
import { EndWatch } from '../reply/end-watch.ts';
import type { ToolShapes } from '../reply/reply.ts';
import type { AgentEvent } from './events.ts';

/** What has come of a reply, in case its call fails. */
export interface BrokenReply {
  text: string;
  /** What the server kept apart as a thought. */
  thought: string;
  /** The tokens of thoughts so far, about. */
  thoughtTokens: number;
  /** What the person has seen of it. */
  answer: string;
  promptChars: number;
}

/** Of a reply that has not begun. */
export function emptyReply(): BrokenReply {
  return { text: '', thought: '', thoughtTokens: 0, answer: '', promptChars: 0 };
}

/** Of which reply, and what it may have. */
interface Reading {
  tools: ToolShapes;
  /** Is filled with what comes. */
  soFar: BrokenReply;
  /** The tokens that a thought may have. */
  thoughtRoom: number;
  /** The reply is held to a schema. */
  isHeld?: boolean;
}

/** The most characters kept of a reply that breaks off, and of a thought: it may be endless. */
const BROKEN_CHARS = 8_000;
const THOUGHT_CHARS = 40_000;
/** No piece of more characters is one token. */
const TOKEN_CHARS = 8;

/** A longer piece is read in parts, so that an interrupt is heard in between. */
const PART = /[^]{1,4096}/gu;
const NOTHING: Generation = { text: '', doneReason: 'cut', usage: {} };

/**
 * Yields each piece of the reply and returns all of it. Its `doneReason` is `thought` if the thought
 * had no more room.
 * @param signal stops the reading, even inside a long piece
 * @throws ModelError `interrupted` then; what `stream` throws
 */
export async function* readReply(
  stream: AsyncGenerator<string | ThoughtPiece | PromptProgress, Generation>,
  { tools, soFar, thoughtRoom, isHeld = false }: Reading,
  signal: AbortSignal,
): AsyncGenerator<AgentEvent, Generation> {
  const visible = new AnswerStream(tools, isHeld);
  const watch = new EndWatch(tools);
  const breather = new Breather();
  try {
    for (;;) {
      const next = await stream.next();
      if (next.done) return wholeOf(next.value, watch);
      if (isProgress(next.value)) {
        yield { type: 'prompt_progress', ...next.value.prompt };
        continue;
      }
      const isThought = typeof next.value !== 'string';
      const whole = typeof next.value === 'string' ? next.value : next.value.thought;
      for (const piece of whole.match(PART) ?? [whole]) {
        await breather.breathe();
        if (signal.aborted) throw new ModelError('interrupted', 'Interrupted.');
        if (isThought) {
          soFar.thought += piece.slice(0, Math.max(0, THOUGHT_CHARS - soFar.thought.length));
          soFar.thoughtTokens += tokensIn(piece);
          yield { type: 'thought', text: piece };
        } else {
          const wasInThought = visible.isInThought;
          const answer = visible.push(piece);
          const room = BROKEN_CHARS - soFar.text.length;
          if (room > 0) soFar.text += piece.slice(0, room);
          soFar.answer += answer;
          const thought = visible.takeThought();
          if (wasInThought || thought !== '') soFar.thoughtTokens += tokensIn(piece);
          if (thought !== '') yield { type: 'thought', text: thought };
          yield { type: 'model_delta', raw: piece, answer, isAnswer: visible.isAnswer };
          const ended = watch.push(piece);
          if (ended) return endedAs(ended.isLoop ? 'loop' : 'stop', ended.text);
        }
        if (soFar.thoughtTokens > thoughtRoom) return endedAs('thought', soFar.text);
      }
    }
  } finally {
    await stream.return(NOTHING); // closes the connection, if the reply has not ended
  }
}

/** A piece is about a token; a longer one is several. */
function tokensIn(piece: string): number {
  return Math.ceil(piece.length / TOKEN_CHARS);
}

function endedAs(doneReason: string, text: string): Generation {
  return { text, doneReason, usage: {} };
}

/** A stream that breaks off after a complete call or answer has lost nothing. */
function wholeOf(generation: Generation, watch: EndWatch): Generation {
  const whole = generation.doneReason === 'cut' && !generation.fault ? watch.end() : undefined;
  return whole ? { ...generation, text: whole.text, doneReason: 'stop' } : generation;
}
