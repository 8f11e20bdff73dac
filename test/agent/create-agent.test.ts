import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createAgent,
  defaultTools,
  defineTool,
  ScriptedModel,
  SessionError,
  type AgentEvent,
  type AgentOptions,
  type ApprovalRequest,
  type Tool,
  type ToolContext,
} from '../../src/index.ts';
import { askAgent, logged } from '../support/agent.ts';
import { temporaryFolder, temporaryRepository } from '../support/workspace.ts';

const call = (name: string, args: object = {}) => `<tool>${JSON.stringify({ name, args })}</tool>`;
const WRITE = call('write_file', { path: 'new.txt', content: 'text\n' });
const DONE = '<final>Done.</final>';

async function create(replies: string[], options: Partial<AgentOptions> = {}) {
  const root = options.root ?? temporaryFolder();
  const model = new ScriptedModel(replies);
  const agent = await createAgent({ root, model, ...options });
  onTestFinished(() => agent.close());
  return { agent, model, root };
}

const clock = (change: object = {}) =>
  defineTool({
    name: 'clock',
    description: 'Tells the time.',
    risky: false,
    args: z.object({ zone: z.string() }),
    example: call('clock', { zone: 'UTC' }),
    run: ({ zone }) => Promise.resolve(`noon in ${zone}`),
    ...change,
  });

