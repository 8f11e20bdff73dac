import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ModelErrorKind } from '../../src/model/model-error.ts';
import type { ScriptedReply } from '../support/ollama-server.ts';
import { rawServer } from '../support/raw-server.ts';
import { settle } from '../support/settle.ts';
import { CLIENTS, failureOf, OLLAMA, type Client } from './clients.ts';
import { generate } from './ollama/model-at.ts';

// The npm client prints what it cannot read: none of it may reach a person's pipe.
const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;
beforeEach(() => void methods.forEach((name) => vi.spyOn(console, name)));
afterEach(() => {
  const printed = methods.flatMap((name) => vi.mocked(console[name]).mock.calls);
  vi.restoreAllMocks();
  expect(printed).toEqual([]);
});

const json = (error: unknown) => JSON.stringify({ error });
const OVERFLOW = {
  code: 400,
  message:
    'request (9000 tokens) exceeds the available context size (4096 tokens), try increasing it',
  type: 'exceed_context_size_error',
  n_prompt_tokens: 9000,
  n_ctx: 4096,
};
const html = '<!doctype html>\n<html><body>Log in to the network</body></html>';
const slip = { contentType: 'text/html', body: html };

type Row = [
  what: string,
  reply: ScriptedReply | ((client: Client) => ScriptedReply),
  kind: ModelErrorKind,
  says: string,
];

const ALIKE: Row[] = [
  [
    'an internal error',
    { status: 500, body: json('llama runner crashed') },
    'protocol',
    'answered 500: llama runner crashed',
  ],
  ['an error without a body', { status: 500 }, 'protocol', 'answered 500'],
  [
    'an overflow as an object',
    { status: 400, body: json(OVERFLOW) },
    'context_overflow',
    '4096 tokens',
  ],
  ['a body that is too large', { status: 413 }, 'context_overflow', '413: Payload Too Large'],
  [
    'a full queue',
    {
      status: 503,
      body: json('server busy, please try again.  maximum pending requests exceeded'),
    },
    'busy',
    'requests exceeded. It is busy: try again in a while.',
  ],
  ['too many requests', { status: 429 }, 'busy', 'answered 429: Too Many Requests. It is busy'],
  ['a page of HTML', { status: 200, ...slip }, 'protocol', 'not an answer'],
  ['a page of HTML as a stream', { raw: [html] }, 'protocol', 'not an answer'],
  ['a page of HTML as an error', { status: 502, ...slip }, 'protocol', 'answered 502'],
  [
    'an error in the middle of the stream',
    ({ part, line }) => ({ raw: [part('Hel'), line(json('unexpected EOF'))] }),
    'protocol',
    'failed: unexpected EOF',
  ],
  [
    'memory that runs out in the middle of the stream',
    ({ part, line }) => ({ raw: [part('Hel'), line(json('CUDA error: out of memory'))] }),
    'out_of_memory',
    'smaller model',
  ],
  [
    'a broken connection',
    { text: 'Hello, wor', breakOff: true },
    'protocol',
    'broke off its reply. Try again, or check --host.',
  ],
  [
    'what is not JSON',
    ({ part, line }) => ({ raw: [part('Hel'), line('{"response":')] }),
    'protocol',
    'not an answer',
  ],
  [
    'a line cut short by the end',
    ({ part, line }) => ({ raw: [part('Hel'), line('{"response":').trimEnd()] }),
    'protocol',
    'not an answer',
  ],
  ['other JSON', ({ line }) => ({ raw: [line('[1,2]')] }), 'protocol', 'not an answer'],
  ['bytes that are no text', { raw: [Buffer.from([0xff, 0xfe, 10])] }, 'protocol', 'not an answer'],
  [
    'a compressed answer',
    { status: 200, headers: { 'content-encoding': 'gzip' }, body: 'x' },
    'protocol',
    'sent a compressed answer (gzip)',
  ],
];

