import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { ProgressRow, renderProgress } from '../../../src/terminal/screen/progress-row.ts';

const GB = 1e9;

describe('a row of progress', () => {
  it.each([
    [80, '██████████████░░░░░░░░░░░░░░░░  45%  1.5/3.4 GB  42 MB/s  45 s left'],
    [40, ' 45%  1.5/3.4 GB  42 MB/s  45 s left'],
    [30, ' 45%  1.5/3.4 GB  42 MB/s'],
    [10, ' 45%'],
    [2, ' 4'],
    [0, ''],
  ])('of %i columns shows what there is room for', (columns, row) => {
    const progress = { status: '', completed: 1.53 * GB, total: 3.4 * GB };
    expect(renderProgress(progress, 42e6, columns)).toBe(row);
  });

  it.each([
    [undefined, ' 50%  0.5/1.0 GB'],
    [0, ' 50%  0.5/1.0 GB  0 B/s'],
    [250e3, ' 50%  0.5/1.0 GB  250 kB/s  34 min left'],
    [90e3, ' 50%  0.5/1.0 GB  90 kB/s  1 h 33 min left'],
    [1, ' 50%  0.5/1.0 GB  1 B/s  days left'],
  ])('at %s bytes per second shows speed and time left', (speed, row) => {
    const progress = { status: '', completed: 0.5 * GB, total: GB };
    expect(renderProgress(progress, speed, 100).replace(/^[█░]+ /, '')).toBe(row);
  });

  it('is never wider than the terminal', () => {
    for (let columns = 1; columns < 120; columns++) {
      const progress = { status: '', completed: 999e6, total: 999.4e6 };
      expect(renderProgress(progress, 999e3, columns).length).toBeLessThanOrEqual(columns);
    }
  });
});

/** A row whose clock advances by a second each time, and what it writes. */
function rowOf(canWipe: boolean) {
  const written: string[] = [];
  const output = new Writable({
    write(chunk, _, done) {
      written.push(String(chunk));
      done();
    },
  });
  let seconds = 0;
  const now = () => 1000 * seconds++;
  return { written, bar: new ProgressRow({ output, columns: () => 80, canWipe, now }) };
}

describe('progress', () => {
  it('is one row that is rewritten and then removed', () => {
    const { bar, written } = rowOf(true);
    bar.show({ status: 'pulling manifest', completed: 0, total: 0 });
    bar.show({ status: 'pulling', completed: 1 * GB, total: 4 * GB });
    bar.show({ status: 'pulling', completed: 2 * GB, total: 4 * GB });
    bar.show({ status: 'verifying\n\u001b[2J', completed: 4 * GB, total: 4 * GB });
    bar.clear();
    expect(written[0]).toBe('\r\u001b[Kpulling manifest');
    expect(written[1]).toMatch(/25% {2}1\.0\/4\.0 GB$/);
    expect(written[2]).toMatch(/50% {2}2\.0\/4\.0 GB {2}1\.0 GB\/s {2}2 s left$/);
    expect(written.slice(3)).toEqual(['\r\u001b[Kverifying\\n\\x1b[2J', '\r\u001b[K']);
  });

  it("is one row, however wide the letters of the server's status", () => {
    const { bar, written } = rowOf(true);
    bar.show({ status: '验证'.repeat(30), completed: 0, total: 0 });
    const [row = ''] = written;
    expect(stringWidth(stripVTControlCharacters(row))).toBeLessThan(80);
    expect(row).toMatch(/…$/);
  });

  it('is a line for each tenth where nothing can be wiped', () => {
    const { bar, written } = rowOf(false);
    bar.show({ status: 'pulling manifest', completed: 0, total: 0 });
    for (const completed of [1, 2, 19, 20, 55]) bar.show({ status: 'x', completed, total: 100 });
    bar.show({ status: 'success', completed: 100, total: 100 });
    bar.clear();
    const lines = ['pulling manifest', '0% of 100 B', '10% of 100 B', '20% of 100 B'];
    expect(written.join('')).toBe([...lines, '50% of 100 B', 'success', ''].join('\n'));
  });
});
