import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { appendPrivately, readHead } from '../../src/util/files.ts';
import { temporaryFolder } from '../support/workspace.ts';

it('reads no more of a file than was asked for, however large the file is', () => {
  const file = path.join(temporaryFolder({ big: 'abcdef', empty: '' }), 'big');
  fs.truncateSync(file, 300 * 1024 * 1024);
  expect(readHead(file, 6).toString()).toBe('abcdef');
  expect(readHead(path.join(file, '../empty'), 6)).toHaveLength(0);
});

it.each([
  ['a folder', 'ENOTREG', (file: string) => fs.mkdirSync(file)],
  ['a FIFO that nobody writes to', 'ENOTREG', (file: string) => execFileSync('mkfifo', [file])],
  ['a link, even to a regular file', 'ELOOP', (file: string) => fs.symlinkSync('regular', file)],
  ['nothing', 'ENOENT', () => undefined],
])('refuses to read %s and does not wait for it', (_what, code, make) => {
  const file = path.join(temporaryFolder({ regular: 'x' }), 'special');
  make(file);
  expect(() => readHead(file, 10)).toThrow(expect.objectContaining({ code }));
});

it('appends to a file of one owner, and to no link, folder or FIFO', () => {
  const folder = temporaryFolder({ 'a.txt': 'a' });
  const inside = (name: string) => path.join(folder, name);
  const [file, link, fifo] = [inside('new.txt'), inside('link'), inside('fifo')];
  fs.symlinkSync(path.join(folder, 'a.txt'), link);
  execFileSync('mkfifo', [fifo]);
  for (const text of ['one\n', 'two\n']) appendPrivately(file, Buffer.from(text));
  expect(fs.readFileSync(file, 'utf8')).toBe('one\ntwo\n');
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  for (const other of [link, fifo, folder]) {
    expect(() => appendPrivately(other, Buffer.from('x'))).toThrow();
  }
  expect(fs.readFileSync(path.join(folder, 'a.txt'), 'utf8')).toBe('a');
});
