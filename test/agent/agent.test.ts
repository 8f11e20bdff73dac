import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ModelError } from '../../src/model/model-error.ts';
import {
  askAgent as ask,
  conversation,
  logged,
  startAgent,
  startScripted as start,
  told,
} from '../support/agent.ts';
import { FaultyModel } from '../support/faulty-model.ts';
import { toolCall as call } from '../support/ollama-server.ts';
import { temporaryFolder } from '../support/workspace.ts';
import { readLog } from '../support/session.ts';

const LIST = call('list_files', {});

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
    expect(conversation(model)).toEqual([
      'user: What is in a.txt?',
      `assistant: ${replies[0]}`,
      'user: Result of read_file:\n# a.txt\n   1: hello',
    ]);
    expect(logged(session.path)).toEqual(['user', 'epoch', 'model', 'tool', 'model', 'assistant']);
  });

  it('runs one call a reply, which ends there', async () => {
    const write = call('write_file', { path: 'b', content: 'x' });
    const { agent, model, root } = await start([`${LIST}\n${write}`, 'done']);
    await ask(agent, 'go');
    expect(fs.existsSync(path.join(root, 'b'))).toBe(false);
    expect(conversation(model)).toEqual([
      'user: go',
      `assistant: ${LIST}`,
      'user: Result of list_files:\n(empty)',
    ]);
  });

  it('that fails with the model leaves the session usable, and records why', async () => {
    const { agent, model, session } = await start([LIST]);
    await expect(ask(agent, 'go')).rejects.toThrow(ModelError);
    expect(logged(session.path)).toEqual(['user', 'epoch', 'model', 'tool', 'failure']);
    expect(readLog(session.path).records.at(-1)).toMatchObject({
      kind: 'protocol',
      message: 'The script has no reply left.',
    });
    await expect(ask(agent, 'go on')).rejects.toThrow(ModelError);
    expect(told(model).at(-1)).toMatch(/^Result of list_files:\n[^]*\n\nRequest: go on$/);
  });

  it('whose reply broke off keeps what came of it, and the next prompt says so', async () => {
    const model = new FaultyModel([{ text: 'I will', fails: 'timeout' }, '<final>Done.</final>']);
    const { agent, session } = await startAgent(model);
    await expect(ask(agent, 'go')).rejects.toThrow(ModelError);
    expect(logged(session.path)).toEqual(['user', 'epoch', 'model', 'failure']);
    await ask(agent, 'go on');
    expect(
      model.requests
        .at(-1)
        ?.turns.slice(-2)
        .map(({ content }) => content),
    ).toEqual([
      'I will',
      'Your reply above was broken off: the connection to the model failed.\n\nRequest: go on',
    ]);
  });

  it('that was killed after a reply is followed by a notice of that', async () => {
    const { agent, model, session } = await start(['done']);
    session.record({ type: 'user', content: 'first' });
    const usage = { prompt_chars: 1 };
    session.record({ type: 'model', content: LIST, done_reason: 'stop', usage });
    await ask(agent, 'second');
    expect(told(model)[0]).toMatch(/^The program was stopped here.*\n\nRequest: second$/);
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
  it('stops the generation, and the session records it', async () => {
    const { agent, model, session } = await start(['one two three', 'done']);
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const event of agent.ask('go', stop.signal)) {
      if (event.type === 'model_delta') stop.abort();
      seen.push(event.type === 'final' ? event.reason : event.type);
    }
    expect(seen).toEqual(['model_start', 'model_delta', 'interrupted']);
    expect(session.state.entries.at(-1)).toMatchObject({ record: { reason: 'interrupted' } });
    expect(logged(session.path)).toEqual(['user', 'epoch', 'model', 'assistant']);

    expect((await ask(agent, 'go on')).end.reason).toBe('answer');
    expect(conversation(model)).toEqual([
      'user: go',
      'assistant: one ',
      'user: The user interrupted you here.\n\nRequest: go on',
    ]);
  });

  it('stops the running tool, and the session records it', async () => {
    const { end, events, session } = await interruptCommand(6);
    expect(end.reason).toBe('interrupted');
    const results = events.filter((event) => event.type === 'tool_end');
    expect(results).toMatchObject([{ ok: false, content: expect.stringMatching(/interrupted/) }]);
    expect(logged(session.path)).toEqual(['user', 'epoch', 'model', 'tool', 'assistant']);
    expect(session.state.entries.at(-1)).toMatchObject({ record: { reason: 'interrupted' } });
  });

  it('during the last allowed step counts as an interrupt, not as the step limit', async () => {
    expect((await interruptCommand(1)).end.reason).toBe('interrupted');
  });
});

describe('bad moments', () => {
  it('an interrupt while the workspace is read ends the request at once', async () => {
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
