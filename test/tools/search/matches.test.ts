import { expect, it } from 'vitest';
import { Matches } from '../../../src/tools/search/matches.ts';

/** Matches in files, as many in each as the counts say. */
function matchesIn(files: Record<string, number>): Matches {
  const matches = new Matches();
  for (const [file, count] of Object.entries(files)) {
    for (let line = 1; line <= count; line++) matches.add(file, line, 'x');
  }
  return matches;
}

/** Files that each have the same number of matches. */
const manyFiles = (files: number, count: number) =>
  matchesIn(
    Object.fromEntries(Array.from({ length: files }, (_, index) => [`f${index}`, count] as const)),
  );

/** How many rows each file has, and how many more it reports. */
function tally(matches: Matches): Record<string, string> {
  const shown = new Map<string, number>();
  const left = new Map<string, string>();
  for (const line of matches.render().split('\n')) {
    const [, count, file] = /^\((\d+) more in (.*)\)$/.exec(line) ?? [];
    if (file !== undefined && count !== undefined) left.set(file, count);
    else shown.set(line.split(':')[0] ?? '', (shown.get(line.split(':')[0] ?? '') ?? 0) + 1);
  }
  return Object.fromEntries(
    [...shown].map(([file, rows]) => [file, `${rows}+${left.get(file) ?? 0}`]),
  );
}

it('shows path, line and text, files in the order of their names', () => {
  const matches = new Matches();
  matches.add('b.txt', 1, 'x');
  matches.add('a.txt', 9, '  y: z');
  matches.add('a.txt', 10, '  y: z');
  expect(matches.render()).toBe('a.txt:9:  y: z\na.txt:10:  y: z\nb.txt:1:x');
});

it('says that nothing was found, and when the search did not read everything', () => {
  const matches = new Matches();
  expect(matches.render()).toBe('(no matches)');
  matches.incomplete = true;
  expect(matches.render()).toMatch(/^\(the search stopped early/);
});

it('drops the matches of a file that turned out to be binary', () => {
  const matches = matchesIn({ 'a.dat': 300, 'b.txt': 1 });
  matches.drop('a.dat');
  matches.drop('unknown');
  expect(matches.render()).toBe('b.txt:1:x');
});

it('is full when it keeps more than anyone could read, and no longer when some are dropped', () => {
  const matches = manyFiles(25, 200);
  expect(matches.isFull).toBe(true);
  matches.drop('f7');
  expect(matches.isFull).toBe(false);
});

it('is not filled by one noisy file, whose matches it only counts', () => {
  const matches = matchesIn({ f: 10_000 });
  expect(matches.isFull).toBe(false);
  expect(tally(matches)).toEqual({ f: '200+9800' });
});

it.each([
  [{ f: 200 }, { f: '200+0' }],
  [{ f: 201 }, { f: '200+1' }],
  [
    { f: 1_000, g: 3, h: 2 },
    { f: '195+805', g: '3+0', h: '2+0' },
  ],
  [
    { f: 300, g: 300 },
    { f: '100+200', g: '100+200' },
  ],
])('of %j it shows 200 fairly, and counts what it leaves out', (counts, shown) => {
  expect(tally(matchesIn(counts))).toEqual(shown);
});

it('shows every file once, however many there are', () => {
  const shown = tally(manyFiles(150, 9));
  expect(Object.keys(shown)).toHaveLength(150);
  expect(new Set(Object.values(shown))).toEqual(new Set(['1+8']));
});

it('shows at most 200 matches when more files than that have one', () => {
  const lines = manyFiles(300, 1).render().split('\n');
  expect(lines.filter((line) => /^f\d+:1:x$/.test(line))).toHaveLength(200);
  expect(lines.at(-1)).toMatch(/^\(100 more files match/);
});

it('shortens a very long line to one row that shows its beginning and its end', () => {
  const matches = new Matches();
  matches.add('a', 1, `begin ${'x'.repeat(100_000)} end`);
  expect(matches.render().length).toBeLessThan(320);
  expect(matches.render()).toMatch(/^a:1:begin x+ .*left out.* x+ end$/);
});
