import { describe, expect, it } from 'vitest';
import { askAgent as ask } from '../support/agent.ts';
import {
  toolCall,
  turnsIn,
  type FakeOllamaOptions,
  type ScriptedReply,
} from '../support/ollama-server.ts';
import { never, temporaryFolder } from '../support/workspace.ts';
import { DONE, READS, sent, start } from './on-server.ts';
import { readLog } from '../support/session.ts';

const json = (error: unknown) => ({ status: 400, body: JSON.stringify({ error }) });
const MESSAGE =
  'request (17123 tokens) exceeds the available context size (16384 tokens), try increasing it';
const COUNTS = { type: 'exceed_context_size_error', n_prompt_tokens: 17_123, n_ctx: 16_384 };

/** What the person is told: by a count of the server's, or in its words where the estimate would fit. */
const COUNTED = /^The context window of 16384 tokens .* \(--num-ctx \d+ or more\)/;
const IN_WORDS =
  /^The prompt does not fit .*: the input length exceeds the context length\. Use a larger window \(--num-ctx\)/;

describe.each([
  ['today', json(JSON.stringify({ error: { code: 400, message: MESSAGE, ...COUNTS } })), COUNTED],
  ['as an object', json({ code: 400, message: MESSAGE, ...COUNTS }), COUNTED],
  ['up to 0.24', json('the input length exceeds the context length'), IN_WORDS],
])('a prompt that is too long, as the server says %s,', (_form, overflow, told) => {
  it('is compacted and sent again, once, and the request continues', async () => {
    const { server, agent, session } = await start([...READS, overflow, DONE]);
    const { end, types } = await ask(agent, 'Compare them.');
    expect(end).toMatchObject({ reason: 'answer', text: 'Done.' });
    expect(types.filter((type) => type === 'compacted')).toHaveLength(1);
    const [, , long = '', short = ''] = server.calls.map(({ prompt }) => prompt);
    expect(server.calls).toHaveLength(4);
    expect(long).toContain(' 200: old');
    expect(short).not.toContain(' 200: old');
    expect(
      turnsIn(short)
        .map(({ content }) => content)
        .join('\n'),
    ).toContain('Compare them.');
    expect(short).toContain(' 200: new');
    const records = readLog(session.path).records.map(({ type }) => type);
    const [reads, last] = [
      ['model', 'tool'],
      ['model', 'assistant'],
    ];
    expect(records).toEqual(['user', 'epoch', ...reads, ...reads, 'compaction', 'epoch', ...last]);
  });

  const reads = Array.from({ length: 8 }, (_, at) =>
    toolCall('read_file', { path: 'old', start: at + 1 }),
  );

  it('is shortened once more where that is still too long, down to a part of the newest result', async () => {
    const script = [...reads, overflow, overflow, overflow, DONE];
    const { server, agent } = await start(script, { maxSteps: 20 });
    expect((await ask(agent, 'Read.')).end.text).toBe('Done.');
    const [first = '', second = '', third = ''] = server.calls.slice(-3).map((call) => call.prompt);
    expect(second.length).toBeLessThan(first.length);
    expect(third.length).toBeLessThan(second.length);
    expect(third).toMatch(/ 8: old\n[^]*left out[^]*: old\n\(shortened to fit the context/);
  });

  it('is an error when it never fits, and the session stays usable', async () => {
    const overflows = Array<ScriptedReply>(4).fill(overflow);
    const { server, agent } = await start([...reads, ...overflows, DONE], { maxSteps: 20 });
    await expect(ask(agent, 'Read.')).rejects.toMatchObject({ kind: 'context_overflow' });
    expect(server.calls).toHaveLength(reads.length + overflows.length);
    expect((await ask(agent, 'Go on.')).end.text).toBe('Done.');
  });

  it('is an error at once when nothing can be left out', async () => {
    const { server, agent } = await start([overflow]);
    await expect(ask(agent, 'Hi.')).rejects.toMatchObject({
      kind: 'context_overflow',
      message: expect.stringMatching(told),
    });
    expect(server.calls).toHaveLength(1);
  });
});

describe('a compaction that would save nothing', () => {
  const tooLong = json('the input length exceeds the context length');

  it('is not made by /compact: the cache is kept', async () => {
    const { agent, session } = await start([DONE, DONE]);
    for (const request of ['Go.', 'Go on.']) await ask(agent, request);
    const { entries } = session.state;
    expect(agent.compact()).toBe(0);
    expect(session.state.entries).toBe(entries);
  });

  it('is not made when the server finds the prompt too long', async () => {
    const { agent, session } = await start([DONE, tooLong, DONE]);
    await ask(agent, 'Go.');
    await expect(ask(agent, 'Go on.')).rejects.toMatchObject({ kind: 'context_overflow' });
    expect(session.state.dropped).toBe(0);
  });
});

describe('a window that is too small', () => {
  const large = { huge: `${'a line of a page\n'.repeat(1_000)}` };
  const readsHuge = toolCall('read_file', { path: 'huge', end: 1_000 });
  const request = 'Fix it. '.repeat(1_000);

  /** Asks in a window of this size; the least size that the error names, or none. */
  async function leastNamed(
    numCtx: number,
    script: ScriptedReply[],
    options: FakeOllamaOptions,
  ): Promise<number | undefined> {
    const { agent } = await start(script, { numCtx, root: temporaryFolder(large) }, options);
    try {
      expect((await ask(agent, request)).end.text).toBe('Done.');
      return undefined;
    } catch (error) {
      const [, named] = /--num-ctx (\d+) or more/.exec(String(error)) ?? [];
      return Number(named);
    }
  }

  it.each([
    ['the request', 1_024, [DONE], undefined],
    ['the request', 3_072, [DONE], undefined],
    ['a result', 3_584, [readsHuge, DONE], 5],
  ])(
    'for %s (%i tokens) is told with about the least that works',
    async (_, numCtx, script, charsPerToken) => {
      const options = { contextLength: 100_000, ...(charsPerToken && { charsPerToken }) };
      const least = (await leastNamed(numCtx, script, options)) ?? 0;
      expect(least).toBeGreaterThan(numCtx);
      expect(least % 256).toBe(0);
      expect(await leastNamed(least, script, options)).toBeUndefined();
      expect(await leastNamed(least - 512, script, options)).toBe(least);
    },
  );
});

it.each([
  ['in one of its length', 3_072, undefined, /^The context .*\. The model has no more: use one/],
  ['in a smaller one', 3_072, 1_024, /1024 tokens .*The model has 3072 at most, too few as well: /],
])(
  'what does not fit the context of the model, %s, is told so',
  async (_, contextLength, numCtx, told) => {
    const { agent } = await start([DONE], { numCtx }, { contextLength });
    const failing = ask(agent, 'Fix it. '.repeat(1_000));
    await expect(failing).rejects.toMatchObject({
      kind: 'context_overflow',
      message: expect.stringMatching(told),
    });
  },
);

describe('the window', () => {
  it.each([
    [undefined, 40_960, 16_384],
    [undefined, 8_192, 8_192],
    [9_000, 8_192, 8_192],
    [32_768, null, 32_768],
  ])(
    'asked for as %j, of a model that has %j, is %i on every call and asked about once',
    async (numCtx, contextLength, expected) => {
      const cut = { text: READS.join(''), doneReason: 'length' };
      const delegate = toolCall('delegate', { task: 'look' });
      const script = [delegate, ...READS, DONE, cut, delegate, DONE, DONE, DONE];
      const { server, agent } = await start(script, { numCtx }, { contextLength });
      await agent.warmUp(never);
      await ask(agent, 'Look.');
      await ask(agent, 'Look again.');
      expect(server.calls).toHaveLength(1 + script.length);
      expect(new Set(sent(server, 'num_ctx'))).toEqual(new Set([expected]));
      expect(server.paths.filter((path) => path === '/api/show')).toHaveLength(1);
    },
  );

  it('is reported by section, in tokens as the server counts them', async () => {
    const { server, agent } = await start([READS[0] ?? '', DONE], {}, { charsPerToken: 5 });
    expect(agent.reportContext()).toMatchObject({ numCtx: 16_384, reuse: { calls: 0 } });
    await ask(agent, 'Look.');
    const { tokens, reuse, ...window } = agent.reportContext();
    const turns = turnsIn(server.calls.at(-1)?.prompt ?? '');
    expect(window).toEqual({ numCtx: 16_384, numPredict: 512, thought: 0 });
    expect(reuse).toMatchObject({ calls: 2, restarts: 0, last: { cutChars: 0 } });
    expect(reuse.last?.sentChars).toBe(turns.reduce((sum, turn) => sum + turn.content.length, 0));
    expect(reuse.prefillSpeed).toBeGreaterThan(0);
    const all = Object.values(tokens).reduce((sum, part) => sum + part, 0);
    expect(Math.abs((all * 5) / (server.calls.at(-1)?.prompt.length ?? 0) - 1)).toBeLessThan(0.1);
    const systemChars = turns[0]?.content.length ?? 0;
    const share = systemChars / (reuse.last?.sentChars ?? 0);
    expect(Math.abs(tokens.system / all - share)).toBeLessThan(0.05);
    const { examples, memory, conversation } = tokens;
    expect(examples).toBeGreaterThan(0);
    expect(memory).toBe(0);
    // The result of the read, which has the file's lines, and the reply before it.
    expect(conversation).toBeGreaterThan(('   1: old\n'.length * 200) / 5);
  });
});

describe('the room for a reply', () => {
  it.each([
    [16_384, { first: 512, most: 4_096 }, [512, 1_024, 2_048, 4_096, 4_096]],
    [8_192, { first: 512, most: 4_096 }, [512, 1_024, 2_048, 2_048]],
    [8_192, { first: 1_500, most: 12_000 }, [1_500, 2_048, 2_048]],
    [8_192, { first: 3_000, most: 24_000 }, [3_000, 3_000]],
  ])(
    'in a window of %i grows from %j to a quarter of it at most',
    async (numCtx, numPredict, rooms) => {
      const cuts = rooms.slice(1).map(() => ({ text: 'And so', doneReason: 'length' }));
      const { server, agent } = await start([...cuts, DONE], { numCtx, replyRoom: numPredict });
      expect((await ask(agent, 'Go.')).end.text).toBe('Done.');
      expect(sent(server, 'num_predict')).toEqual(rooms);
    },
  );
});

it('the first call of a session begins with as many new tokens as /context counts', async () => {
  const { agent } = await start([...READS, DONE]);
  for await (const event of agent.ask('Compare them.', never)) {
    if (event.type !== 'model_start') continue;
    const { system, examples, memory, conversation } = agent.reportContext().tokens;
    const inContext = system + examples + memory + conversation;
    expect(Math.abs(event.newTokens - inContext)).toBeLessThan(4); // each of them is rounded
    return;
  }
});