describe('an agent of the library', () => {
  it('works with defaults: it runs what is safe, nothing risky, and keeps a session', async () => {
    const replies = [call('list_files'), WRITE, DONE];
    const { agent, root } = await create(replies, { root: temporaryFolder({ 'a.txt': 'a' }) });
    const { events, end } = await askAgent(agent, 'Write a file.');
    expect(end).toEqual({ type: 'final', reason: 'answer', text: 'Done.' });
    const results = events.filter((event) => event.type === 'tool_end');
    expect(results.map(({ ok }) => ok)).toEqual([true, false]);
    expect(fs.existsSync(path.join(root, 'new.txt'))).toBe(false);
    const file = path.join(root, '.mini-coding-agent/sessions', `${agent.session.id}.jsonl`);
    expect(logged(file)).toContain('assistant');
  });

  it('asks about every call, and says what it would do', async () => {
    const asked: ApprovalRequest[] = [];
    const shell = call('run_shell', { command: 'touch ran' });
    const { agent, root } = await create([call('list_files'), WRITE, shell, DONE], {
      approve: (each) => {
        asked.push(each);
        return { allowed: each.command === undefined, reason: 'commands are not for you' };
      },
    });
    const { events } = await askAgent(agent, 'Work.');
    expect(asked).toMatchObject([
      { name: 'list_files', risky: false, args: { path: '.' } },
      { name: 'write_file', risky: true, change: { path: 'new.txt', before: undefined } },
      { name: 'run_shell', risky: true, command: 'touch ran' },
    ]);
    expect(asked[1]?.change?.after.toString()).toBe('text\n');
    expect(fs.readdirSync(root)).toEqual(['.mini-coding-agent', 'new.txt']);
    const last = events.findLast((event) => event.type === 'tool_end');
    expect(last).toMatchObject({ ok: false, content: /commands are not for you/ });
  });

  it('runs the check that it is given, once approve has allowed it', async () => {
    const asked: ApprovalRequest[] = [];
    const approve = (asking: ApprovalRequest) => {
      asked.push(asking);
      return { allowed: true };
    };
    const { agent } = await create([WRITE, DONE, WRITE, DONE], {
      approve,
      check: 'grep x new.txt',
    });
    const { end, types } = await askAgent(agent, 'go');
    expect(end).toMatchObject({ text: 'Done.\n\nCheck passed.', check: { result: 'passed' } });
    expect(types.slice(-3)).toEqual(['check_start', 'check_end', 'final']);
    expect(asked.map(({ name, command, isOnce }) => [name, command, isOnce])).toEqual([
      ['write_file', undefined, undefined],
      ['check', 'grep x new.txt', true],
    ]);
  });

  it('hands on what a command, the check and a tool print while they run', async () => {
    const root = temporaryFolder();
    const shown: string[] = [];
    /** Each waits until what it has printed was seen. */
    const until = (name: string) => `echo ${name}; until [ -e ${name} ]; do sleep 0.05; done`;
    const onOutput = (text: string) => {
      shown.push(text);
      if (/^\w+$/.test(text)) fs.writeFileSync(path.join(root, text), '');
    };
    const told = clock({
      run: (_: unknown, { showOutput }: ToolContext) => (showOutput('tick tock'), 'noon'),
    });
    const calls = [call('run_shell', { command: until('ran') }), call('clock', { zone: 'UTC' })];
    const { agent } = await create([...calls, WRITE, DONE], {
      root,
      tools: [...defaultTools, told],
      approve: () => ({ allowed: true }),
      check: until('checked'),
      onOutput,
    });
    const { end } = await askAgent(agent, 'go');
    expect(end.text).toBe('Done.\n\nCheck passed.');
    expect([...new Set(shown)]).toEqual(['ran', 'tick tock', 'checked']);
  });

  it('asks about the calls of a delegate, too, and shows its events', async () => {
    const shown: AgentEvent[] = [];
    const asked: string[] = [];
    const { agent } = await create(
      [call('delegate', { task: 'look' }), call('list_files'), DONE, DONE],
      {
        onDelegate: (event) => void shown.push(event),
        approve: ({ name }) => ({ allowed: asked.push(name) > 0 }),
      },
    );
    await askAgent(agent, 'Delegate.');
    expect(asked).toEqual(['delegate', 'list_files']);
    expect(shown.at(-1)).toEqual({ type: 'final', reason: 'answer', text: 'Done.' });
  });

  it('gives the error of an approve that throws to the caller, and can be asked again', async () => {
    let isBroken = true;
    const { agent, root } = await create([WRITE, WRITE, DONE], {
      approve: () => {
        if (isBroken) throw new Error('the dialog is broken');
        return { allowed: true };
      },
    });
    await expect(askAgent(agent, 'Write.')).rejects.toThrow('the dialog is broken');
    expect(fs.existsSync(path.join(root, 'new.txt'))).toBe(false);
    isBroken = false;
    expect((await askAgent(agent, 'Again.')).end.text).toBe('Done.');
    expect(fs.existsSync(path.join(root, 'new.txt'))).toBe(true);
  });

  it('does not wait for an approve that never answers once it is interrupted', async () => {
    const abort = new AbortController();
    const { agent } = await create([WRITE], {
      approve: () => {
        abort.abort();
        return new Promise(() => undefined);
      },
    });
    expect((await askAgent(agent, 'Write.', abort.signal)).end.reason).toBe('interrupted');
  });

  it('resumes a session, with what was said in it', async () => {
    const first = await create([DONE]);
    await askAgent(first.agent, 'The first request.');
    first.agent.close();
    for (const session of ['latest', first.agent.session.id]) {
      const { agent, model } = await create([DONE], { root: first.root, session });
      await askAgent(agent, 'The next.');
      expect(JSON.stringify(model.requests)).toContain('The first request.');
      agent.close();
    }
    await expect(create([], { root: first.root, session: 'nonsense' })).rejects.toThrow(
      SessionError,
    );
  });

  it('keeps the limits that it is given', async () => {
    const { agent, model } = await create([call('list_files'), call('list_files')], {
      maxSteps: 1,
      maxNewTokens: 99,
      numCtx: 9_000,
    });
    expect((await askAgent(agent, 'Look.')).end.reason).toBe('step_limit');
    expect(model.requests[0]).toMatchObject({ numPredict: 99, numCtx: 9_000 });
  });

  it('asks at the limit whether the request may go on', async () => {
    const asked: number[] = [];
    const { agent } = await create([call('list_files'), call('list_files'), DONE], {
      maxSteps: 1,
      mayGoOn: (steps) => asked.push(steps) === 1,
    });
    const { end } = await askAgent(agent, 'Look.');
    expect(end.text).toBe('Done.\n\nStopped at the step limit (2). Nothing was edited or run.');
    expect(asked).toEqual([1, 2]);
  });

  it('does not wait for a mayGoOn that never answers once it is interrupted', async () => {
    const abort = new AbortController();
    const { agent } = await create([call('list_files')], {
      maxSteps: 1,
      mayGoOn: () => {
        abort.abort();
        return new Promise(() => undefined);
      },
    });
    expect((await askAgent(agent, 'Look.', abort.signal)).end.reason).toBe('interrupted');
  });

  it('hands the model what was said since the last result', async () => {
    const said = ['use tabs'];
    const { agent, model } = await create([call('list_files'), DONE], { heard: () => said.pop() });
    const { events } = await askAgent(agent, 'Look.');
    expect(events).toContainEqual({ type: 'heard', text: 'use tabs' });
    expect(model.requests[1]?.turns.at(-1)?.content).toContain('The user adds: use tabs');
  });

  it('makes twenty tool calls in a request where no limit is given', async () => {
    const looks = Array.from({ length: 20 }, (_, at) => call('read_file', { path: `${at}` }));
    const { agent, model } = await create([...looks, DONE]);
    expect((await askAgent(agent, 'Look.')).end.text).toContain('step limit (20)');
    expect(model.requests).toHaveLength(21);
  });

  it('lets the model think as it is told, with the tokens for it', async () => {
    const { agent, model } = await create([DONE], { think: 'low', thinkBudget: 100 });
    await askAgent(agent, 'Go.');
    expect(model.requests[0]).toMatchObject({ think: 'low', numPredict: 612 });
  });

  it('runs commands in the shell that the model is told of: the bash of its PATH, or sh', async () => {
    const command = call('run_shell', { command: 'echo "bash: $BASH_VERSION"' });
    const approve = () => ({ allowed: true });
    for (const [PATH, name, output] of [
      [process.env['PATH'], 'bash', /stdout:\nbash: \d/],
      [temporaryFolder(), 'sh', /stdout:\nbash: \n/],
    ] as const) {
      const { agent, model } = await create([command, DONE], { approve, env: { PATH } });
      const { events } = await askAgent(agent, 'Which?');
      expect(model.requests[0]?.turns[0]?.content).toContain(
        `Runs a command with ${name} in the repo root`,
      );
      expect(events.find(({ type }) => type === 'tool_end')).toMatchObject({ content: output });
    }
  });

  it('shows commands no secret of the environment', async () => {
    process.env['MCA_TEST_SECRET'] = 'hush';
    onTestFinished(() => void delete process.env['MCA_TEST_SECRET']);
    const command = 'printf "%s" "[$MCA_TEST_SECRET]"';
    const { agent } = await create([call('run_shell', { command }), DONE], {
      approve: () => ({ allowed: true }),
    });
    const { events } = await askAgent(agent, 'Print it.');
    const end = events.find((event) => event.type === 'tool_end');
    expect(end).toMatchObject({ ok: true, content: expect.stringContaining('[]') });
  });

  it('keeps what files held, as the program does', async () => {
    const { agent, root } = await create([WRITE, DONE], { approve: () => ({ allowed: true }) });
    await askAgent(agent, 'Write.');
    const folder = path.join(root, '.mini-coding-agent/sessions', `${agent.session.id}.files`);
    expect(fs.readdirSync(folder)).toHaveLength(1);
  });
});

