import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import {
  askAgent as ask,
  logged,
  prompts,
  startScripted as start,
  told,
  type Setting,
} from '../support/agent.ts';
import { toolCall as call } from '../support/ollama-server.ts';

const read = (name: string) => call('read_file', { path: name });
const RESULT = /^Result of read_file:\nerror: [^\n]*(?:\nexample: [^\n]*)?/;

/** A person who says one of these after each result. */
const saying = (...lines: (string | undefined)[]): Setting => ({
  person: { heard: () => lines.shift() },
});

it('what a person adds to a request reaches the model with the next result', async () => {
  const setting = saying(' use tabs\n', undefined, 'and be brief');
  const { agent, model, session } = await start(
    [read('a'), read('b'), read('c'), 'Done.'],
    setting,
  );
  const { events, types } = await ask(agent, 'Indent it.');
  const turns = told(model)
    .slice(1)
    .map((turn) => turn.replace(RESULT, 'R'));
  expect(turns).toEqual(['R\n\nThe user adds: use tabs', 'R', 'R\n\nThe user adds: and be brief']);
  expect(events.filter(({ type }) => type === 'heard')).toEqual([
    { type: 'heard', text: ' use tabs\n' },
    { type: 'heard', text: 'and be brief' },
  ]);
  expect(types.indexOf('heard')).toBe(types.indexOf('tool_end') + 1);
  expect(logged(session.path).slice(0, 6).join(' ')).toBe('user epoch model tool heard model');
});

it('the prompt only grows, and a resumed session sends the same', async () => {
  const { agent, model, session, store, root } = await start(
    [read('a'), read('b'), 'Done.'],
    saying('use tabs'),
  );
  await ask(agent, 'Indent it.');
  const sent = prompts(model);
  for (const [at, turns] of sent.slice(1).entries()) {
    expect(turns.slice(0, sent[at]?.length)).toEqual(sent[at]);
  }
  session.close();
  const resumed = await start(['Yes.'], { root, session: store.resume(session.id) });
  await ask(resumed.agent, 'Is it done?');
  expect(prompts(resumed.model)[0]?.slice(0, sent.at(-1)?.length)).toEqual(sent.at(-1));
});

it('it is part of the request: an undo takes back all edits, a delegate is told of the request', async () => {
  const write = (name: string) => call('write_file', { path: name, content: name });
  const { agent, root, session } = await start(
    [write('a'), write('b'), 'Done.'],
    saying('and b, too'),
  );
  await ask(agent, 'Write a.');
  expect(fs.existsSync(path.join(root, 'b'))).toBe(true);
  expect(session.state.history.current.request).toBe('Write a.');
  expect(session.state.memory.task).toBe('Write a.');
  expect([...session.state.work.edited]).toEqual(['a', 'b']);
});

it('nobody is listened to after an interrupt, nor where no call is left', async () => {
  let heard = 0;
  const person = { heard: () => String(heard++) };
  const limited = await start([read('a'), '{"final":"Done."}'], { maxSteps: 1, person });
  await ask(limited.agent, 'go');
  const stop = new AbortController();
  const { agent } = await start([read('a')], { person });
  for await (const { type } of agent.ask('go', stop.signal)) {
    if (type === 'tool_end') stop.abort();
  }
  expect(heard).toBe(0);
});

it('a delegate hears nothing: its parent is told when it is back', async () => {
  const lines = ['use tabs'];
  const task = call('delegate', { task: 'look' });
  const script = [task, read('a'), 'Seen.', 'Done.'];
  const { agent, model, children } = await start(script, { person: { heard: () => lines.pop() } });
  await ask(agent, 'go');
  expect(children.map(({ type }) => type)).not.toContain('heard');
  expect(told(model).at(-1)).toMatch(/^Result of delegate:\n[^]*\n\nThe user adds: use tabs$/);
});
