import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { scriptedServer } from '../../support/program.ts';
import { never } from '../../support/workspace.ts';
import { generate, modelAt, REQUEST } from './model-at.ts';

describe('a call of the model', () => {
  it('posts the prompt with every field that has to be sent each time', async () => {
    const server = await scriptedServer(['Hello.']);
    await generate(modelAt(server.url));
    expect(server.paths).toEqual(['/api/show', '/api/chat', '/api/generate']);
    expect(server.calls.map(({ body }) => body)).toEqual([
      {
        model: 'small:1b',
        prompt:
          '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nSay hello.<|im_end|>\n' +
          '<|im_start|>assistant\n<think>\n\n</think>\n\n',
        stream: true,
        raw: true,
        think: false,
        truncate: false,
        keep_alive: '30m',
        options: { num_ctx: 8192, num_predict: 64, temperature: 0.2, top_p: 0.9 },
      },
    ]);
  });

  it('sends credentials as a header and keeps the path of the host', async () => {
    const server = await scriptedServer(['Hello.']);
    await generate(modelAt(server.url.replace('//', '//ada:s3cret@')));
    const authorization = `Basic ${Buffer.from('ada:s3cret').toString('base64')}`;
    expect(server.calls[0]?.headers.authorization).toBe(authorization);
    await expect(generate(modelAt(`${server.url}/behind/a/proxy`))).rejects.toThrow('404');
    expect(server.paths).toContain('/behind/a/proxy/api/chat');
  });

  it('yields the reply piece by piece and returns all of it', async () => {
    const text = 'A reply that takes several pieces.\nWith two lines.';
    const server = await scriptedServer([text]);
    const { pieces, ...generation } = await generate(modelAt(server.url));
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.join('')).toBe(text);
    expect(generation).toMatchObject({ text, doneReason: 'stop' });
  });

  it('yields each piece at once, and hangs up when nobody wants more', async () => {
    const server = await scriptedServer([{ text: 'Hello', stall: true }]);
    const stream = modelAt(server.url).generate(REQUEST, never);
    expect(await stream.next()).toEqual({ done: false, value: 'Hello' });
    await stream.return({ text: '', doneReason: '', usage: {} });
    await server.calls[0]?.closed;
  });

  it('reports that the token limit cut a reply off', async () => {
    const server = await scriptedServer([{ text: 'Once upon', doneReason: 'length' }]);
    expect(await generate(modelAt(server.url))).toMatchObject({ doneReason: 'length' });
  });

  it('reports what the server counted, in tokens and milliseconds, and nothing for the rest', async () => {
    const server = await scriptedServer([{ text: 'Hello', promptEvalCount: 42 }, { raw: [DONE] }]);
    const counted = { prompt_tokens: 42, output_tokens: 2, prompt_ms: 2, output_ms: 1 };
    const first = await generate(modelAt(server.url));
    expect(first.usage).toEqual(counted);
    const second = await generate(modelAt(server.url));
    expect(second).toMatchObject({ text: '', pieces: [] });
    expect(second.usage).toEqual({});
  });

  it('decodes characters whose bytes arrive separately', async () => {
    const bytes = Buffer.from(`{"response":"go"}\n{"response":" 🌍 on"}\n${DONE}`);
    const middle = bytes.indexOf('🌍') + 2;
    const seen = new AbortController();
    const server = await scriptedServer([
      { raw: [bytes.subarray(0, middle), once(seen.signal, 'abort'), bytes.subarray(middle)] },
    ]);
    const pieces: unknown[] = [];
    for await (const piece of modelAt(server.url).generate(REQUEST, never)) {
      pieces.push(piece);
      seen.abort(); // only now is the other half of the character sent
    }
    expect(pieces).toEqual(['go', ' 🌍 on']);
  });

  it('reads a last line without a newline and skips empty lines', async () => {
    const server = await scriptedServer([
      { raw: ['\n\n', '{"response":"Hi"}\n', ' \r\n', DONE.trim()] },
    ]);
    expect(await generate(modelAt(server.url))).toMatchObject({ text: 'Hi' });
  });

  it('waits longer than the timeout for a reply that keeps coming', async () => {
    const server = await scriptedServer([{ text: 'x'.repeat(12 * 7), paceMs: 100 }]);
    const { text } = await generate(modelAt(server.url, { timeoutMs: 500 }));
    expect(text).toHaveLength(84);
  });

  it("does without Node's own fetch, which gives up after five minutes", async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new Error('fetch was used')));
    onTestFinished(() => void vi.unstubAllGlobals());
    const server = await scriptedServer(['Hello.']);
    expect(await generate(modelAt(server.url))).toMatchObject({ text: 'Hello.' });
  });
});

describe("the model's own context length", () => {
  it('is what the server says', async () => {
    const server = await scriptedServer([], { contextLength: 40_960 });
    expect(await modelAt(server.url).contextLength(never)).toBe(40_960);
    expect(server.paths).toEqual(['/api/show']);
  });

  it('is unknown if the server does not say', async () => {
    const server = await scriptedServer([], { contextLength: null });
    expect(await modelAt(server.url).contextLength(never)).toBeUndefined();
  });

  it('is unknown if the server sends something else than a number', async () => {
    const server = await scriptedServer([], { contextLength: 0 });
    expect(await modelAt(server.url).contextLength(never)).toBeUndefined();
  });

  it('fails for a missing model or an unreachable server', async () => {
    const server = await scriptedServer([], { models: ['other'] });
    const asked = modelAt(server.url).contextLength(never);
    await expect(asked).rejects.toMatchObject({ name: 'ModelError', kind: 'model_missing' });
    await server.close();
    const again = modelAt(server.url).contextLength(never);
    await expect(again).rejects.toMatchObject({ name: 'ModelError', kind: 'unreachable' });
  });
});

describe('an abort', () => {
  it('before the first token ends the call and closes the connection', async () => {
    const server = await scriptedServer([{ silent: true }]);
    const abort = new AbortController();
    const generated = generate(modelAt(server.url), REQUEST, abort.signal);
    const refused = expect(generated).rejects.toMatchObject({ kind: 'interrupted' });
    const call = await server.arrived(0);
    abort.abort();
    await refused;
    await call.closed;
  });

  it('in the middle of a reply does the same', async () => {
    const server = await scriptedServer([{ text: 'Hello', stall: true }]);
    const abort = new AbortController();
    const stream = modelAt(server.url).generate(REQUEST, abort.signal);
    await stream.next();
    abort.abort();
    await expect(stream.next()).rejects.toMatchObject({ name: 'ModelError', kind: 'interrupted' });
    await server.calls[0]?.closed;
  });

  it('that came first lets no call start', async () => {
    const server = await scriptedServer(['Hello.']);
    const generated = generate(modelAt(server.url), REQUEST, AbortSignal.abort());
    await expect(generated).rejects.toMatchObject({ kind: 'interrupted' });
    const asked = modelAt(server.url).contextLength(AbortSignal.abort());
    await expect(asked).rejects.toMatchObject({ kind: 'interrupted' });
    expect(server.paths).toEqual([]);
  });
});

const DONE = '{"response":"","done":true,"done_reason":"stop"}\n';
