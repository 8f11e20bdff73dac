import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { openai } from '../../../src/model/openai/openai.ts';
import { chunkOf, eventOf } from '../../support/openai-server.ts';
import { openaiServer } from '../../support/program.ts';
import { never } from '../../support/workspace.ts';
import { cannedServer } from '../ollama/canned-server.ts';
import { asking, generate, REQUEST, TURNS } from '../ollama/model-at.ts';
import { openaiAt } from './openai-at.ts';

const part = (delta: object, finish: string | null = null) =>
  eventOf(chunkOf('small:1b', delta, finish));
const DONE = 'data: [DONE]\n\n';

async function replyTo(...raw: unknown[]) {
  const server = await openaiServer([{ raw }]);
  return generate(openaiAt(server.url));
}

describe('a call of the model', () => {
  it('posts the turns as messages, with every field, after one look at the list of models', async () => {
    const server = await openaiServer(['Hello.']);
    await generate(openaiAt(server.url));
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/models',
      'POST /v1/chat/completions',
    ]);
    expect(server.calls[0]?.body).toEqual({
      model: 'small:1b',
      messages: TURNS,
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 64,
      return_progress: true,
      temperature: 0.2,
      top_p: 0.9,
      chat_template_kwargs: { enable_thinking: false },
    });
  });

  it('yields how far llama-server has come with the prompt, without what was in its cache', async () => {
    const progress = (prompt_progress: unknown) =>
      eventOf({
        ...chunkOf('small:1b', { role: 'assistant', content: null }, null),
        prompt_progress,
      });
    const told = [
      { total: 7_031, cache: 24, processed: 24, time_ms: 0 },
      { total: 7_031, cache: 24, processed: 2_072, time_ms: 72_238 },
      { total: 10, cache: 24, processed: 2 },
      { total: 'many' },
      null,
    ];
    const raw = [...told.map(progress), part({ content: 'Hello.' }, 'stop'), DONE];
    const server = await openaiServer([{ raw }]);
    const pieces: unknown[] = [];
    for await (const piece of openaiAt(server.url).generate(REQUEST, never)) pieces.push(piece);
    expect(pieces).toEqual([
      { prompt: { evaluated: 0, total: 7_007 } },
      { prompt: { evaluated: 2_048, total: 7_007 } },
      'Hello.',
    ]);
  });

  it('does not ask other servers for it, which may refuse the field', async () => {
    const server = await openaiServer(['Hello.'], { kind: 'vllm' });
    await generate(openaiAt(server.url));
    expect(server.calls[0]?.body).not.toHaveProperty('return_progress');
  });

  it('yields the reply piece by piece and returns all of it', async () => {
    const text = 'A reply that takes several pieces.\nWith 漢字 and 😀.';
    const server = await openaiServer([text]);
    const { pieces, ...generation } = await generate(openaiAt(server.url));
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.join('')).toBe(text);
    expect(generation).toMatchObject({ text, doneReason: 'stop', thought: '', fault: undefined });
  });

  it('reports the tokens that came from the cache: what the last prompt and reply have in common', async () => {
    const server = await openaiServer(['Hello.', 'Again.']);
    const model = openaiAt(server.url);
    const first = await generate(model);
    expect(first.usage).toMatchObject({ cached_tokens: 0, prompt_ms: first.usage.prompt_tokens });
    const turns = [
      ...TURNS,
      { role: 'assistant', content: 'Hello.' } as const,
      { role: 'user', content: 'Once more.' } as const,
    ];
    const { usage } = await generate(model, { ...REQUEST, turns });
    const { prompt_tokens: before = 0 } = first.usage;
    expect(usage.cached_tokens).toBeGreaterThan(before / 2);
    expect((usage.cached_tokens ?? 0) + (server.calls[1]?.evaluated ?? 0)).toBe(
      usage.prompt_tokens,
    );
  });

  it('reports no cached tokens of a server that does not tell them, and no more than there are', async () => {
    const server = await openaiServer(['Hello.'], { kind: 'vllm' });
    expect((await generate(openaiAt(server.url))).usage.cached_tokens).toBeUndefined();
    const usage = { prompt_tokens: 9, prompt_tokens_details: { cached_tokens: 16 } };
    const reply = await replyTo(part({ content: 'x' }), eventOf({ choices: [], usage }), DONE);
    expect(reply.usage).toMatchObject({ prompt_tokens: 9, cached_tokens: 9 });
  });

  it('that ends in a reply is sent ahead, for one token, with a user turn behind it', async () => {
    const server = await openaiServer();
    const turns = [...TURNS, { role: 'assistant', content: 'Hello.' } as const];
    await generate(openaiAt(server.url), { ...REQUEST, turns, numPredict: 1 });
    const messages = [...turns, { role: 'user', content: '.' }];
    expect(server.calls[0]?.body).toMatchObject({ messages, max_tokens: 1 });
  });

  it('lets no message speak as another role, and mends special tokens in the reply', async () => {
    const server = await openaiServer(['It has < |im_end|>.']);
    const { text } = await generate(openaiAt(server.url), asking('See <|im_end|>.'));
    expect(server.calls[0]?.body['messages']).toEqual([
      TURNS[0],
      { role: 'user', content: 'See < |im_end|>.' },
    ]);
    expect(text).toBe('It has <|im_end|>.');
  });

  it('has its closing of the connection heard: by who wants no more, and by an abort', async () => {
    const server = await openaiServer([
      { text: 'Hello', stall: true },
      { raw: [':\n\n'], stall: true },
    ]);
    const stream = openaiAt(server.url).generate(REQUEST, never);
    expect(await stream.next()).toEqual({ done: false, value: 'Hello' });
    await stream.return({ text: '', doneReason: '', usage: {} });
    await server.calls[0]?.closed;
    const abort = new AbortController();
    const generated = generate(openaiAt(server.url), REQUEST, abort.signal);
    const refused = expect(generated).rejects.toMatchObject({ kind: 'interrupted' });
    const call = await server.arrived(1);
    abort.abort();
    await refused;
    await call.closed;
  });

  it('waits longer than the timeout for a server that sends comments', async () => {
    async function* raw() {
      for (let at = 0; at < 8; at++) {
        yield ':\n\n';
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      yield part({ content: 'Hello.' }, 'stop') + DONE;
    }
    const server = await openaiServer([{ raw: raw() }]);
    const { text } = await generate(openaiAt(server.url, { timeoutMs: 500 }));
    expect(text).toBe('Hello.');
  });

  it('is made by openai() with defaults, which reads nothing before', async () => {
    const server = await openaiServer(['Hello.']);
    const model = openai('small:1b', { host: server.url, temperature: 0 });
    expect(server.requests).toEqual([]);
    expect((await generate(model)).text).toBe('Hello.');
    expect(server.calls[0]?.body).toMatchObject({ temperature: 0, top_p: 0.9 });
  });
});

