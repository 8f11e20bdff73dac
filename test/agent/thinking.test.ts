import { describe, expect, it } from 'vitest';
import { Thinking } from '../../src/agent/thinking.ts';
import type { Think } from '../../src/model/think.ts';
import { askAgent as ask, conversation, startScripted } from '../support/agent.ts';
import { toolCall, turnsIn, type FakeOllamaOptions } from '../support/ollama-server.ts';
import { readLog } from '../support/session.ts';
import { DONE, sent, start } from './on-server.ts';

const LIST = toolCall('list_files', {});
const RUN = toolCall('run_shell', { command: 'echo ran > ran.txt' });
/** What a Qwen generates after a prompt that has opened its thought. */
const after = (thought: string, reply: string) => `${thought}\n</think>\n\n${reply}`;

const on = (mode: Think = 'on', budget?: number) => ({ thinking: new Thinking({ mode, budget }) });
/** The field `think` of every call. */
const fields = ({ calls }: { calls: { body: Record<string, unknown> }[] }) =>
  calls.map(({ body }) => body['think']);
const thoughts = (path: string) =>
  readLog(path).records.flatMap((record) => (record.type === 'model' ? [record.thought] : []));
const notices = (events: readonly { type: string; text?: unknown }[]) =>
  events.flatMap(({ type, text }) => (type === 'notice' ? [String(text)] : []));

describe('a thought', () => {
  it.each<[string, FakeOllamaOptions]>([
    ['in the text of the reply', {}],
    ['in a field of its own', { takesThoughts: true }],
    ['in a field, by /api/chat', { template: 'system-last', takesThoughts: true }],
  ])('%s is told and logged, and no later prompt has it', async (_, options) => {
    const isChat = options.template === 'system-last';
    const say = (thought: string, reply: string) =>
      (isChat ? '<think>' : '') + after(thought, reply);
    const script = [say(`Perhaps ${RUN}? No.`, LIST), say('Enough.', DONE)];
    const { server, agent, session } = await start(script, on(), options);
    const { events, end } = await ask(agent, 'Look.');
    expect(end).toMatchObject({ reason: 'answer', text: 'Done.' });
    expect(fields(server)).toEqual([true, true]);
    expect(thoughts(session.path)).toEqual([`Perhaps ${RUN}? No.`, 'Enough.']);
    const told = events.flatMap((event) => (event.type === 'thought' ? [event.text] : []));
    expect(told.join('').replace(/\s+/g, '')).toContain(`Perhaps${RUN}?No.`.replace(/\s+/g, ''));
    expect(events.filter(({ type }) => type === 'tool_end')).toHaveLength(1);
    const [, second = ''] = server.calls.map(({ prompt }) => prompt);
    expect(second).not.toContain('Perhaps');
    expect(turnsIn(second).some(({ content }) => content === LIST)).toBe(true);
    expect(readLog(session.path).records.some(({ type }) => type === 'notice')).toBe(false);
  });

  it('that is empty leaves nothing in later prompts', async () => {
    const { server, agent } = await start([`</think>\n\n${LIST}`, after('Hm.', DONE)], on());
    expect((await ask(agent, 'Look.')).end.text).toBe('Done.');
    expect(turnsIn(server.calls[1]?.prompt ?? '').some(({ content }) => content === LIST)).toBe(
      true,
    );
  });

  it('costs the server no more than its reply again: the prompt before it stays', async () => {
    const script = Array.from({ length: 6 }, (_, at) =>
      after(
        `I look once more, ${'as one does, '.repeat(9)}${at}.`,
        toolCall('list_files', { path: '.', glob: `*.${at}` }),
      ),
    );
    const run = await start(
      [...script, after('Enough.', DONE)],
      { ...on(), maxSteps: 9 },
      { architecture: 'hybrid' },
    );
    await ask(run.agent, 'Look.');
    const [first = 0, ...rest] = run.server.calls.map(({ evaluated = 0 }) => evaluated);
    expect(first).toBeGreaterThan(500);
    expect(Math.max(...rest)).toBeLessThan(120);
    // What is told of the cache agrees with what the server did, but for the few tokens of a checkpoint.
    const { last, restarts } = run.agent.reportContext().reuse;
    expect(restarts).toBe(0);
    expect(Math.abs((last?.newTokens ?? 0) - (rest.at(-1) ?? 0))).toBeLessThan(8);
  });

  it('is counted, and gives the reply room besides it', async () => {
    const { server, agent } = await start([after('One. Two. Three.', DONE)], on('on', 300), {
      charsPerToken: 4,
    });
    const { events } = await ask(agent, 'Go.');
    expect(sent(server, 'num_predict')).toEqual([812]);
    const [usage] = events.flatMap((event) => (event.type === 'model_end' ? [event.usage] : []));
    expect(usage?.thought_tokens).toBeGreaterThan(1);
    expect(agent.reportContext()).toMatchObject({ numPredict: 512, thought: 300 });
  });

  it('that has no more room is ended, and the reply asked for without one', async () => {
    const long = 'I wonder. '.repeat(80);
    const { server, agent, session } = await start([after(long, LIST), DONE], on('on', 20));
    const { end, events } = await ask(agent, 'Go.');
    expect(end.text).toBe('Done.');
    expect(fields(server)).toEqual([true, false]);
    expect(notices(events)).toEqual(['the thought has used its 20 tokens; asking for the reply']);
    const [thought = ''] = thoughts(session.path);
    expect(thought).toMatch(/^I wonder\. /);
    expect(thought.length).toBeLessThan(long.length);
    expect(readLog(session.path).records.filter(({ type }) => type === 'model')).toHaveLength(1);
    const kinds = events.map(({ type }) => type);
    expect(kinds.filter((type) => type === 'model_start')).toHaveLength(2);
    expect(kinds.filter((type) => type === 'model_end')).toHaveLength(2);
  });

  it('is kept when the person interrupts it', async () => {
    const abort = new AbortController();
    const { agent, session } = await start(
      [{ text: 'Let me see. Let me think about this.', stall: true }],
      on(),
    );
    for await (const event of agent.ask('Go.', abort.signal)) {
      if (event.type === 'thought' && event.text.includes('about')) abort.abort();
    }
    const [thought] = thoughts(session.path);
    expect(thought).toContain('Let me see.');
    expect(readLog(session.path).records).toContainEqual(
      expect.objectContaining({ type: 'model', content: '', done_reason: 'interrupted' }),
    );
  });

  it('alone is no answer, and the model is told so', async () => {
    const { agent, model } = await startScripted([{ thought: 'Hm.', text: '' }, 'It is 42.'], on());
    expect((await ask(agent, 'Go.')).end.text).toBe('It is 42.');
    expect(conversation(model).at(-1)).toMatch(/^user: Not usable: .* only reasoning/);
    expect(model.requests.map(({ think }) => think)).toEqual(['on', 'off']);
  });
});

