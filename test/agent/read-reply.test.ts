import { expect, it } from 'vitest';
import { emptyReply, readReply } from '../../src/agent/read-reply.ts';
import type { Generation } from '../../src/model/model.ts';
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

it('closes the stream when its own reader stops', async () => {
  const { state, stream } = streamOf('one ', 'two ');
  for await (const _ of readReply(stream, reading(), new AbortController().signal)) break;
  expect(state.isClosed).toBe(true);
});
