import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readDocs } from '../../src/workspace/docs.ts';
import { temporaryFolder } from '../support/workspace.ts';

it('reads the project docs of the root and of the folder the agent started in, each once', () => {
  const root = temporaryFolder({
    'AGENTS.md': '\nbe kind\n',
    'README.md': 'root',
    'package.json': '{}',
    'app/README.md': 'app',
    'app/notes.md': 'no doc by name',
  });
  const texts = (cwd: string) =>
    readDocs(root, path.join(root, cwd)).map((doc) => `${doc.path}=${doc.text}`);
  const ofRoot = ['AGENTS.md=be kind', 'README.md=root', 'package.json={}'];
  expect(texts('.')).toEqual(ofRoot);
  expect(texts('app')).toEqual([...ofRoot, 'app/README.md=app']);
});

it('cuts a doc at 1,200 characters and says so', () => {
  const root = temporaryFolder({ 'AGENTS.md': 'é'.repeat(1_200), 'README.md': 'é'.repeat(1_201) });
  fs.truncateSync(path.join(root, 'README.md'), 300 * 1024 * 1024);
  fs.writeFileSync(path.join(root, 'package.json'), 'x'.repeat(5_000));
  const texts = readDocs(root, root).map(({ text }) => text);
  // The doc of 300 MB is full of NUL bytes behind its text: what was read of it is no text.
  expect(texts).toEqual(['é'.repeat(1_200), `${'x'.repeat(1_200)}\n[the file goes on]`]);
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
])('passes over a doc that is %s, and reads the others', (_what, make) => {
  const top = temporaryFolder({ secret: 'secret', 'repo/package.json': '{}' });
  const root = path.join(top, 'repo');
  make(path.join(root, 'README.md'));
  expect(readDocs(root, root)).toEqual([{ path: 'package.json', text: '{}' }]);
});

it('reads a doc that is a link to another file of the workspace', () => {
  const root = temporaryFolder({ 'docs/intro.md': 'hello' });
  fs.symlinkSync('docs/intro.md', path.join(root, 'README.md'));
  expect(readDocs(root, root)).toEqual([{ path: 'README.md', text: 'hello' }]);
});