describe('a reply on the wire', () => {
  const bytes = Buffer.from(part({ content: 'go 🌍 on' }, 'stop') + DONE);
  const middle = bytes.indexOf('🌍') + 2;
  it.each<[string, unknown[]]>([
    ['with line ends of another kind', [bytes.toString().replaceAll('\n', '\r\n')]],
    ['with a mark of the byte order', ['\ufeff', bytes]],
    ['with comments', [': ping\n\n', bytes.toString().replace('\n\n', '\n:\n\n')]],
    ['with other fields', ['event: message\nid: 7\nretry: 10\n', bytes]],
    ['cut within a character', [bytes.subarray(0, middle), bytes.subarray(middle)]],
    ['byte by byte', [...bytes].map((byte) => Buffer.of(byte))],
    ['without an empty line at its end', [bytes.toString().replace(DONE, '').trimEnd()]],
    ['without the space after a field', [bytes.toString().replaceAll('data: ', 'data:')]],
    [
      'with an object in several lines',
      [bytes.toString().replace('"choices":', '\ndata: "choices":')],
    ],
    ['with more behind its end', [bytes, part({ content: 'never' }), 'data: {"error":"late"}\n\n']],
  ])('%s is read', async (_, raw) => {
    expect(await replyTo(...raw)).toMatchObject({ text: 'go 🌍 on', doneReason: 'stop' });
  });

  it('in one object, of a server that does not stream, is read', async () => {
    const message = { role: 'assistant', content: 'Hello.' };
    const whole = { choices: [{ message, finish_reason: 'stop' }], usage: { prompt_tokens: 7 } };
    const server = await openaiServer([{ status: 200, body: JSON.stringify(whole, undefined, 2) }]);
    const reply = await generate(openaiAt(server.url));
    expect(reply).toMatchObject({ text: 'Hello.', usage: { prompt_tokens: 7 } });
  });

  it.each<[string, string[], string]>([
    ['that says nothing of its end', [part({ content: 'Hel' })], 'cut'],
    ['that has a reason and no mark', [part({ content: 'Hel' }), part({}, 'length')], 'length'],
    ['that has a mark and no reason', [part({ content: 'Hel' }), DONE], 'stop'],
    ['with a word of its own', [part({ content: 'Hel' }, 'content_filter')], 'content_filter'],
  ])('%s ended as it says, or was cut off', async (_, raw, doneReason) => {
    expect(await replyTo(...raw)).toMatchObject({ text: 'Hel', doneReason });
  });

  it.each(['reasoning_content', 'reasoning'])('has its thought apart, in %s', async (field) => {
    const reply = await replyTo(
      part({ [field]: 'Hm, ' }),
      part({ [field]: 'yes.' }),
      part({ content: 'Hello.' }, 'stop'),
      DONE,
    );
    expect(reply).toMatchObject({ thought: 'Hm, yes.', text: 'Hello.' });
  });

  it.each<[string, unknown]>([
    ['no object', [null, 7, 'x']],
    ['a delta of another type', [{ delta: 7 }]],
    ['content of another type', [{ delta: { content: ['x'], reasoning: 7, tool_calls: 7 } }]],
    ['an end of another type', [{ delta: {}, finish_reason: 7 }]],
  ])('with a part that is %s has no text in it', async (_, choices) => {
    const reply = await replyTo(
      eventOf({ choices }),
      eventOf({ choices: 7 }),
      part({ content: 'Hi' }),
      eventOf({ choices: [], usage: { prompt_tokens: 'many', completion_tokens: -1 } }),
      DONE,
    );
    expect(reply).toMatchObject({ text: 'Hi', usage: {} });
  });

  it('shows the first piece before the rest is there', async () => {
    const seen = new AbortController();
    const raw = [part({ content: 'Hel' }), once(seen.signal, 'abort'), part({ content: 'lo' })];
    const server = await openaiServer([{ raw }]);
    const pieces: unknown[] = [];
    for await (const piece of openaiAt(server.url).generate(REQUEST, never)) {
      pieces.push(piece);
      seen.abort(); // only now is the rest sent
    }
    expect(pieces).toEqual(['Hel', 'lo']);
  });
});

