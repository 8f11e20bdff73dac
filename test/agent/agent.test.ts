import { getEventListeners } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ContextWindow } from '../../src/context/window.ts';
import { ModelError, type Generation } from '../../src/model/model.ts';
import { ScriptedModel } from '../../src/model/scripted.ts';
import { readLog } from '../../src/session/log.ts';
import { askAgent as ask, startAgent, type Setting } from '../support/agent.ts';
import { promptHead, toolCall as call } from '../support/ollama-server.ts';
import { git, temporaryFolder, temporaryRepository } from '../support/workspace.ts';

const start = (replies: (string | Partial<Generation>)[], setting?: Setting) =>
  startAgent(new ScriptedModel(replies), setting);

const LIST = call('list_files', {});
const prompts = (model: ScriptedModel) => model.requests.map(({ prompt }) => prompt);
const tailOf = (prompt: string) => prompt.slice(promptHead(prompt).length);
const logged = (file: string) => readLog(file).records.map(({ type }) => type);

describe('a request', () => {
  it('runs a tool, gives its result to the model and ends with the answer', async () => {
    const root = temporaryFolder({ 'a.txt': 'hello\n' });
    const replies = [call('read_file', { path: 'a.txt' }), '<final>It greets.</final>'];
    const { agent, model, session } = await start(replies, { root });
    const { end, events, types } = await ask(agent, 'What is in a.txt?');

    expect(end).toEqual({ type: 'final', reason: 'answer', text: 'It greets.' });
    expect(types.filter((type) => type !== 'model_delta').join(' ')).toBe(
      'model_start model_end tool_start tool_end model_start model_end final',
    );
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'tool_end', ok: true, content: '# a.txt\n   1: hello' }),
    );
    expect(model.requests[1]?.prompt).toContain(
      'Transcript:\n[user] What is in a.txt?\n[tool:read_file] ' +
        '{"path":"a.txt","start":1,"end":200}\n# a.txt\n   1: hello\n',
    );
    expect(logged(session.path)).toEqual(['user', 'model', 'tool', 'model', 'assistant']);
  });

  it('runs one call a reply and tells the model that it ignored the rest', async () => {
    const write = call('write_file', { path: 'b', content: 'x' });
    const { agent, model, root } = await start([`${LIST}\n${write}`, 'done']);
    await ask(agent, 'go');
    expect(fs.existsSync(path.join(root, 'b'))).toBe(false);
    expect(model.requests[1]?.prompt).toMatch(/\(empty\)\n\(.*ignored/);
  });

  it('ends at the step limit and says so', async () => {
    const { agent, model, session } = await start([LIST, LIST, LIST], { maxSteps: 2 });
    const { end } = await ask(agent, 'go');
    expect(end).toMatchObject({ reason: 'step_limit', text: expect.stringMatching(/limit \(2\)/) });
    expect(model.requests).toHaveLength(2);
    expect(session.state.entries.at(-1)).toMatchObject({ record: { reason: 'step_limit' } });
  });

  it('that fails with the model leaves the session whole', async () => {
    const { agent, session } = await start([LIST]);
    await expect(ask(agent, 'go')).rejects.toThrow(ModelError);
    expect(logged(session.path)).toEqual(['user', 'model', 'tool']);
  });
});

