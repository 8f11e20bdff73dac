import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');

/** A file of tests, and behind a colon parts of titles in quotes: `test/a.test.ts`: "one", "two". */
const SHOWN_BY = /`(test\/[\w/.-]+\.test\.ts)`: ("[^"]+"(?:, "[^"]+")*)/g;

/** The rows of the table, without its head. */
const rows = fs
  .readFileSync(path.join(ROOT, 'docs/threat-model.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .filter((line) => !/^\| (What an attack|-)/.test(line))
  .map((line) => line.replace(/^\| | *\|$/g, '').split(/ +\| +/));

describe('docs/threat-model.md', () => {
  it('has a table of what is tried, what happens and what shows it', () => {
    expect(rows.length).toBeGreaterThan(25);
    for (const row of rows) expect(row).toHaveLength(3);
  });

  it.each(rows)('is right about what shows this: %s', (_tried, _happens, shownBy = '') => {
    const files = [...shownBy.matchAll(SHOWN_BY)];
    // All of the cell was understood.
    expect(shownBy.replace(SHOWN_BY, '').replaceAll('; ', '')).toBe('');
    expect(files).not.toEqual([]);
    for (const [, file = '', titles = ''] of files) {
      const tests = fs.readFileSync(path.join(ROOT, file), 'utf8');
      for (const [, title = ''] of titles.matchAll(/"([^"]+)"/g)) {
        expect(tests.includes(title), `${file}: ${title}`).toBe(true);
      }
    }
  });
});
