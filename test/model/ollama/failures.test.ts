import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ModelErrorKind } from '../../../src/model/model-error.ts';
import type { ScriptedReply } from '../../support/ollama-server.ts';
import { scriptedServer } from '../../support/program.ts';
import { rawServer } from '../../support/raw-server.ts';
import { failureAt, generate, modelAt } from './model-at.ts';

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
const BEGUN = '{"response":"Hel","done":false}\n';
const html = '<!doctype html>\n<html><body>Log in to the network</body></html>';
const slip = { contentType: 'text/html', body: html };

const failures: [what: string, reply: ScriptedReply, kind: ModelErrorKind, says: string][] = [
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
    '404 page not found',
  ],
  [
    'an internal error',
    { status: 500, body: json('llama runner crashed') },
    'protocol',
    'answered 500: llama runner crashed',
  ],
  ['an error without a body', { status: 500 }, 'protocol', 'answered 500'],
  [
    'an overflow as a list of counts',
    { status: 400, body: json(json(OVERFLOW)) },
    'context_overflow',
    '9000 tokens',
  ],
  [
    'an overflow as an object',
    { status: 400, body: json(OVERFLOW) },
    'context_overflow',
    '4096 tokens',
  ],
  [
    'an overflow in the words of older servers',
    { status: 400, body: json('the input length exceeds the context length') },
    'context_overflow',
    'context window',
  ],
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
  ['a page of HTML as an error', { status: 502, ...slip }, 'protocol', 'answered 502'],
  [
    'an error line in the middle of the stream',
    { raw: [BEGUN, `${json('unexpected EOF')}\n`] },
    'protocol',
    'unexpected EOF',
  ],
  [
    'memory that runs out in the middle of the stream',
    { raw: [BEGUN, `${json('CUDA error: out of memory')}\n`] },
    'out_of_memory',
    'smaller model',
  ],
  [
    'a broken connection',
    { text: 'Hello, wor', breakOff: true },
    'protocol',
    'broke off its reply. Try again, or check --host.',
  ],
  ['an empty stream', { raw: [] }, 'protocol', 'broke off'],
  ['a line that is not JSON', { raw: [BEGUN, '{"response":\n'] }, 'protocol', 'not an answer'],
  ['a line cut short by the end', { raw: [BEGUN, '{"response":'] }, 'protocol', 'not an answer'],
  ['a line of other JSON', { raw: ['[1,2]\n'] }, 'protocol', 'not an answer'],
  ['bytes that are no text', { raw: [Buffer.from([0xff, 0xfe, 10])] }, 'protocol', 'not an answer'],
];

describe('a failing server', () => {
  it.each(failures)(
    '%s is told with host and model, without credentials',
    async (_, reply, kind, says) => {
      const server = await scriptedServer([reply]);
      const failure = await failureAt(server.url);
      expect(failure.kind).toBe(kind);
      expect(failure.message).toContain(says);
    },
  );

  it.each(['x; touch bad #', '-flag', 'a\nb\u001b[2J', ' '])(
    'that lacks the model %j gets a message of one line, without a command to copy',
    async (model) => {
      const body = json(`model '${model}' not found`);
      const { url } = await scriptedServer([{ status: 404, body }]);
      await expect(generate(modelAt(url, { model }))).rejects.toMatchObject({
        kind: 'model_missing',
        message: `The model ${JSON.stringify(model)} is not on the server at ${url}. Name another with --model.`,
      });
    },
  );

  it.each([
    'model requires more system memory (9.1 GiB) than is available (3.0 GiB)',
    'cudaMalloc failed: out of memory',
    'llama_model_load: failed to allocate buffer',
    'llama runner process has terminated: signal: killed',
    'model runner has unexpectedly stopped, this may be due to resource limitations',
  ])('%j is reported as out of memory', async (message) => {
    const server = await scriptedServer([{ status: 500, body: json(message) }]);
    const failure = await failureAt(server.url);
    expect(failure.kind).toBe('out_of_memory');
    expect(failure.message).toContain('--num-ctx');
  });

  it('that is not running is reported with what to start', async () => {
    const server = await scriptedServer();
    await server.close();
    const failure = await failureAt(server.url);
    expect(failure.kind).toBe('unreachable');
    expect(failure.message).toContain('ollama serve is not running');
  });

  it('that hangs up before it answers is there: nobody is told to start it', async () => {
    for (const hangUp of ['destroy', 'resetAndDestroy'] as const) {
      const { url } = await rawServer((socket) => void socket[hangUp]());
      const failure = await failureAt(url);
      expect(failure.kind).toBe('protocol');
      expect(failure.message).toMatch(/hung up \(ECONNRESET\)\. Try again\.$/);
    }
  });

  it('whose name is unknown is reported with its name', async () => {
    const failure = await failureAt('http://nowhere.invalid:11434');
    expect(failure.kind).toBe('unreachable');
    expect(failure.message).toMatch(/host name that cannot be resolved \(E\w+\)/);
  });

  it('that redirects is not followed', async () => {
    const other = await scriptedServer(['Hello from elsewhere.']);
    const headers = { location: `${other.url}/api/generate` };
    const server = await scriptedServer([{ status: 307, headers }]);
    const failure = await failureAt(server.url);
    expect(failure.kind).toBe('protocol');
    expect(failure.message).toContain('307');
    expect(other.paths).toEqual([]);
  });

  it('that sends nothing before its answer times out', async () => {
    const server = await scriptedServer([{ silent: true }]);
    const failure = await failureAt(server.url, 150);
    expect(failure.kind).toBe('timeout');
    expect(failure.message).toContain('--ollama-timeout');
    await server.calls[0]?.closed;
  });

  it('that falls silent in the middle of a reply times out', async () => {
    const server = await scriptedServer([{ text: 'Hello', stall: true }]);
    const failure = await failureAt(server.url, 150);
    await server.calls[0]?.closed;
    expect(failure.kind).toBe('timeout');
    expect(failure.message).toContain('--ollama-timeout');
  });

  it('whose reply has no end is cut off', async () => {
    const server = await scriptedServer([{ text: 'and so on, ', endless: true }]);
    const failure = await failureAt(server.url);
    expect(failure.kind).toBe('protocol');
    expect(failure.message).toContain('without an end');
    await server.calls[0]?.closed;
  });

  it('with a long error message is quoted briefly', async () => {
    const body = json('no '.repeat(100_000));
    const server = await scriptedServer([{ status: 500, body }]);
    expect((await failureAt(server.url)).message.length).toBeLessThan(500);
  });
});