describe('a reply that cannot be used', () => {
  it.each([
    ['empty', '', '[assistant] '],
    ['malformed', '<tool>{"name":', '[assistant] <tool>{"name":'],
    ['only a thought', '<think>hm</think>', '[assistant] <think>hm</think>'],
  ])('since it is %s stays in the transcript with a notice', async (_, reply, shown) => {
    const { agent, model, session } = await start([reply, 'done']);
    const { end, types } = await ask(agent, 'go');
    expect(end).toMatchObject({ reason: 'answer', text: 'done' });
    expect(types.filter((type) => type === 'malformed')).toHaveLength(1);
    expect(model.requests[1]?.prompt).toContain(`[user] go\n${shown}\n[notice] Not usable: `);
    expect(logged(session.path)).toEqual(['user', 'model', 'notice', 'model', 'assistant']);
  });

  it('is told with an example for the tool that was meant', async () => {
    const { agent, model } = await start(['<tool name="patch_file" path="a"><old_text>x', 'done']);
    await ask(agent, 'go');
    expect(model.requests[1]?.prompt).toMatch(/\[notice\] .*<old_text>[^\n]*<new_text>/);
  });

  it('does not spend a step', async () => {
    const { agent, model } = await start(['', LIST, '', '', 'done'], { maxSteps: 2 });
    expect((await ask(agent, 'go')).end.reason).toBe('answer');
    const left = prompts(model).map(tailOf);
    expect(left.map((tail) => tail.includes('2 more'))).toEqual([true, true, false, false, false]);
  });

  it.each([
    [1, 5],
    [2, 6],
    [3, 9],
    [6, 18],
  ])('with %i steps is tried again until there were %i', async (maxSteps, attempts) => {
    const { agent, model, session } = await start(Array(30).fill(''), { maxSteps });
    const { end } = await ask(agent, 'go');
    expect(end).toMatchObject({ reason: 'malformed', text: expect.stringMatching(/tool call/) });
    expect(model.requests).toHaveLength(attempts);
    expect(session.state.entries.at(-1)).toMatchObject({ record: { reason: 'malformed' } });
  });
});

describe('a reply that was cut off', () => {
  const write = call('write_file', { path: 'a', content: 'x' });
  const cut = { text: write, doneReason: 'length' };

  it('is never run, and the next has twice the room, up to the ceiling', async () => {
    const { agent, model, root } = await start([cut, cut, cut, cut, 'done', 'done']);
    await ask(agent, 'go');
    expect(fs.existsSync(path.join(root, 'a'))).toBe(false);
    await ask(agent, 'again');
    const rooms = model.requests.map(({ numPredict }) => numPredict);
    expect(rooms).toEqual([512, 1_024, 2_048, 4_096, 4_096, 512]);
    expect(new Set(model.requests.map(({ numCtx }) => numCtx)).size).toBe(1);
  });

  it('for want of more room twice ends the request, with what to do', async () => {
    const numPredict = { first: 100, most: 200 };
    const { agent, model } = await start([cut, cut, cut, 'done'], { numPredict });
    const { end } = await ask(agent, 'go');
    expect(end).toMatchObject({ reason: 'malformed', text: expect.stringMatching(/200 tokens/) });
    expect(end.text).toContain('--max-new-tokens');
    expect(model.requests).toHaveLength(3);
  });

  it('by a limit that the user set is answered with asking for less', async () => {
    const numPredict = { first: 100, most: 100 };
    const { agent, model, root } = await start([cut, write, 'done'], { numPredict });
    await ask(agent, 'go');
    expect(model.requests.map((request) => request.numPredict)).toEqual([100, 100, 100]);
    expect(model.requests[1]?.prompt).toMatch(/\[notice\] Not usable: .*cut.* less/);
    expect(fs.readFileSync(path.join(root, 'a'), 'utf8')).toBe('x'); // the same, not cut off
  });
});

describe('the same call', () => {
  it('is refused the third time in a row, and not in a later request', async () => {
    const replies = [LIST, LIST, LIST, 'done'];
    const { agent } = await start([...replies, ...replies]);
    for (const request of ['go', 'again']) {
      const { events } = await ask(agent, request);
      const results = events.filter((event) => event.type === 'tool_end');
      expect(results.map(({ ok }) => ok)).toEqual([true, true, false]);
      expect(results[2]?.content).toMatch(/^error: .*twice already/);
    }
  });
});

/** Asks for a command that would not end, and interrupts it once it runs. */
async function interruptCommand(maxSteps: number) {
  const command = 'touch running; tail -f /dev/null';
  const { agent, root, session } = await start([call('run_shell', { command }), 'done'], {
    maxSteps,
  });
  const stop = new AbortController();
  const watcher = fs.watch(root, (_, name) => name === 'running' && stop.abort());
  onTestFinished(() => watcher.close());
  return { session, ...(await ask(agent, 'go', stop.signal)) };
}

