import { describe, expect, it } from 'vitest';
import { final, inTwoParts, turnsIn, type FakeOllamaOptions } from '../ollama-server.ts';
import { pause } from '../pause.ts';
import { scriptedServer } from '../program.ts';
import { ask, linesOf } from './recordings.ts';

const MESSAGES = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Say hi.' },
];
const generate = { model: 'm', prompt: 'Say hi.', think: false };
const chat = { model: 'm', messages: MESSAGES, think: false };

/** What a line says, on either way. */
function textOf(line: Record<string, unknown>): unknown {
  return line['response'] ?? (line['message'] as { content: string }).content;
}

describe('the scripted server', () => {
  it('that does not know renderings generates instead, and uses no reply for one token', async () => {
    const server = await scriptedServer(['One.', 'Two.'], { rendersTemplate: false });
    const render = { ...chat, stream: false, _debug_render_only: true };
    const one = await ask(server.url, '/api/chat', { ...render, options: { num_predict: 1 } });
    expect(linesOf(one.body)[0]).toMatchObject({ done: true, done_reason: 'length' });
    expect(one.body).not.toContain('_debug_info');
    expect((await ask(server.url, '/api/chat', render)).body).toContain('One.');
    expect([server.calls.length, server.renders.length]).toEqual([2, 2]);
    expect((await ask(server.url, '/api/version')).body).toBe('{"version":"0.11.4"}');
  });

  it('evaluates a raw prompt as it is, and any other as its template renders it', async () => {
    const server = await scriptedServer(['', '', '']);
    await ask(server.url, '/api/generate', { ...generate, raw: true });
    await ask(server.url, '/api/generate', generate);
    await ask(server.url, '/api/chat', chat);
    const prompts = server.calls.map(({ prompt }) => prompt);
    expect(prompts[0]).toBe('Say hi.');
    expect(prompts.slice(1).map(turnsIn)).toEqual([MESSAGES.slice(1), MESSAGES]);
    expect(server.calls.map(({ path }) => path)).toEqual([
      '/api/generate',
      '/api/generate',
      '/api/chat',
    ]);
  });

  it('sends the context of all replies except raw ones', async () => {
    const server = await scriptedServer(['Hi.', 'Hi.']);
    const raw = await ask(server.url, '/api/generate', { ...generate, raw: true });
    const other = await ask(server.url, '/api/generate', generate);
    expect(linesOf(raw.body).at(-1)).not.toHaveProperty('context');
    expect(Object.keys(linesOf(other.body).at(-1) ?? {}).slice(3, 6)).toEqual([
      'done',
      'done_reason',
      'context',
    ]);
  });

  it('cuts a reply before a stop sequence', async () => {
    const server = await scriptedServer([
      { text: `${final('Hi.')} and so on`, doneReason: 'length' },
    ]);
    const options = { stop: ['and', ' and so'] };
    const { body } = await ask(server.url, '/api/generate', { ...generate, raw: true, options });
    expect(server.calls[0]?.reply).toBe(final('Hi.'));
    expect(linesOf(body).at(-1)).toMatchObject({ done: true, done_reason: 'stop' });
  });

  it('sends a whole text, however often it repeats itself', async () => {
    const text = 'whole '.repeat(100);
    const server = await scriptedServer([text]);
    const { body } = await ask(server.url, '/api/chat', chat);
    expect(linesOf(body).map(textOf).join('')).toBe(text);
    expect(linesOf(body).at(-1)).toMatchObject({ done: true });
  });

  it('ends a reply at num_predict if asked to', async () => {
    const server = await scriptedServer(['one two three four'], { limitsReplies: true });
    const options = { num_predict: 2 };
    const { body } = await ask(server.url, '/api/generate', { ...generate, raw: true, options });
    expect(server.calls[0]?.reply).toBe('one two');
    expect(linesOf(body).at(-1)).toMatchObject({ done_reason: 'length' });
  });

  it('loads and unloads its model without a reply, and lists what is loaded', async () => {
    const server = await scriptedServer();
    const names = async () => {
      const { body } = await ask(server.url, '/api/ps');
      const { models } = JSON.parse(body) as { models: Record<string, unknown>[] };
      return models.map((each) => [each['name'], each['context_length']]);
    };
    const load = { model: 'm', options: { num_ctx: 8_192 } };
    expect((await ask(server.url, '/api/generate', load)).body).toMatch(/"done_reason":"load"/);
    expect(await names()).toEqual([['m', 8_192]]);
    const unload = { model: 'm', messages: [], keep_alive: 0 };
    expect((await ask(server.url, '/api/chat', unload)).body).toMatch(/"done_reason":"unload"/);
    expect(await names()).toEqual([]);
    expect(server.calls).toEqual([]);
  });

  it('refuses what a real one refuses', async () => {
    const server = await scriptedServer([], { template: 'chatml' });
    const raw = await ask(server.url, '/api/generate', { ...generate, raw: true, system: 'x' });
    expect(raw).toMatchObject({ status: 400, body: expect.stringContaining('raw mode') });
    const thinks = await ask(server.url, '/api/chat', { ...chat, think: true });
    expect(thinks).toMatchObject({ status: 400, body: expect.stringContaining('thinking') });
  });

  it('silently drops the front of a prompt unless the request forbids it', async () => {
    const long = Array.from({ length: 3_000 }, (_, index) => `${index + 1} `).join('');
    const server = await scriptedServer(['', ''], { architecture: 'hybrid' });
    const options = { num_ctx: 2_048 };
    await ask(server.url, '/api/generate', { model: 'm', prompt: long, raw: true, options });
    expect(server.calls[0]).toMatchObject({ evaluated: 1_026 });
    expect(server.calls[0]?.prompt).toMatch(/^1 2 \d.*3000 $/);
    const words = 'word '.repeat(400);
    const talk = ['user', 'assistant', 'user', 'assistant', 'user'].map((role, at) => ({
      role,
      content: `${at} ${words}`,
    }));
    const messages = [...MESSAGES.slice(0, 1), ...talk, ...talk];
    await ask(server.url, '/api/chat', { ...chat, messages, options });
    const [first, second] = turnsIn(server.calls[1]?.prompt ?? '');
    expect(first).toEqual(MESSAGES[0]);
    expect(second?.content).not.toMatch(/^0/);
  });

  it('has the same faults on both routes to its model', async () => {
    for (const [path, body] of [
      ['/api/generate', { ...generate, raw: true }],
      ['/api/chat', chat],
    ] as const) {
      const { over, goOn } = pause();
      const server = await scriptedServer([
        inTwoParts('Hello, ', over, 'world.'),
        { text: 'Hello', withoutDone: true },
        { text: 'Hello', breakOff: true },
        { status: 503, body: '{"error":"busy"}' },
      ]);
      const first = ask(server.url, path, body);
      await server.arrived(0);
      goOn();
      expect(linesOf((await first).body).map(textOf)).toEqual(['Hello, ', 'world.', '']);
      const cut = linesOf((await ask(server.url, path, body)).body);
      expect(cut.map(textOf).join('')).toBe('Hello');
      expect(cut.at(-1)).toMatchObject({ done: false });
      await expect(ask(server.url, path, body)).rejects.toThrow('aborted');
      expect(await ask(server.url, path, body)).toMatchObject({ status: 503 });
      const empty = await ask(server.url, path, body);
      expect(empty).toMatchObject({ status: 500, body: '{"error":"the script is empty"}' });
    }
  });

  it('says where a remote model runs', async () => {
    const server = await scriptedServer(['Hi.'], { remoteHost: 'https://ollama.com:443' });
    const show = JSON.parse((await ask(server.url, '/api/show', { model: 'm' })).body) as object;
    expect(show).toMatchObject({ remote_model: 'm', remote_host: 'https://ollama.com:443' });
    const { body } = await ask(server.url, '/api/chat', chat);
    expect(Object.keys(linesOf(body)[0] ?? {}).slice(0, 4)).toEqual([
      'model',
      'remote_model',
      'remote_host',
      'created_at',
    ]);
  });

  it.each<[FakeOllamaOptions, string]>([
    [{}, 'qwen35'],
    [{ template: 'gemma' }, 'gemma3'],
    [{ parser: 'harmony' }, 'gptoss'],
    [{ architecture: 'sliding' }, 'gemma3'],
    [{ architecture: 'hybrid', family: 'lfm2' }, 'lfm2'],
  ])('tells a family that goes with its settings: %j', async (options, family) => {
    const server = await scriptedServer([], {
      ...options,
      contextLength: 8_192,
      addBosToken: true,
    });
    const { body } = await ask(server.url, '/api/show', { model: 'm' });
    expect(JSON.parse(body)).toMatchObject({
      details: { family, families: [family] },
      model_info: {
        'general.architecture': family,
        [`${family}.context_length`]: 8_192,
        'tokenizer.ggml.add_bos_token': true,
      },
    });
  });
});

