import { expect, it } from 'vitest';
import { emptyReply, readReply } from '../../src/agent/read-reply.ts';
import type { AgentEvent } from '../../src/agent/events.ts';
import type { Generation } from '../../src/model/model.ts';
import type { PromptProgress } from '../../src/model/prompt-progress.ts';
import { tools } from '../support/tools.ts';
import { variedWord } from '../support/varied.ts';

const GENERATION: Generation = { text: '', doneReason: 'stop', usage: {} };

/** A lot of text without repetition. */
const LONG = Array.from({ length: 200_000 }, (_, at) => `${variedWord(at)} 😀, `).join('');

/** A stream of these pieces, which tells whether it was closed. */
function streamOf(...pieces: string[]) {
  const state = { isClosed: false };
  async function* generate(): AsyncGenerator<string, Generation> {
    try {
      yield* pieces;
      return GENERATION;
    } finally {
      state.isClosed = true;
    }
  }
  return { state, stream: generate() };
}

const reading = () => ({ tools, soFar: emptyReply(), thoughtRoom: Infinity });

it('hears an abort in the middle of a piece of megabytes, and closes the stream', async () => {
  const { state, stream } = streamOf(LONG);
  const abort = new AbortController();
  const into = reading();
  let chars = 0;
  const read = async () => {
    for await (const event of readReply(stream, into, abort.signal)) {
      if (chars === 0) setImmediate(() => abort.abort());
      if (event.type === 'model_delta') chars += event.raw.length;
    }
  };
  await expect(read()).rejects.toMatchObject({ name: 'ModelError', kind: 'interrupted' });
  expect(chars).toBeLessThan(LONG.length / 4);
  expect(into.soFar.answer).not.toBe('');
  expect(state.isClosed).toBe(true);
});

it('passes a long piece on whole, in parts that split no character', async () => {
  const { stream } = streamOf(LONG.slice(0, 50_000));
  const parts: string[] = [];
  for await (const event of readReply(stream, reading(), new AbortController().signal)) {
    if (event.type === 'model_delta') parts.push(event.raw);
  }
  expect(parts.length).toBeGreaterThan(10);
  expect(parts.every((part) => part.isWellFormed())).toBe(true);
  expect(parts.join('')).toBe(LONG.slice(0, 50_000));
});

it('tells how far the prompt is read, where the model does, and of the reply what is an answer', async () => {
  async function* generate(): AsyncGenerator<string | PromptProgress, Generation> {
    for (const evaluated of [300, 1_000]) yield { prompt: { evaluated, total: 1_000 } };
    yield* ['<final>It', ' is.'];
    return GENERATION;
  }
  const events: AgentEvent[] = [];
  const read = readReply(generate(), reading(), new AbortController().signal);
  for await (const event of read) events.push(event);
  expect(events).toEqual([
    { type: 'prompt_progress', evaluated: 300, total: 1_000 },
    { type: 'prompt_progress', evaluated: 1_000, total: 1_000 },
    { type: 'model_delta', raw: '<final>It', answer: 'It', isAnswer: true },
    { type: 'model_delta', raw: ' is.', answer: ' is.', isAnswer: true },
  ]);
});

it('closes the stream when its own reader stops', async () => {
  const { state, stream } = streamOf('one ', 'two ');
  for await (const _ of readReply(stream, reading(), new AbortController().signal)) break;
  expect(state.isClosed).toBe(true);
});
