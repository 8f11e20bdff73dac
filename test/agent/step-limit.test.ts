import { describe, expect, it } from 'vitest';
import {
  askAgent as ask,
  conversation,
  prompts,
  startScripted as start,
  told,
  type Setting,
} from '../support/agent.ts';
import { toolCall as call } from '../support/ollama-server.ts';
import { Approvals } from '../../src/tools/approval.ts';

const LIST = call('list_files', {});
const WRITE = call('write_file', { path: 'src/a.txt', content: 'a' });
const RUN = call('run_shell', { command: 'echo  one; exit 3' });
const ANSWER = '{"final":"It is half done."}';

/** Calls that differ, so that none is a repeat. */
const reads = (count: number) =>
  Array.from({ length: count }, (_, at) => call('read_file', { path: `${at}.txt` }));

describe('the model', () => {
  it('is told once when one call is left', async () => {
    const { agent, model } = await start([LIST, LIST, 'x y z'], { maxSteps: 3 });
    await ask(agent, 'go');
    expect(told(model).map((turn) => /only one tool call is left/i.test(turn))).toEqual([
      false,
      false,
      true,
    ]);
    const only = await start(['done'], { maxSteps: 1 });
    await ask(only.agent, 'go');
    expect(told(only.model)).toEqual([expect.stringMatching(/^Request: go\n\nOnly one/)]);
  });

  it('is held to an answer when no call is left, and sees the last result first', async () => {
    const { agent, model } = await start([LIST, LIST, ANSWER], { maxSteps: 2 });
    await ask(agent, 'go');
    const final = { type: 'object', required: ['final'], additionalProperties: false };
    expect(model.requests.map(({ format }) => format)).toEqual([
      undefined,
      undefined,
      { anyOf: [{ ...final, properties: { final: { type: 'string' } } }] },
    ]);
    expect(told(model).at(-1)).toBe(
      'Result of list_files:\n(empty)\n\nNo tool call is left: answer with what you know now. ' +
        'Reply with JSON alone: {"final":"your answer"}.',
    );
  });

  it('has as many tries for this answer as for any, and is offered no call meanwhile', async () => {
    const { agent, model } = await start([LIST, '', ANSWER], { maxSteps: 1 });
    expect((await ask(agent, 'go')).end).toMatchObject({ reason: 'answer' });
    expect(told(model)[2]).toMatch(/^Not usable: .* Reply with JSON alone: \{"final":[^{}]*\}\.$/);
    expect(model.requests[2]?.format).toEqual(model.requests[1]?.format);
  });

  it('is not held to an answer in the next request', async () => {
    const { agent, model } = await start([LIST, ANSWER, '', 'Done.'], { maxSteps: 1 });
    await ask(agent, 'go');
    await ask(agent, 'go on');
    const formats = model.requests.map(({ format }) => JSON.stringify(format ?? ''));
    expect(formats.map((format) => format.includes('read_file'))).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect(told(model).at(-1)).toContain('one tool call, such as');
  });
});