describe('one request at a time', () => {
  it('a second one is refused while the first runs, and allowed after it', async () => {
    const { agent } = await create([DONE, DONE]);
    const first = agent.ask('one');
    await first.next();
    await expect(agent.ask('two').next()).rejects.toThrow('busy with another request');
    await first.return();
    expect((await askAgent(agent, 'two')).end.text).toBe('Done.');
  });

  it('two agents work side by side in one process, in one workspace', async () => {
    const root = temporaryRepository({ 'a.txt': 'a' });
    const agents = await Promise.all(
      [1, 2].map(() => create([call('list_files'), DONE], { root })),
    );
    const ends = await Promise.all(agents.map(({ agent }) => askAgent(agent, 'Look.')));
    expect(ends.map(({ end }) => end.text)).toEqual(['Done.', 'Done.']);
    expect(new Set(agents.map(({ agent }) => agent.session.id)).size).toBe(2);
  });

  it('a closed agent ends the request that runs, and takes no other', async () => {
    const { agent } = await create([call('list_files'), DONE]);
    const types: string[] = [];
    for await (const event of agent.ask('Look.')) {
      types.push(event.type);
      if (event.type === 'tool_end') agent.close();
      if (event.type === 'final') expect(event.reason).toBe('interrupted');
    }
    expect(types.slice(-2)).toEqual(['tool_end', 'final']);
    expect(logged(agent.session.path).at(-1)).toBe('assistant');
    await expect(agent.ask('More?').next()).rejects.toThrow('is closed');
  });
});