const OF_OLLAMA: Row[] = [
  [
    'a missing model',
    { status: 404, body: json("model 'small:1b' not found") },
    'model_missing',
    'ollama pull small:1b',
  ],
  [
    'a server that is no Ollama',
    { status: 404, contentType: 'text/plain', body: '404 page not found' },
    'protocol',
    'answered 404: 404 page not found. Check --host: this may be another server,',
  ],
  [
    'an overflow as a list of counts',
    { status: 400, body: json(json(OVERFLOW)) },
    'context_overflow',
    '9000 tokens',
  ],
  [
    'an overflow in the words of older servers',
    { status: 400, body: json('the input length exceeds the context length') },
    'context_overflow',
    'context window',
  ],
  ['an empty stream', { raw: [] }, 'protocol', 'broke off'],
];

const plain = (body: object): string => JSON.stringify(body);
const OF_OPENAI: Row[] = [
  [
    'a model that is not there',
    { status: 404, body: json({ message: 'The model `small:1b` does not exist.' }) },
    'model_missing',
    'does not exist). Name another with --model.',
  ],
  [
    'no model that is loaded',
    { status: 400, body: json('No models loaded. Please load a model with `lms load`.') },
    'model_missing',
    'lms load',
  ],
  [
    'a server without the route',
    { status: 404, body: plain({ detail: 'Not Found' }) },
    'protocol',
    'is not OpenAI-compatible (404: Not Found): check --host. Without /v1',
  ],
  [
    'a server that answers 200 on any route',
    { status: 200, body: json('Unexpected endpoint or method. (POST /v1/chat/completions)') },
    'protocol',
    'is not OpenAI-compatible',
  ],
  [
    'a model that is still being loaded',
    { status: 503, body: json({ message: 'Loading model', type: 'unavailable_error' }) },
    'busy',
    'answered 503: Loading model. It is busy',
  ],
  ['an empty stream', { raw: [] }, 'protocol', 'sent an empty answer'],
  ['comments alone', { raw: [':\n\n:\n\n'] }, 'protocol', 'sent an empty answer'],
  [
    'a stream with nothing in it',
    { raw: ['data: {"choices":[]}\n\n', 'data: [DONE]\n\n'] },
    'protocol',
    'sent a reply with nothing in it',
  ],
  [
    'an error as a whole answer',
    { status: 200, body: json({ message: 'it broke' }) },
    'protocol',
    'failed: it broke',
  ],
  [
    'an error by the name of its event',
    { raw: ['event: error\ndata: {"message":"it broke"}\n\n'] },
    'protocol',
    'failed: it broke',
  ],
  [
    'an error without the form of an event',
    ({ part }) => ({ raw: [part('Hel'), json('it broke')] }),
    'protocol',
    'failed: it broke',
  ],
  [
    'an error as SGLang has them',
    { raw: [`data: ${plain({ object: 'error', message: 'it broke' })}\n\n`] },
    'protocol',
    'failed: it broke',
  ],
];

/** Each client with the rows of both and its own. */
const failures = CLIENTS.flatMap((client) =>
  [...ALIKE, ...(client === OLLAMA ? OF_OLLAMA : OF_OPENAI)].map(
    ([what, reply, kind, says]) =>
      [
        client.name,
        what,
        client,
        typeof reply === 'function' ? reply(client) : reply,
        kind,
        says,
      ] as const,
  ),
);

describe('a failing server', () => {
  it.each(failures)(
    'with %s routes and %s is told with host and model, without credentials',
    async (_name, _what, client, reply, kind, says) => {
      const server = await client.serve([reply]);
      const failure = await failureOf(client, server.url);
      expect(failure.kind).toBe(kind);
      expect(failure.message).toContain(says);
    },
  );

  it.each(['x; touch bad #', '-flag', 'a\nb\u001b[2J', ' '])(
    'that lacks the model %j gets a message of one line, without a command to copy',
    async (model) => {
      const body = json(`model '${model}' not found`);
      const { url } = await OLLAMA.serve([{ status: 404, body }]);
      await expect(generate(OLLAMA.at(url, { model }))).rejects.toMatchObject({
        kind: 'model_missing',
        message: `The model ${JSON.stringify(model)} is not on the server at ${url}. Name another with --model.`,
      });
    },
  );
});

