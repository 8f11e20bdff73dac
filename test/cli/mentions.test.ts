import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { nameFiles } from '../../src/cli/mentions.ts';
import { temporaryFolder } from '../support/workspace.ts';

const files = { 'src/a.ts': '', 'my file.md': '', 'odd.': '', 'é/ü.txt': '' };

it.each([
  ['explain @src/a.ts please', 'explain src/a.ts please'],
  ['@src/a.ts', 'src/a.ts'],
  ['what is in @src/?', 'what is in src?'],
  ['see @src/a.ts, @odd. and @src.', 'see src/a.ts, odd. and src.'],
  ['sum up @"my file.md"\nand\t@é/ü.txt', 'sum up "my file.md"\nand\té/ü.txt'],
  ['@./src/../src/a.ts', 'src/a.ts'],
  ['by another Unicode form of it, @e\u0301/u\u0308.txt', 'by another Unicode form of it, é/ü.txt'],
  ['the parser (@src/a.ts, [@src])', 'the parser (src/a.ts, [src])'],
])('names the files in %j', (request, named) => {
  expect(nameFiles(temporaryFolder(files), request).text).toBe(named);
});

it('tells which files and folders those are, by the paths that the tools take', () => {
  const request = 'put @./src/a.ts, @"my file.md" and @src/../odd. below @src/ (no @override)';
  const named = nameFiles(temporaryFolder(files), request);
  expect(named.files).toEqual(['src/a.ts', 'my file.md', 'odd.', 'src']);
});

it.each([
  'add @override to it',
  'write to me@src/a.ts or ada@example.com',
  'look at @src/b.ts, @"no file" and @',
  'look at @../outside and @/etc/passwd',
  'write @SRC/a.ts with its own case',
  'ask "@src/a.ts"',
  '@\0',
  `@${'x'.repeat(5_000)}`,
  '@src/a.ts/deeper',
])('leaves %j as it is', (request) => {
  expect(nameFiles(temporaryFolder(files), request)).toEqual({ text: request, files: [] });
});

it('leaves a word alone that is too long for a path', () => {
  const request = `@${'.'.repeat(1_000_000)}a`;
  expect(nameFiles(temporaryFolder(files), request)).toEqual({ text: request, files: [] });
});

it('names nothing outside of the workspace, links included', () => {
  const root = temporaryFolder();
  fs.symlinkSync(temporaryFolder({ secret: '' }), path.join(root, 'link'));
  expect(nameFiles(root, '@link/secret')).toEqual({ text: '@link/secret', files: [] });
});