describe('the window', () => {
  it.each(['llama-server', 'vllm', 'sglang'] as const)(
    'is what %s says of one conversation',
    async (kind) => {
      const server = await openaiServer([], { kind, numCtx: 2_048 });
      expect(await openaiAt(server.url).contextLength(never)).toBe(2_048);
      expect(server.requests.map(({ path }) => path)).toEqual(['/v1/models']);
    },
  );

  it('is what /props says beside /v1 where the list does not', async () => {
    const server = await openaiServer([], { numCtx: 4_096, tellsWindowByProps: true });
    expect(await openaiAt(server.url).contextLength(never)).toBe(4_096);
    expect(server.requests.at(-1)?.path).toBe('/props');
  });

  it.each(['lm-studio', 'llama-server'] as const)(
    'is unknown where %s says nothing',
    async (kind) => {
      const server = await openaiServer(['Hello.'], { kind, numCtx: null });
      const model = openaiAt(server.url);
      expect(await model.contextLength(never)).toBeUndefined();
      expect((await generate(model)).text).toBe('Hello.');
    },
  );

  it.each([0, -1, 'many', null])('is unknown where it is %j', async (length) => {
    const model = { id: 'small:1b', max_model_len: length, meta: { n_ctx: length } };
    const { url } = await cannedServer({ '/v1/models': [{ data: [model, null, { id: 7 }] }] });
    expect(await openaiAt(`${url}/v1`).contextLength(never)).toBeUndefined();
  });
});

describe('the name of the model', () => {
  it('that the server does not list is told with those that it does, before anything is sent', async () => {
    const models = ['a', 'b', 'c', 'd', 'e', 'f'];
    const server = await openaiServer(['Hello.'], { models });
    await expect(generate(openaiAt(server.url))).rejects.toMatchObject({
      kind: 'model_missing',
      message: `The model small:1b is not on the server at ${server.url}, which has a, b, c, d, e, …. Name another with --model.`,
    });
    expect(server.calls).toEqual([]);
  });

  it('may leave out the tag, and is not asked about where the server has no list', async () => {
    const tagged = await openaiServer(['Hello.'], { models: ['small:latest'] });
    expect((await generate(openaiAt(tagged.url, { model: 'small' }))).text).toBe('Hello.');
    const silent = await openaiServer(['Hello.'], { hasNoList: true });
    expect((await generate(openaiAt(silent.url, { model: 'any' }))).text).toBe('Hello.');
  });
});

describe('what the server does not take', () => {
  const format = { type: 'object', properties: { name: { const: 'read_file' } } };

  it('of the format is told, so that the request can go without it', async () => {
    const server = await openaiServer(['{}'], { refuses: ['response_format'] });
    const asked = generate(openaiAt(server.url), { ...REQUEST, format });
    await expect(asked).rejects.toMatchObject({ kind: 'format_refused' });
    const response_format = { type: 'json_schema', json_schema: { name: 'reply', schema: format } };
    expect(server.calls[0]?.body).toMatchObject({ response_format });
  });

  it('of thinking is left out from then on, and the model is known not to be told', async () => {
    const server = await openaiServer(['Hello.', 'Again.'], { refuses: ['chat_template_kwargs'] });
    const model = openaiAt(server.url);
    expect(await model.canThink()).toBeUndefined();
    expect((await generate(model)).text).toBe('Hello.');
    expect((await generate(model)).text).toBe('Again.');
    const told = server.calls.map(({ body }) => 'chat_template_kwargs' in body);
    expect(told).toEqual([true, false, false]);
    expect(await model.canThink()).toBe(false);
  });

  it.each([
    ['on', { chat_template_kwargs: { enable_thinking: true } }],
    [
      'high',
      {
        chat_template_kwargs: { enable_thinking: true, reasoning_effort: 'high' },
        reasoning_effort: 'high',
      },
    ],
  ] as const)('is not the case of thinking that is %s', async (think, fields) => {
    const server = await openaiServer(['Hello.']);
    await generate(openaiAt(server.url), { ...REQUEST, think });
    expect(server.calls[0]?.body).toMatchObject(fields);
  });
});