describe('an interrupt', () => {
  it('stops the generation, and the session says so', async () => {
    const { agent, model, session } = await start(['one two three', 'done']);
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const event of agent.ask('go', stop.signal)) {
      if (event.type === 'model_delta') stop.abort();
      seen.push(event.type === 'final' ? event.reason : event.type);
    }
    expect(seen).toEqual(['model_start', 'model_delta', 'interrupted']);
    expect(session.state.entries.at(-1)).toMatchObject({ record: { reason: 'interrupted' } });
    expect(logged(session.path)).toEqual(['user', 'assistant']);

    expect((await ask(agent, 'go on')).end.reason).toBe('answer');
    expect(model.requests[1]?.prompt).toContain(
      '[user] go\n[assistant] one\nInterrupted.\n[user] go on',
    );
  });

  it('ends the tool that runs, and the session says so', async () => {
    const { end, events, session } = await interruptCommand(6);
    expect(end.reason).toBe('interrupted');
    const results = events.filter((event) => event.type === 'tool_end');
    expect(results).toMatchObject([{ ok: false, content: expect.stringMatching(/interrupted/) }]);
    expect(logged(session.path)).toEqual(['user', 'model', 'tool', 'assistant']);
    expect(session.state.entries.at(-1)).toMatchObject({ record: { reason: 'interrupted' } });
  });

  it('of the last tool that may run is an interrupt and no step limit', async () => {
    expect((await interruptCommand(1)).end.reason).toBe('interrupted');
  });
});

