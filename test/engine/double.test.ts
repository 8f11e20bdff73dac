/** The scripted OpenAI-compatible server, beside the real one that it pretends to be. */
import { expect, it, onTestFinished } from 'vitest';
import { MODEL } from '../support/engine/engine.ts';
import { steer } from '../support/engine/steer.ts';
import { describeEngine } from '../support/engine/suite.ts';
import { startFakeOpenai } from '../support/openai-server.ts';

const KEY = 'open-sesame';
const NUM_CTX = 1024;
const REPLY = 'Well met, all of you.';

/** Fields whose values are part of the form. */
const WORDS = new Set(['object', 'role', 'finish_reason', 'type', 'code', 'owned_by']);

/** What a value is made of: a string or number is its type, where its value is its own. */
function formOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(formOf);
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
  const fields = Object.entries(value);
  return Object.fromEntries(
    fields.map(([key, each]) => [key, WORDS.has(key) ? each : formOf(each)]),
  );
}

/** The forms of the events of a stream, a run of equal ones once, and what is no JSON as it is. */
function eventsOf(stream: string): unknown[] {
  const events = stream.split('\n\n').filter((event) => event !== '');
  const forms = events.map((event) => {
    expect(event).toMatch(/^data: /);
    const data = event.slice('data: '.length);
    return data.startsWith('{') ? formOf(JSON.parse(data)) : data;
  });
  const isNew = (form: unknown, at: number) =>
    JSON.stringify(form) !== JSON.stringify(forms[at - 1]);
  return forms.filter(isNew);
}

/** The form of an answer: its status, headers that a client may look at, and body. */
async function answerOf(base: string, path: string, init: RequestInit): Promise<unknown> {
  const answer = await fetch(base + path, init);
  const type = answer.headers.get('content-type');
  const text = await answer.text();
  return {
    status: answer.status,
    type: type?.replace(/;.*/, ''),
    isChunked: answer.headers.get('transfer-encoding') === 'chunked',
    body: type?.startsWith('text/event-stream') ? eventsOf(text) : formOf(JSON.parse(text)),
  };
}

const chat = (content: string, more: object = {}): RequestInit => ({
  method: 'POST',
  body: JSON.stringify({
    model: MODEL,
    messages: [{ role: 'user', content }],
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 64,
    ...more,
  }),
});

describeEngine('what the scripted server answers', { ctx: NUM_CTX, key: KEY }, (engine) => {
  it.each<[string, string, RequestInit]>([
    ['a chat', '/v1/chat/completions', chat('Hello.')],
    ['a chat that is cut off', '/v1/chat/completions', chat('Hello.', { max_tokens: 3 })],
    ['a prompt that is too long', '/v1/chat/completions', chat('0123456789 '.repeat(400))],
    ['its models', '/v1/models', {}],
    ['its properties', '/props', {}],
    ['another route', '/api/tags', {}],
    ['a wrong key', '/v1/models', { headers: { authorization: 'Bearer other' } }],
  ])('of %s has the form of the real one', async (_, path, init) => {
    const pretending = await startFakeOpenai([REPLY], {
      models: [MODEL],
      key: KEY,
      numCtx: NUM_CTX,
      limitsReplies: true,
    });
    onTestFinished(() => pretending.close());
    const door = await steer(engine(), [REPLY]);
    const request = { headers: { authorization: `Bearer ${KEY}` }, ...init };
    const pretended = await answerOf(pretending.url.replace(/\/v1$/, ''), path, request);
    // The real one says more than any client reads.
    expect(await answerOf(door.url, path, request)).toMatchObject(pretended as object);
  });
});
