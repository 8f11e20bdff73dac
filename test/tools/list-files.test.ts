import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { listFiles } from '../../src/tools/list-files.ts';
import { temporaryFolder, toolContext } from '../support/workspace.ts';
import { runTool } from '../support/run-tool.ts';

const list = (root: string, asked?: string) =>
  runTool(listFiles, toolContext(root), asked === undefined ? {} : { path: asked });

it('lists folders first, then by name without regard to case', async () => {
  const root = temporaryFolder({ 'b.txt': '', 'A.txt': '', 'a.txt': '', 'Zoo/x': '', 'lib/x': '' });
  fs.mkdirSync(path.join(root, '.hidden'));
  expect((await list(root)).split('\n')).toEqual([
    '[D] .hidden',
    '[D] lib',
    '[D] Zoo',
    '[F] A.txt',
    '[F] a.txt',
    '[F] b.txt',
  ]);
});

it('hides internal folders, at any depth', async () => {
  const internal =
    '.git .mini-coding-agent __pycache__ .pytest_cache .mypy_cache .ruff_cache .venv venv node_modules';
  const root = temporaryFolder({ 'sub/.gitignore': '' });
  for (const name of internal.split(' ')) {
    for (const folder of ['.', 'sub']) fs.mkdirSync(path.join(root, folder, name));
  }
  expect(await list(root)).toBe('[D] sub');
  expect(await list(root, 'sub')).toBe('[F] sub/.gitignore');
});

it('shows paths relative to the root, ready for the next call', async () => {
  const root = temporaryFolder({ 'sub/deep/a.txt': '' });
  expect(await list(root, './sub/')).toBe('[D] sub/deep');
  expect(await list(root, path.join(root, 'sub/deep'))).toBe('[F] sub/deep/a.txt');
});

it('shows a link by what it leads to', async () => {
  const root = temporaryFolder({ 'sub/a.txt': '' });
  fs.symlinkSync('sub', path.join(root, 'a-folder'));
  fs.symlinkSync('sub/a.txt', path.join(root, 'a-file'));
  fs.symlinkSync('nowhere', path.join(root, 'dangling'));
  expect(await list(root)).toBe('[D] a-folder\n[D] sub\n[F] a-file\n[F] dangling');
});

it('lists a folder that holds a link to itself', async () => {
  const root = temporaryFolder({ 'a.txt': '' });
  fs.symlinkSync('loop', path.join(root, 'loop'));
  expect(await list(root)).toBe('[F] a.txt\n[F] loop');
});

it('lists at most 200 entries and says how many more there are', async () => {
  const names = Array.from({ length: 260 }, (_, index) => [`f${1_000 + index}`, ''] as const);
  const lines = (await list(temporaryFolder(Object.fromEntries(names)))).split('\n');
  expect(lines).toHaveLength(201);
  expect(lines[199]).toBe('[F] f1199');
  expect(lines[200]).toMatch(/^\(60 more/);
});

it('says that a folder is empty', async () => {
  expect(await list(temporaryFolder())).toBe('(empty)');
});

it('lets no name forge an entry', async () => {
  const root = temporaryFolder({ 'a\n[F] forged': '', 'b\r[F] forged': '' });
  expect(await list(root)).toBe('[F] a [F] forged\n[F] b [F] forged');
});

it.each([
  ['missing', /there is no folder missing/],
  ['a.txt', /a\.txt is a file: read it instead/],
  ['..', /outside the workspace/],
  ['out', /outside the workspace/],
])('refuses to list %s', async (asked, message) => {
  const top = temporaryFolder({ 'repo/a.txt': '', 'outside/b.txt': '' });
  fs.symlinkSync('../outside', path.join(top, 'repo/out'));
  await expect(list(path.join(top, 'repo'), asked)).rejects.toThrow(message);
});
