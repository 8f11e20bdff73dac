import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readDocs } from '../../src/workspace/docs.ts';
import { temporaryFolder } from '../support/workspace.ts';

const read = (root: string, cwd: string, own?: string) =>
  readDocs(root, path.join(root, cwd), own).map((doc) => `${doc.path}=${doc.text}`);

it('reads instructions from the root down to the folder the agent started in, and other docs of both', () => {
  const root = temporaryFolder({
    'AGENTS.md': '\ufeff\nbe kind\n',
    'README.md': 'root',
    'package.json': '{}',
    'app/README.md': 'no start, no root',
    'app/AGENTS.md': 'use tabs',
    'app/web/README.md': 'web',
    'app/web/notes.md': 'no doc by name',
    'other/AGENTS.md': 'for others',
  });
  expect(read(root, '.')).toEqual(['AGENTS.md=be kind', 'README.md=root', 'package.json={}']);
  expect(read(root, 'app/web')).toEqual([
    'AGENTS.md=be kind',
    'app/AGENTS.md=use tabs',
    'README.md=root',
    'package.json={}',
    'app/web/README.md=web',
  ]);
});

it("reads the person's own instructions first, also through a link that leads anywhere", () => {
  const top = temporaryFolder({
    'dotfiles/agents': 'mine',
    'config/x': '',
    'repo/AGENTS.md': 'ours',
    'repo/.config/x': '',
  });
  const root = path.join(top, 'repo');
  const own = path.join(top, 'config/AGENTS.md');
  expect(read(root, '.', own)).toEqual(['AGENTS.md=ours']);
  fs.symlinkSync('../dotfiles/agents', own);
  expect(read(root, '.', own)).toEqual([`${own}=mine`, 'AGENTS.md=ours']);
  // A link in the workspace may have come with the repository.
  const within = path.join(root, '.config/AGENTS.md');
  fs.symlinkSync('../../dotfiles/agents', within);
  expect(read(root, '.', within)).toEqual(['AGENTS.md=ours']);
});

it('cuts a doc at the last line within 1,200 characters, one line inside it, and says so', () => {
  const root = temporaryFolder({ 'README.md': 'é'.repeat(1_201) });
  fs.truncateSync(path.join(root, 'README.md'), 300 * 1024 * 1024);
  fs.writeFileSync(path.join(root, 'package.json'), 'x'.repeat(5_000));
  fs.writeFileSync(path.join(root, 'pyproject.toml'), `${'y'.repeat(99)}\n`.repeat(20));
  const texts = readDocs(root, root).map(({ text }) => text);
  // The doc of 300 MB is full of NUL bytes behind its text: what was read of it is no text.
  expect(texts).toEqual([
    `${`${'y'.repeat(99)}\n`.repeat(12)}[the file continues]`,
    `${'x'.repeat(1_200)}\n[the file continues]`,
  ]);
});

it('reads all instructions together up to 16,000 characters, however many and long they are', () => {
  const line = `${'z'.repeat(99)}\n`;
  const names = Array.from({ length: 12 }, (_, depth) => `${'d/'.repeat(depth)}AGENTS.md`);
  const root = temporaryFolder(Object.fromEntries(names.map((name) => [name, line.repeat(9_000)])));
  const docs = readDocs(root, path.join(root, 'd/'.repeat(11)));
  expect(docs.map((doc) => doc.path)).toEqual(names);
  expect(docs.at(-1)?.text).toBe(`${line.repeat(80)}[the file continues]`);
  expect(docs.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(16_400);
});

it('never cuts a doc in the middle of a character', () => {
  const root = temporaryFolder({ 'README.md': `a${'😀'.repeat(1_000)}` });
  expect(readDocs(root, root).map(({ text }) => text.isWellFormed())).toEqual([true]);
});

it.each([
  ['a folder', (file: string) => fs.mkdirSync(file)],
  ['a FIFO that nobody writes to', (file: string) => execFileSync('mkfifo', [file])],
  ['a link out of the workspace', (file: string) => fs.symlinkSync('../secret', file)],
  ['a link to a place that does not exist', (file: string) => fs.symlinkSync('nowhere', file)],
  ['a binary file', (file: string) => fs.writeFileSync(file, 'a\0b')],
  ['a file of blanks', (file: string) => fs.writeFileSync(file, ' \n\n')],
])('passes over a doc that is %s, and reads the others', (what, make) => {
  const top = temporaryFolder({ secret: 'secret', 'repo/package.json': '{}', 'config/x': '' });
  const root = path.join(top, 'repo');
  make(path.join(root, 'README.md'));
  make(path.join(root, 'AGENTS.md'));
  const own = path.join(top, 'config/AGENTS.md');
  if (!what.startsWith('a link out')) make(own);
  expect(readDocs(root, root, own)).toEqual([{ path: 'package.json', text: '{}' }]);
});

it('reads a doc that is a link to another file of the workspace', () => {
  const root = temporaryFolder({ 'docs/intro.md': 'hello' });
  fs.symlinkSync('docs/intro.md', path.join(root, 'README.md'));
  expect(readDocs(root, root)).toEqual([{ path: 'README.md', text: 'hello' }]);
});