it.each([
  ['maxSteps', 0],
  ['maxSteps', Number.NaN],
  ['maxNewTokens', 1.5],
  ['thinkBudget', 0.5],
  ['numCtx', -5],
])('the limit %s is refused as %d', async (name, value) => {
  await expect(create([], { [name]: value })).rejects.toThrow(`${name} must be a whole number`);
});

it.each(['a.txt', 'none', 'a\0b'])(
  'the root %j, which is no folder, is refused with a code',
  async (name) => {
    const root = path.join(temporaryFolder({ 'a.txt': '' }), name);
    await expect(create([], { root })).rejects.toMatchObject({
      code: expect.stringMatching(/^(ENOTDIR|ENOENT|EINVAL)$/),
    });
  },
);

it('an agent that is closed twice takes the session from no other', async () => {
  const { agent: first, root } = await create([DONE]);
  await askAgent(first, 'One');
  first.close();
  const { id } = first.session;
  const { agent: second } = await create([DONE], { root, session: id });
  await askAgent(second, 'Two');
  first.close();
  await expect(create([DONE], { root, session: id })).rejects.toThrow(/in use|held/);
});

describe('tools of the user', () => {
  it.each([[undefined], [42], [{}]])(
    'that return %j are a bug, which names them',
    async (value) => {
      const tools = [clock({ run: () => Promise.resolve(value) })];
      const { agent } = await create([call('clock', { zone: 'UTC' })], { tools });
      await expect(askAgent(agent, 'When?')).rejects.toThrow('The tool clock must return text');
    },
  );

  it('are offered to the model and run', async () => {
    const tools = [...defaultTools, clock()];
    const { agent, model } = await create([call('clock', { zone: 'UTC' }), DONE], { tools });
    const { events } = await askAgent(agent, 'When?');
    expect(events).toContainEqual(expect.objectContaining({ type: 'tool_end', ok: true }));
    expect(model.requests[0]?.turns[0]?.content).toContain('- clock(zone: str) [safe]');
    expect(model.requests[1]?.turns.at(-1)?.content).toContain('noon in UTC');
  });

  it.each<[string, Tool, RegExp]>([
    ['has the name of another', clock({ name: 'read_file' }), /Two tools are named read_file/],
    ['has the name of the delegate', clock({ name: 'delegate' }), /No tool can be named delegate/],
    ['has the name of a tag', clock({ name: 'Final' }), /No tool can be named Final/],
    ['has a name that no reply can hold', clock({ name: 'my clock' }), /"my clock" must be/],
    ['has an example that is no call', clock({ example: 'clock()' }), /example .* clock must be/],
    [
      'has an example of another tool',
      clock({ example: call('watch', { zone: 'UTC' }) }),
      /calls something else/,
    ],
    [
      'has an example with wrong arguments',
      clock({ example: call('clock', {}) }),
      /zone is missing/,
    ],
    ['is no tool', Object.assign({}, { name: 'clock' }) as Tool, /made with defineTool/],
  ])('are refused at once where one %s', async (_, tool, message) => {
    const root = temporaryFolder();
    const tools = [...defaultTools, tool];
    await expect(create([], { root, tools })).rejects.toThrow(message);
    expect(fs.readdirSync(root)).toEqual([]);
  });
});