describe('at the step limit the person is told', () => {
  it.each<[string, string[], string]>([
    ['nothing', [LIST, LIST, LIST], 'Nothing was edited or run.'],
    [
      'files and commands, each once',
      [WRITE, RUN, WRITE],
      'Edited: `src/a.txt`. Ran: `echo one; exit 3`.',
    ],
    [
      'only what was done',
      [call('patch_file', { path: 'no', old_text: 'a', new_text: 'b' }), LIST, RUN],
      'Ran: `echo one; exit 3`.',
    ],
    [
      'marks of code',
      [call('run_shell', { command: 'echo `pwd` **b**' }), LIST, LIST],
      'Ran: ``` echo `pwd` **b** ```.',
    ],
  ])('by the program what was done: %s', async (_, calls, work) => {
    const { agent, session } = await start([...calls, ANSWER], { maxSteps: 3 });
    const { end } = await ask(agent, 'go');
    const text = `It is half done.\n\nStopped at the step limit (3). ${work}`;
    expect(end).toEqual({ type: 'final', reason: 'answer', text });
    expect(session.state.entries.at(-1)).toMatchObject({ record: { content: text } });
  });

  it('where the model still makes a call: it does not run, and there is no answer', async () => {
    const { agent, model } = await start([WRITE, LIST, RUN], { maxSteps: 2 });
    const { end, events } = await ask(agent, 'go');
    expect(end.reason).toBe('step_limit');
    expect(end.text).toMatch(
      /^Stopped at the step limit \(2\).*--max-steps\)\. Edited: `src\/a\.txt`\.$/,
    );
    expect(events.filter(({ type }) => type === 'tool_end')).toHaveLength(2);
    expect(model.requests).toHaveLength(3);
  });

  it('of commands that were refused nothing: they did not run', async () => {
    const { agent } = await start([RUN, ANSWER], {
      maxSteps: 1,
      approvals: new Approvals('never'),
    });
    expect((await ask(agent, 'go')).end.text).toMatch(/Nothing was edited or run\.$/);
  });

  it('of the last request alone, and of a compaction nothing is lost', async () => {
    const { agent, session } = await start([WRITE, 'Done.', RUN, ...reads(2), ANSWER], {
      maxSteps: 3,
    });
    await ask(agent, 'write');
    const showing = agent.ask('run');
    for await (const { type } of showing) {
      if (type === 'tool_end') session.record({ type: 'compaction', whole: 0, dropped: 99 });
    }
    expect(session.state.entries.at(-1)?.record.content).toMatch(
      /\(3\)\. Ran: `echo one; exit 3`\.$/,
    );
  });

  it('no list that never ends', async () => {
    const writes = Array.from({ length: 20 }, (_, at) =>
      call('write_file', { path: `${'long'.repeat(40)}-${at}/${'x'.repeat(50)}`, content: '' }),
    );
    const { agent } = await start([...writes, ANSWER], { maxSteps: 20 });
    const { end } = await ask(agent, 'go');
    expect(end.text).toMatch(/…` and 12 more\.$/);
    expect(end.text.length).toBeLessThan(1_000);
  });

  it('and after six replies in a row that led to nothing, too', async () => {
    const { agent } = await start([WRITE, '', '', '', '', '', '']);
    expect((await ask(agent, 'go')).end.text).toMatch(
      /run \(the last: the reply was empty\)\. .* larger model\. Edited: `src\/a\.txt`\.$/,
    );
  });
});

it('six calls in a row that led to nothing end a request without more words about the last', async () => {
  const { agent } = await start(
    Array.from({ length: 6 }, (_, at) => `<tool>{"name":"nothing_${at}","args":{}}</tool>`),
  );
  expect((await ask(agent, 'go')).end.text).toContain('a new tool call that could run. Rephrase');
});

describe('a person who can be asked', () => {
  const asking = (answers: boolean[], asked: number[] = []): Setting => ({
    maxSteps: 2,
    person: {
      mayGoOn: (steps) => {
        asked.push(steps);
        return Promise.resolve(answers.shift() ?? false);
      },
    },
  });

  it('lets the request go on, for as many calls again, as often as they like', async () => {
    const asked: number[] = [];
    const script = [...reads(6), ANSWER];
    const { agent, model } = await start(script, asking([true, true, false], asked));
    const { end } = await ask(agent, 'go');
    expect(asked).toEqual([2, 4, 6]);
    expect(end.text).toContain('Stopped at the step limit (6).');
    expect(told(model)[2]).toMatch(/\n\nThe user lets you go on: tool calls left: 2\.$/);
  });

  it('with a prompt that only grows', async () => {
    const { agent, model } = await start([...reads(3), 'Done.'], asking([true]));
    expect((await ask(agent, 'go')).end).toMatchObject({ reason: 'answer', text: 'Done.' });
    const all = prompts(model).map((turns) => turns.map(({ content }) => content));
    for (const [at, turns] of all.slice(1).entries()) {
      expect(turns.slice(0, all[at]?.length)).toEqual(all[at]);
    }
    expect(model.requests.every(({ format }) => format === undefined)).toBe(true);
  });

  it('is not asked where the model answers, nor after an interrupt', async () => {
    const asked: number[] = [];
    const answered = await start([LIST, 'Done.'], asking([], asked));
    await ask(answered.agent, 'go');
    const stop = new AbortController();
    const { agent } = await start(reads(2), asking([], asked));
    const ends: string[] = [];
    let calls = 0;
    for await (const event of agent.ask('go', stop.signal)) {
      if (event.type === 'tool_start' && ++calls === 2) stop.abort();
      if (event.type === 'final') ends.push(event.reason);
    }
    expect([asked, ends]).toEqual([[], ['interrupted']]);
  });

  it('who interrupts at the question ends the request', async () => {
    const stop = new AbortController();
    const { agent, model } = await start([LIST], {
      maxSteps: 1,
      person: {
        mayGoOn: () => {
          stop.abort();
          return Promise.resolve(true);
        },
      },
    });
    expect((await ask(agent, 'go', stop.signal)).end.reason).toBe('interrupted');
    expect(conversation(model)).toEqual([
      'user: Request: go\n\nOnly one tool call is left; answer now if you can.',
    ]);
  });

  it('is not asked about a delegate, which answers at its own limit', async () => {
    const asked: number[] = [];
    const task = call('delegate', { task: 'look', max_steps: 1 });
    const script = [task, LIST, ANSWER, 'Done.'];
    const { agent, model } = await start(script, asking([], asked));
    expect((await ask(agent, 'go')).end.text).toBe('Done.');
    expect(asked).toEqual([]);
    expect(told(model).at(-1)).toBe(
      'Result of delegate:\ndelegate_result:\nIt is half done.\n\nStopped at the step limit (1).' +
        '\n\nOnly one tool call is left; answer now if you can.',
    );
  });
});
