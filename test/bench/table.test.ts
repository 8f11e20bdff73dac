/** The tables of `npm run bench`: what they say, the pages that show them, and the session behind them. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { blocksIn, withBlocks } from '../../bench/pages.ts';
import { keepRun, readRuns, tableOfRuns, type Run } from '../../bench/runs.ts';
import { filesAfter, filesAtStart, kindOf } from '../../bench/script.ts';
import { comparison } from '../../bench/table.ts';
import { temporaryFolder } from '../support/workspace.ts';

/** The cells of each row. */
const cellsOf = (table: string) =>
  table.split('\n').map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );

const run = (ours: number[], theirs?: number[]): Run => ({
  day: '2026-11-05',
  machine: '2 cores (Some CPU)',
  times: ours.length,
  programs: [
    { runtime: 'Node.js 20.19.0', samples: { 'a step, ms': ours } },
    ...(theirs ? [{ runtime: 'Python 3.11.7', samples: { 'a step, ms': theirs } }] : []),
  ],
});

describe('the table of both programs', () => {
  it('has the medians, where half of all lie, their ratio, and the better one in bold', () => {
    const table = comparison(
      { slow: [9, 1, 3, 4, 2], quick: [10], unknown: [] },
      { slow: [1, 1, 1], quick: [40, 20, 30], unknown: [5] },
    );
    expect(cellsOf(table)).toEqual([
      ['', 'this program', 'the original', 'ratio'],
      [expect.stringMatching(/^-+$/), ...Array(3).fill(expect.stringMatching(/^-+:$/))],
      ['slow', '3 (2–4)', '**1**', '3.00'],
      ['quick', '**10**', '30 (25–35)', '0.33'],
      ['unknown', '–', '5', '–'],
    ]);
    expect(new Set(table.split('\n').map(({ length }) => length)).size).toBe(1);
  });

  it('has one column where the original was not measured', () => {
    expect(cellsOf(comparison({ slow: [1, 2, 3] }, undefined)).at(-1)).toEqual([
      'slow',
      '2 (1.5–2.5)',
    ]);
  });

  it('is of all runs that a file holds, and says which', () => {
    const file = path.join(temporaryFolder(), 'runs.jsonl');
    expect(readRuns(file)).toEqual([]);
    const runs = [run([1, 2], [8]), run([3], [8])];
    for (const each of runs) keepRun(file, each);
    expect(readRuns(file)).toEqual(runs);
    const table = tableOfRuns(readRuns(file));
    expect(cellsOf(table)[2]).toEqual(['a step, ms', '**2** (1.5–2.5)', '8', '0.25']);
    expect(table).toMatch(
      /^Medians of 3, .*, in 2 runs of 2026-11-05: Node\.js 20\.19\.0, Python 3\.11\.7, 2 cores \(Some CPU\)\.$/m,
    );
  });
});

describe('the pages', () => {
  it('get the blocks that were measured; all else stays', () => {
    const block = (name: string, text: string) =>
      `<!-- bench: ${name} -->\n\n${text}\n\n<!-- end of bench -->\n`;
    const page = `Before.\n\n${block('programs', 'old $&')}\nBetween.\n\n${block('engine', 'kept')}`;
    const written = withBlocks(
      page,
      new Map([
        ['programs', 'new $&'],
        ['other', 'nowhere'],
      ]),
    );
    expect(written).toBe(page.replace('old', 'new'));
    expect([...blocksIn(written)]).toEqual([
      ['programs', 'new $&'],
      ['engine', 'kept'],
    ]);
  });
});

describe('the session', () => {
  it('has ten reads, five edits and five others in twenty steps, and each edit changes a file', () => {
    const kinds = Array.from({ length: 20 }, (_, step) => kindOf(step));
    const count = (...some: string[]) => kinds.filter((kind) => some.includes(kind)).length;
    expect([count('read'), count('patch', 'write'), count('search', 'list', 'shell')]).toEqual([
      10, 5, 5,
    ]);
    const written = (steps: number) => Object.values(filesAfter(steps)).join('');
    expect(filesAfter(0)).toEqual(filesAtStart());
    // Names that were changed are changed again from step 120 on.
    for (const step of kinds.flatMap((_, at) => [at, 120 + at])) {
      const isEdit = ['patch', 'write'].includes(kindOf(step));
      expect(written(step + 1) !== written(step), `step ${step}`).toBe(isEdit);
    }
  });
});