describe('what the server makes of the field `think`', () => {
  const THOUGHTS = { template: 'chatml', takesThoughts: true } as const;
  const reply = async (options: FakeOllamaOptions, think: unknown) => {
    const server = await scriptedServer(['<think>Hm.</think>Hi.'], options);
    const { status, body } = await ask(server.url, '/api/chat', { ...chat, think, stream: false });
    const { message, error } = JSON.parse(body) as Record<string, unknown>;
    return status === 200 ? message : error;
  };
  const NO_LEVELS = 'think value "low" is not supported for this model';

  it.each<[string, FakeOllamaOptions, unknown, unknown]>([
    ['a thought comes apart', THOUGHTS, true, { thinking: 'Hm.', content: 'Hi.' }],
    ['false leaves it in the text', THOUGHTS, false, { content: '<think>Hm.</think>Hi.' }],
    ['it is ignored', { ...THOUGHTS, thinkField: 'ignored' }, false, { thinking: 'Hm.' }],
    ['false gets nothing', { ...THOUGHTS, thinkField: 'nothing to false' }, false, { content: '' }],
    ['no model of it thinks', { thinkField: 'refused' }, true, '"m" does not support thinking'],
    ['levels are unknown', { thinkField: 'no levels' }, 'low', NO_LEVELS],
  ])('may be that %s', async (_, options, think, said) => {
    const got = await reply(options, think);
    expect(got).toEqual(typeof said === 'string' ? said : expect.objectContaining(said as object));
  });
});