describe.each(CLIENTS)('a failing server with $name routes', (client) => {
  it.each([
    'model requires more system memory (9.1 GiB) than is available (3.0 GiB)',
    'cudaMalloc failed: out of memory',
    'llama_model_load: failed to allocate buffer',
    'llama runner process has terminated: signal: killed',
    'model runner has unexpectedly stopped, this may be due to resource limitations',
  ])('%j is reported as out of memory', async (message) => {
    const server = await client.serve([{ status: 500, body: json(message) }]);
    const failure = await failureOf(client, server.url);
    expect(failure.kind).toBe('out_of_memory');
    expect(failure.message).toContain('--num-ctx');
  });

  it('that is not running is reported with what to start', async () => {
    const server = await client.serve();
    await server.close();
    const failure = await failureOf(client, server.url);
    expect(failure.kind).toBe('unreachable');
    expect(failure.message).toContain(client.notRunning);
  });

  it('that hangs up before it answers is there: nobody is told to start it', async () => {
    const { url } = await rawServer((socket) => void socket.destroy());
    const failure = await failureOf(client, client.base(url));
    expect(failure.kind).toBe('protocol');
    expect(failure.message).toMatch(/hung up \(ECONNRESET\)\. Try again\.$/);
  });

  it.each([
    ['before it answers', ''],
    [
      'in the middle of its reply',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n',
    ],
  ])('that resets the connection %s is said to', async (_when, bytes) => {
    const { url } = await rawServer(async (socket) => {
      if (bytes !== '') socket.write(bytes);
      // The client reads the bytes first: with the reset at once, its system tells only of an end.
      await settle(5);
      socket.resetAndDestroy();
    });
    const failure = await failureOf(client, client.base(url));
    expect(failure.kind).toBe('protocol');
    expect(failure.message).toMatch(/ reset the connection\. Try again, or check --host\.$/);
  });

  it('that answers 500 is told with what to do', async () => {
    const server = await client.serve([{ status: 500 }]);
    expect((await failureOf(client, server.url)).message).toContain('Try again; the log of the');
  });

  it('whose name is unknown is reported with its name', async () => {
    const failure = await failureOf(client, client.base('http://nowhere.invalid:11434'));
    expect(failure.kind).toBe('unreachable');
    expect(failure.message).toMatch(/host name that cannot be resolved \(E\w+\)/);
  });

  it('that redirects is not followed', async () => {
    const other = await client.serve(['Hello from elsewhere.']);
    const headers = { location: `${other.url}/api/generate` };
    const server = await client.serve([{ status: 307, headers }]);
    const failure = await failureOf(client, server.url);
    expect(failure.kind).toBe('protocol');
    expect(failure.message).toContain('307');
    expect(failure.message).toContain('Redirects are not followed');
    expect(other.calls).toEqual([]);
  });

  it('that sends nothing before its answer times out', async () => {
    const server = await client.serve([{ silent: true }]);
    const failure = await failureOf(client, server.url, 150);
    expect(failure.kind).toBe('timeout');
    expect(failure.message).toContain('--ollama-timeout');
    await server.calls[0]?.closed;
  });

  it('that falls silent in the middle of a reply times out', async () => {
    const server = await client.serve([{ text: 'Hello', stall: true }]);
    const failure = await failureOf(client, server.url, 150);
    await server.calls[0]?.closed;
    expect(failure.kind).toBe('timeout');
    expect(failure.message).toContain('--ollama-timeout');
  });

  it('whose reply has no end is cut off', async () => {
    const server = await client.serve([{ text: 'and so on, ', endless: true }]);
    const failure = await failureOf(client, server.url);
    expect(failure.kind).toBe('protocol');
    expect(failure.message).toContain('without an end');
    await server.calls[0]?.closed;
  });

  it('with a long error message is quoted briefly', async () => {
    const body = json('no '.repeat(100_000));
    const server = await client.serve([{ status: 500, body }]);
    expect((await failureOf(client, server.url)).message.length).toBeLessThan(500);
  });
});