describe('a model', () => {
  it('is told not to think unless asked, and by a level as it was asked', async () => {
    const { server, agent } = await start([DONE]);
    await ask(agent, 'Go.');
    expect(fields(server)).toEqual([false]);
    const level = await start([after('Hm.', DONE)], on('low'));
    await ask(level.agent, 'Go.');
    expect(fields(level.server)).toEqual(['low']);
  });

  it.each<[string, FakeOllamaOptions]>([
    ['as /api/show says', { template: 'chatml' }],
    ['as it turns out', { thinkField: 'refused' }],
    [
      'as it turns out, where nothing was said of it',
      { template: 'chatml', namesNoCapabilities: true },
    ],
  ])(
    'that cannot think, %s, is asked without the field, and the person is told once',
    async (_, options) => {
      const { server, agent, session } = await start([LIST, DONE, DONE], on('high'), options);
      const { end, events } = await ask(agent, 'Go.');
      expect(end.text).toBe('Done.');
      expect(notices(events)).toEqual(['small:1b cannot think; it replies without']);
      expect(notices((await ask(agent, 'Again.')).events)).toEqual([]);
      expect(fields(server)).toEqual([undefined, undefined, undefined]);
      expect(sent(server, 'num_predict').at(-1)).toBe(512);
      expect(thoughts(session.path)).toEqual([undefined, undefined, undefined]);
    },
  );

  it('without the capability is never asked about thinking', async () => {
    const { server, agent } = await start([DONE], {}, { template: 'gemma' });
    expect(notices((await ask(agent, 'Go.')).events)).toEqual([]);
    expect([...server.calls.map(({ body }) => body), ...server.renders]).not.toContainEqual(
      expect.objectContaining({ think: expect.anything() }),
    );
  });

  it('that knows no levels is asked to think', async () => {
    const { server, agent } = await start([after('Hm.', DONE)], on('medium'), {
      thinkField: 'no levels',
    });
    expect((await ask(agent, 'Go.')).end.text).toBe('Done.');
    expect(fields(server)).toEqual([true]);
  });

  it('that thinks although it was told not to gets the room for it', async () => {
    const options = { takesThoughts: true, template: 'chatml', thinkField: 'ignored' } as const;
    const script = [`<think>Hm.</think>${LIST}`, `<think>Well.</think>${DONE}`];
    const { server, agent, session } = await start(script, {}, options);
    expect((await ask(agent, 'Go.')).end.text).toBe('Done.');
    expect(fields(server)).toEqual([false, false]);
    expect(sent(server, 'num_predict')).toEqual([512, 1_536]);
    expect(thoughts(session.path)).toEqual(['Hm.', 'Well.']);
  });

  it('is told not to think where the reply is held to a schema', async () => {
    const { server, agent } = await start([after('Hm.', '<tool>{'), DONE], on());
    await ask(agent, 'Go.');
    expect(fields(server)).toEqual([true, false]);
    expect(server.calls[1]?.body['format']).toBeDefined();
  });
});

describe('a server that answers nothing to "think": false', () => {
  const MUTE = { thinkField: 'nothing to false' } as const;
  it('is asked without the field after two empty replies, and the person is told why', async () => {
    const { server, agent } = await start([LIST, DONE], {}, MUTE);
    const { end, events } = await ask(agent, 'Go.');
    expect(end.text).toBe('Done.');
    expect(fields(server)).toEqual([false, false, undefined, undefined]);
    expect(notices(events)).toEqual([
      'the server answered "think": false with nothing, twice; trying without that field',
    ]);
  });

  it('is asked without it once where that does not help', async () => {
    const { server, agent } = await start(Array(12).fill(''), {}, MUTE);
    const { end, events } = await ask(agent, 'Go.');
    expect(end.reason).toBe('malformed');
    expect(fields(server).filter((field) => field === undefined)).toHaveLength(1);
    expect(notices(events).at(-1)).toBe('the reply is empty without the field "think", too');
  });
});
