import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const DIST = path.resolve(import.meta.dirname, '../../dist');

it('what is built is ASCII: one other character would double the memory of its file', () => {
  const files = fs.readdirSync(DIST).filter((name) => /\.c?js$/.test(name));
  expect(files).toContain('program.cjs');
  const others = files.filter((name) =>
    /[^\0-\x7f]/.test(fs.readFileSync(path.join(DIST, name), 'utf8')),
  );
  expect(others).toEqual([]);
});
