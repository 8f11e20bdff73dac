import { getEventListeners } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Generation, Turn } from '../../src/model/model.ts';
import { ScriptedModel } from '../../src/model/scripted.ts';
import { briefFrom } from '../../src/delegation/delegate.ts';
import { askAgent as ask, logged, prompts, startAgent, type Setting } from '../support/agent.ts';
import { callsIn } from '../support/journal.ts';
import { toolCall as call } from '../support/ollama-server.ts';
import { temporaryFolder } from '../support/workspace.ts';
import { readLog } from '../support/session.ts';

const start = (replies: (string | Partial<Generation>)[], setting?: Setting) =>
  startAgent(new ScriptedModel(replies), setting);

const LIST = call('list_files', {});

const delegate = (args: object) => call('delegate', { task: 'look around', ...args });
const listed = (prompt: readonly Turn[]) =>
  [...(prompt[0]?.content ?? '').matchAll(/^- (\w+)\(/gm)].map(([, name]) => name);

it('a brief has the request and a line of each of the newest four turns before the call', () => {
  const contents = ['fix it', 'one', 'two', 'three\n3', 'four', 'five', 'the call'];
  const turns = contents.map((content) => ({ role: 'user' as const, content }));
  expect(briefFrom('fix it', turns)).toBe('it works on: fix it | two | three 3 | four | five');
  expect(briefFrom('fix it', turns.slice(0, 3))).toBe('it works on: fix it | one');
  expect(briefFrom('fix it', turns.slice(-1))).toBe('it works on: fix it');
});

describe('a delegate', () => {
  it('reads, is told so, and answers in words', async () => {
    const root = temporaryFolder({ 'a.txt': 'hello\n' });
    const write = call('write_file', { path: 'b.txt', content: 'x' });
    const shell = call('run_shell', { command: 'touch c.txt' });
    const replies = [
      LIST,
      delegate({ max_steps: 5 }),
      call('read_file', { path: 'a.txt' }),
      write,
      shell,
      delegate({}),
      'It greets.',
      write,
      'done',
    ];
    const { agent, model, children, session } = await start(replies, { root, maxSteps: 3 });
    await ask(agent, 'go');

    const [parents = [], , childs = []] = prompts(model);
    expect(listed(childs)).toEqual(['list_files', 'read_file', 'search']);
    expect(listed(parents)).toEqual(
      expect.arrayContaining(['run_shell', 'write_file', 'delegate']),
    );
    expect(childs[0]?.content).toMatch(/can only read/);
    expect(childs.at(-1)?.content).toBe(
      `From the agent that you help: it works on: go | ${LIST} | Result of list_files: [F] a.txt\n\n` +
        'Request: look around',
    );

    const results = children.filter((event) => event.type === 'tool_end');
    expect(results.map(({ ok }) => ok)).toEqual([true, false, false, false]);
    expect(fs.readdirSync(root)).not.toContain('c.txt');
    expect(fs.readdirSync(root)).toContain('b.txt'); // the parent may write
    expect(session.state.entries).toContainEqual(
      expect.objectContaining({
        record: expect.objectContaining({ content: 'delegate_result:\nIt greets.' }),
      }),
    );
  });

  it('has a session of its own that names its parent and is never the latest', async () => {
    const replies = [delegate({}), LIST, 'Nothing.', 'done'];
    const { agent, model, session, store } = await start(replies);
    await ask(agent, 'go');
    const folder = path.dirname(session.path);
    const logs = fs.readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
    const [own = ''] = logs.filter((name) => name !== path.basename(session.path));
    expect(logs).toHaveLength(2);
    const file = path.join(folder, own);
    expect(readLog(file).header).toMatchObject({ parent: session.id });
    expect(logged(file)).toEqual(['note', 'user', 'epoch', 'model', 'tool', 'model', 'assistant']);
    const calls = readLog(session.path).records.filter(({ type }) => type === 'tool');
    expect(calls).toMatchObject([{ name: 'delegate', child: path.basename(own, '.jsonl') }]);
    // What each was asked follows from its own log.
    const [first, ...more] = prompts(model);
    expect(callsIn(readLog(file).records).map(({ turns }) => turns)).toEqual(more.slice(0, 2));
    expect(callsIn(readLog(session.path).records).map(({ turns }) => turns)).toEqual([
      first,
      more[2],
    ]);
    fs.utimesSync(file, 4_000_000_000, 4_000_000_000);
    expect(store.latest()).toBe(session.id);
  });

  it.each([
    [{ max_steps: 10 }, 10],
    [{ max_steps: 1 }, 1],
    [{}, 3],
    [{ max_steps: 11 }, 10],
    [{ max_steps: 1_000_000 }, 10],
    [{ max_steps: 0 }, 1],
    [{ max_steps: '-2' }, 1],
    [{ max_steps: 'many' }, 0],
    [{ max_steps: 2.5 }, 0],
  ])('asked for with %j makes %i steps and no more', async (args, steps) => {
    const { agent, model, children } = await start([
      delegate(args),
      ...Array.from({ length: steps }, (_, at) => call('list_files', { path: `folder-${at}` })),
      ...(steps > 0 ? ['<final>What I saw.</final>'] : []),
      'done',
    ]);
    const { events, end } = await ask(agent, 'go');
    expect(end.text).toBe('done');
    expect(children.filter((event) => event.type === 'tool_end')).toHaveLength(steps);
    expect(model.requests.filter(({ format }) => format !== undefined)).toHaveLength(1);
    const results = events.filter((event) => event.type === 'tool_end');
    const content = steps > 0 ? `What I saw.\n\nStopped at the step limit (${steps}).` : 'error: ';
    expect(results).toMatchObject([{ content: expect.stringContaining(content) }]);
  });

  it('leaves nothing behind on the signal of its parent', async () => {
    const { signal } = new AbortController();
    const { agent } = await start([delegate({}), 'One.', delegate({}), 'Two.', 'done']);
    await ask(agent, 'go', signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('is stopped by an interrupt of its parent', async () => {
    const stop = new AbortController();
    const { agent, session } = await start([delegate({}), 'one two three'], {
      showChild: ({ type }) => {
        if (type === 'model_delta') stop.abort();
      },
    });
    expect((await ask(agent, 'go', stop.signal)).end.reason).toBe('interrupted');
    const folder = path.dirname(session.path);
    for (const name of fs.readdirSync(folder).filter((file) => file.endsWith('.jsonl'))) {
      const { records } = readLog(path.join(folder, name));
      expect(records.at(-1)).toMatchObject({ type: 'assistant', reason: 'interrupted' });
    }
  });
});
