import { describe, expect, it } from 'vitest';
import { ask, linesOf, recordings, shapeOf, type Recording } from './ollama/recordings.ts';
import type { FakeOpenaiOptions } from './openai-server.ts';
import { openaiServer } from './program.ts';

/** How the recorded server was set up for a request. */
const SETTINGS: Record<string, FakeOpenaiOptions> = {
  'key-missing': { key: 'sesame' },
};

const data = (body: string) => body.replaceAll('data: ', '');

/** What the recorded reply says, piece by piece, and why it ended. */
function scriptOf({ body }: Recording) {
  const choices = linesOf(data(body)).flatMap(
    ({ choices: some = [] }) =>
      some as { finish_reason: string | null; delta?: { content?: string } }[],
  );
  const parts = choices.flatMap(({ delta }) => delta?.content ?? []);
  const doneReason = choices.findLast(({ finish_reason: why }) => why !== null)?.finish_reason;
  return { parts, doneReason: doneReason ?? 'stop' };
}

describe("a recorded request of llama.cpp's server", () => {
  const long = Array.from({ length: 12_000 }, (_, at) => `${at} `).join('');

  it.each(recordings('openai'))(
    'is answered with the same status, type and keys by the scripted one: %s',
    async (name, recording) => {
      const options = { numCtx: 8_192, models: ['smollm2'], ...SETTINGS[name] };
      const { url } = await openaiServer([scriptOf(recording)], options);
      const body = JSON.stringify(recording.request ?? null).replace('1 2 3 ... 3000 ', long);
      const sent = JSON.parse(body) as Record<string, unknown> | null;
      const answer = await ask(url.replace(/\/v1$/, ''), recording.path, sent ?? undefined);
      expect(answer.status).toBe(recording.status);
      const typeOf = ({ headers }: Pick<Recording, 'headers'>) =>
        headers.find(([key]) => key.toLowerCase() === 'content-type')?.[1];
      expect(typeOf(answer)).toBe(typeOf(recording));
      const shapes = (text: string) => linesOf(data(text)).map(keysOf);
      expect(shapes(answer.body)).toEqual(shapes(recording.body));
      expect(answer.body.includes('data: [DONE]\n\n')).toBe(recording.body.includes('[DONE]'));
    },
  );
});

/** Keys and types; what an older list has beside `data`, for other clients, is left out. */
function keysOf(value: Record<string, unknown>): unknown {
  return shapeOf(Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'models')));
}
