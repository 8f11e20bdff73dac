import fs from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { expect, it } from 'vitest';

const DIST = path.resolve(import.meta.dirname, '../../dist');

it('the built program loads no package, so none that a repository around it may have', () => {
  const files = fs.readdirSync(DIST).filter((name) => name.endsWith('.cjs'));
  expect(files.toSorted()).toEqual(['cli.cjs', 'main.cjs', 'program.cjs']);
  const loaded = files.flatMap((name) => [
    ...fs
      .readFileSync(path.join(DIST, name), 'utf8')
      .matchAll(/\b(?:require|import)\("([^"]+)"\)/g),
  ]);
  const others = loaded.map(([, name = '']) => name).filter((name) => !isBuiltin(name));
  expect(loaded.length).toBeGreaterThan(50);
  expect(others).toEqual([]);
});

it('what is built is ASCII: one other character would double the memory of its file', () => {
  const files = fs.readdirSync(DIST).filter((name) => /\.c?js$/.test(name));
  expect(files).toContain('program.cjs');
  const others = files.filter((name) =>
    /[^\0-\x7f]/.test(fs.readFileSync(path.join(DIST, name), 'utf8')),
  );
  expect(others).toEqual([]);
});
