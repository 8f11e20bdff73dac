import { expect, it } from 'vitest';
import { linesRead } from '../../src/session/lines-read.ts';
import { compaction, read, stateOf, tool, user } from '../support/session.ts';

const LINES = Array.from({ length: 200 }, (_, index) => `   ${index}: text`);
const root = '/work';
const linesOf = (file: string, ...records: Parameters<typeof stateOf>) =>
  linesRead(stateOf(...records).entries, root, `${root}/${file}`);

it('takes the lines of all reads of the file, and of nothing else', () => {
  const failed = { ...read('a.txt', '   3: three'), ok: false } as ReturnType<typeof read>;
  const lines = linesOf(
    'a.txt',
    read('a.txt', '# a.txt\n   1: one'),
    read('sub/../a.txt', '# a.txt\n   2: two'),
    failed,
    read('../outside', '   4: four'),
    read('b.txt', '   5: five'),
    tool('write_file', { path: 'a.txt' }, '   6: six'),
  );
  expect([...lines]).toEqual(['# a.txt', '   1: one', '   2: two']);
});

it('leaves out what a compaction has shortened or cut', () => {
  const first = read('a.txt', LINES.join('\n'));
  const lines = linesOf('a.txt', user('go'), first, compaction(1, 0, 400));
  expect(lines).toContain(LINES[0]);
  expect(lines).toContain(LINES.at(-1));
  expect(lines.size).toBeLessThan(40);
  expect(linesOf('a.txt', user('go'), first, user('more'), compaction(1, 0)).size).toBe(0);
});
