import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');

/** The rows of docs/tour.md: a file, and what to look at in it. */
const stops = [
  ...fs
    .readFileSync(path.join(ROOT, 'docs/tour.md'), 'utf8')
    .matchAll(/^\| \[(src\/[\w/.-]+)\]\(\.\.\/\1\) +\| `(?:\w+\.)?(\w+)` /gm),
].map(([, file = '', name = '']) => ({
  file,
  name,
  code: fs.readFileSync(path.join(ROOT, file), 'utf8'),
}));

describe('the essential path, as docs/tour.md leads through it,', () => {
  it('has at most 25 files and 2,200 lines', () => {
    const lines = stops.map(({ code }) => code.split('\n').length - 1);
    expect(stops.length).toBeGreaterThan(20);
    expect(new Set(stops.map(({ file }) => file)).size).toBe(stops.length);
    expect(stops.length).toBeLessThanOrEqual(25);
    expect(lines.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(2_200);
  });

  it.each(stops)('has $name in $file', ({ name, code }) => {
    expect(code).toMatch(
      new RegExp(`^(?:export .*\\b|  (?:async )?\\*?)${name}\\b`, 'm'), // or a method of the class
    );
  });

  it.each(stops)('enters neither the program nor the terminal from $file', ({ code }) => {
    expect(code).not.toMatch(/from '[^']*\/(?:cli|terminal)\//);
  });
});