describe('within an epoch', () => {
  it('each prompt without its tail is the beginning of the next one', async () => {
    const root = temporaryRepository({ 'a.txt': 'one\n' });
    const replies = [
      call('read_file', { path: 'a.txt' }),
      '',
      '<tool>{',
      'done',
      call('write_file', { path: 'b.txt', content: 'two\n' }),
      LIST,
      LIST,
      LIST,
      'done',
      call('patch_file', { path: 'a.txt', old_text: 'one', new_text: '1' }),
      'done',
    ];
    const { agent, model } = await start(replies, { root });
    for (const request of ['read', 'write', 'patch']) await ask(agent, request);

    const sent = prompts(model);
    expect(sent).toHaveLength(replies.length);
    for (const [at, prompt] of sent.slice(1).entries()) {
      const before = sent[at] ?? '';
      expect(tailOf(before).length).toBeLessThan(1_200);
      expect(prompt.startsWith(promptHead(before))).toBe(true);
    }
  });

  it('what changed in the workspace is told before the next request', async () => {
    const root = temporaryRepository({ 'README.md': 'old words' });
    const { agent, model } = await start(['done', 'done', 'done'], { root });
    await ask(agent, 'first');
    await ask(agent, 'second');
    git(root, 'switch', '-q', '-c', 'topic');
    fs.writeFileSync(path.join(root, 'README.md'), 'new words');
    await ask(agent, 'third');

    const [first = '', second = '', third = ''] = prompts(model);
    expect(first).toMatch(/- branch: main[^]*old words/);
    expect(second).not.toContain('[workspace]');
    expect(third).toMatch(
      /\[workspace\] [^[]*- branch: topic[^[]*- status: +M README.md[^[]*new words[^[]*\[user\] third/,
    );
    expect(third).toContain('- branch: main');
  });

  it('a reset begins anew, with the workspace as it is', async () => {
    const root = temporaryRepository();
    const { agent, model } = await start(['done', 'done'], { root });
    await ask(agent, 'alpha');
    git(root, 'switch', '-q', '-c', 'topic');
    agent.reset();
    await ask(agent, 'second');
    const [, second = ''] = prompts(model);
    expect(second).toMatch(/- branch: topic[^]*- task: -\n[^]*\[user\] second\n/);
    expect(second).not.toMatch(/alpha|\[workspace\]|- branch: main/);
  });
});

describe('a full window', () => {
  it('loses the oldest and keeps the newest and the request, also after a resume', async () => {
    const names = [...'abcdefgh'];
    const files = names.map((name) => [`${name}.txt`, `${name}${name}\n`.repeat(200)]);
    const reads = names.map((name) => call('read_file', { path: `${name}.txt` }));
    const root = temporaryFolder(Object.fromEntries(files));
    const setting = { root, numCtx: 6_144, maxSteps: 10 };
    const { agent, model, session, store } = await start([...reads, 'done'], setting);
    const { end, types } = await ask(agent, 'Read all of them.');
    expect(end.reason).toBe('answer');
    expect(types).toContain('compacted');

    const window = new ContextWindow(6_144, undefined);
    for (const [step, prompt] of prompts(model).slice(1).entries()) {
      const name = names[step] ?? '';
      expect(window.estimate(prompt)).toBeLessThanOrEqual(window.room(512));
      expect(tailOf(prompt)).toContain('Read all of them.');
      expect(prompt).toContain('[user] Read all of them.\n');
      expect(prompt).toMatch(new RegExp(`\\] \\{"path":"${name}.txt"[^[]*${name}${name}\\n[^[]*$`));
    }
    session.close();
    const resumed = store.resume(session.id);
    resumed.close();
    expect(resumed.state).toEqual(session.state);
  });
});

const delegate = (args: object) => call('delegate', { task: 'look around', ...args });
const listed = (prompt: string) => [...prompt.matchAll(/^- (\w+)\(/gm)].map(([, name]) => name);

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

    const [parents = '', , childs = ''] = prompts(model);
    expect(listed(childs)).toEqual(['list_files', 'read_file', 'search']);
    expect(listed(parents)).toEqual(
      expect.arrayContaining(['run_shell', 'write_file', 'delegate']),
    );
    expect(childs).toMatch(/may only read/);
    expect(childs).toContain('Current user request:\nlook around\n');
    expect(childs).toMatch(/ {2}- your parent works on: \[user\] go \| \[tool:list_files\] /);

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
    const { agent, session, store } = await start([delegate({}), LIST, 'Nothing.', 'done']);
    await ask(agent, 'go');
    const folder = path.dirname(session.path);
    const logs = fs.readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
    const [own = ''] = logs.filter((name) => name !== path.basename(session.path));
    expect(logs).toHaveLength(2);
    const file = path.join(folder, own);
    expect(readLog(file).header).toMatchObject({ parent: session.id });
    expect(logged(file)).toEqual(['note', 'user', 'model', 'tool', 'model', 'assistant']);
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
      ...Array<string>(steps).fill(LIST),
      'done',
    ]);
    const { events, end } = await ask(agent, 'go');
    expect(end.text).toBe('done');
    expect(model.requests).toHaveLength(steps + 2);
    expect(children.filter((event) => event.type === 'model_start')).toHaveLength(steps);
    const results = events.filter((event) => event.type === 'tool_end');
    expect(results).toMatchObject([{ ok: false, content: expect.stringMatching(/^error: /) }]);
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

describe('what happens at a bad moment', () => {
  it('an interrupt while the workspace is looked at ends the request at once', async () => {
    const stop = new AbortController();
    const { agent, model } = await start(['done'], {
      look: () => {
        stop.abort();
        return new Promise(() => undefined);
      },
    });
    expect((await ask(agent, 'go', stop.signal)).end.reason).toBe('interrupted');
    expect(model.requests).toHaveLength(0);
  });

  it.each([
    ['compactions', { type: 'compaction', whole: 0, dropped: 3 } as const],
    ['a reset', { type: 'reset' } as const],
  ])('an edit of the user is not overwritten after %s and a resume', async (_what, record) => {
    const root = temporaryFolder({ 'a.txt': 'mine' });
    const read = call('read_file', { path: 'a.txt' });
    const first = await start([read, 'done', 'done'], { root });
    await ask(first.agent, 'Read it.');
    first.session.record(record);
    first.session.close();
    fs.writeFileSync(path.join(root, 'a.txt'), 'edited since');
    const resumed = first.store.resume(first.session.id);
    const write = call('write_file', { path: 'a.txt', content: 'overwritten' });
    const { agent } = await start([write, 'done'], { root, session: resumed });
    await ask(agent, 'Write it.');
    expect(fs.readFileSync(path.join(root, 'a.txt'), 'utf8')).toBe('edited since');
  });
});
