/** The command line of `npm run bench:tasks`, the order of its tasks, and its results. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { tasks } from '../../bench/tasks/index.ts';
import { OptionError, readOptions } from '../../bench/tasks/options.ts';
import { inTurns } from '../../bench/tasks/order.ts';
import { lineOf, tableOfKinds, tableOfRuns } from '../../bench/tasks/report.ts';
import { keepResult, readResults, type Result } from '../../bench/tasks/results.ts';
import { Tally } from '../../bench/tasks/tally.ts';
import { KINDS } from '../../bench/tasks/task.ts';
import { chanceOf } from '../support/random.ts';
import { temporaryFolder } from '../support/workspace.ts';

const RESULT: Result = {
  task: 'edit-colour',
  kind: 'edit',
  model: 'small',
  who: 'all parts',
  solved: true,
  problems: [],
  end: 'answer',
  validCalls: 2,
  calls: 3,
  sent: 6_000,
  evaluated: 1_500,
  generated: 90,
  seconds: 1.5,
};
const FAILED: Result = {
  ...RESULT,
  task: 'find-page',
  kind: 'find',
  solved: false,
  problems: ['the answer has no x'],
  end: 'step_limit',
};

describe('the command line', () => {
  it.each([
    [[], 'Name the model: --model NAME.'],
    [
      ['--model', 'm', '--kind', 'paint'],
      '--kind is one of find, read, create, edit, fix, run, not paint.',
    ],
    [
      ['--model', 'm', '--without', 'luck'],
      '--without is one of examples, constrained, window, facts, not luck.',
    ],
    [
      ['--model', 'm', '--think', 'hard'],
      '--think is one of off, on, low, medium, high, not hard.',
    ],
    [['--model', 'm', '--original', 'package.json', '--think', 'on'], 'The original never thinks.'],
    [['--model', 'm', '--limit', '0'], '--limit takes a whole number from 1, not 0.'],
    [['--model', 'm', '--original', 'no/such.py'], 'There is no file no/such.py.'],
    [['--model', 'm', '--json', 'no/such.json'], 'There is no folder no for --json.'],
    [['--model', 'm', '--host', ':::'], '--host is a URL such as http://127.0.0.1:11434.'],
    [['--model', 'm', '--half', 'third'], '--half is first or second, not third.'],
    [
      ['--model', 'm', '--original', 'x.py', '--without', 'facts'],
      'The original has none of the parts that --without leaves out.',
    ],
  ])('%j is wrong, and it says why', (args, message) => {
    expect(() => readOptions(args, 6)).toThrow(new OptionError(message));
  });

  it('names an unknown flag', () => {
    expect(() => readOptions(['--model', 'm', '--wat'], 6)).toThrow(/--wat/);
  });
});

describe('the order of tasks', () => {
  it('follows from the seed, and begins with one of each kind', () => {
    const order = inTurns(tasks, chanceOf(3).below);
    expect(order).toEqual(inTurns(tasks, chanceOf(3).below));
    expect(order).not.toEqual(inTurns(tasks, chanceOf(4).below));
    expect(new Set(order)).toEqual(new Set(tasks));
    expect(order.slice(0, KINDS.length).map(({ kind }) => kind)).toEqual(KINDS);
  });
});

describe('results', () => {
  it('come back from their file as they were kept', () => {
    const file = path.join(temporaryFolder(), 'results.jsonl');
    expect(readResults(file)).toEqual([]);
    for (const result of [RESULT, FAILED]) keepResult(file, result);
    expect(readResults(file)).toEqual([RESULT, FAILED]);
    fs.appendFileSync(file, '{"task":\n');
    expect(() => readResults(file)).toThrow(`${file} has something else than results in line 3.`);
  });

  it('are told in a line each, with the reason of a failure', () => {
    expect(lineOf(RESULT)).toBe('solved  edit-colour (2 valid calls of 3 replies, 1.5 s)');
    expect(lineOf(FAILED)).toBe(
      'failed  find-page (2 valid calls of 3 replies, 1.5 s): the answer has no x; no answer: step_limit',
    );
  });

  it('become tables by kind and by run', () => {
    const other = { ...RESULT, who: 'the original' };
    expect(tableOfKinds([RESULT, FAILED])).toBe(
      [
        '| tasks | solved | valid calls | model calls |   sent | evaluated | generated | seconds |',
        '| ----- | -----: | ----------: | ----------: | -----: | --------: | --------: | ------: |',
        '| find  | 0 of 1 |           2 |           3 |  6,000 |     1,500 |        90 |       2 |',
        '| edit  | 1 of 1 |           2 |           3 |  6,000 |     1,500 |        90 |       2 |',
        '| all   | 1 of 2 |           4 |           6 | 12,000 |     3,000 |       180 |       3 |',
      ].join('\n'),
    );
    const rows = tableOfRuns([RESULT, other, FAILED]).split('\n').slice(2);
    expect(
      rows.map((row) =>
        row
          .split('|')
          .slice(1, 5)
          .map((cell) => cell.trim()),
      ),
    ).toEqual([
      ['small', 'all parts', '1 of 2', '0 of 1'],
      ['small', 'the original', '1 of 1', ''],
    ]);
  });
});

describe('the tally', () => {
  const line = (value: object) => JSON.stringify(value);

  it('takes what the server counts, and for a reply that was ended early what came', () => {
    const tally = new Tally();
    const first = tally.begin('a'.repeat(400));
    first(line({ response: 'b'.repeat(40), done: false }));
    first(line({ response: '', done: true, prompt_eval_count: 200, eval_count: 20 }));
    const second = tally.begin(`${'a'.repeat(400)}${'b'.repeat(40)}${'c'.repeat(60)}`);
    second(line({ message: { content: 'one' } }));
    second(line({ message: { content: 'two' } }));
    second(line({ message: { content: '', thinking: 'three' } }));
    second('');
    expect(tally.take()).toEqual({ calls: 2, sent: 450, evaluated: 230, generated: 23 });
    expect(tally.take()).toEqual({ calls: 0, sent: 0, evaluated: 0, generated: 0 });
  });

  it('takes what an OpenAI-compatible server has found in its cache', () => {
    const tally = new Tally();
    const note = tally.begin('a'.repeat(400));
    const data = (value: object) => note(`data: ${line(value)}`);
    data({ choices: [{ delta: { role: 'assistant', content: null } }] });
    data({ choices: [{ delta: { content: 'one' } }] });
    const prompt_tokens_details = { cached_tokens: 90 };
    data({
      choices: [],
      usage: { prompt_tokens: 100, completion_tokens: 2, prompt_tokens_details },
    });
    note('data: [DONE]');
    expect(tally.take()).toEqual({ calls: 1, sent: 100, evaluated: 10, generated: 2 });
  });
});
