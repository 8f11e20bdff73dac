import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import {
  appendPrivately,
  readHead,
  withRegularFile,
  writeAtomically,
} from '../../src/util/files.ts';
import { temporaryFolder } from '../support/workspace.ts';

const isRoot = process.getuid?.() === 0;
const FILES = pathToFileURL(path.resolve(import.meta.dirname, '../../src/util/files.ts')).href;

it('replaces a file with exactly these bytes, keeps its mode and leaves nothing else behind', () => {
  const folder = temporaryFolder({ 'run.sh': 'old' });
  const file = path.join(folder, 'run.sh');
  fs.chmodSync(file, 0o751);
  const bytes = Buffer.from([0, 255, 13, 10, 0xef, 0xbb, 0xbf]);
  writeAtomically(file, bytes);
  expect(fs.readFileSync(file)).toEqual(bytes);
  expect(fs.statSync(file).mode & 0o7777).toBe(0o751);
  expect(fs.readdirSync(folder)).toEqual(['run.sh']);
});

it('lets a reader that has the file open read the old bytes to the end', () => {
  const file = path.join(temporaryFolder({ 'a.txt': 'the old text' }), 'a.txt');
  const text = withRegularFile(file, (fd) => {
    writeAtomically(file, Buffer.from('new'));
    return fs.readFileSync(fd, 'utf8');
  });
  expect([text, fs.readFileSync(file, 'utf8')]).toEqual(['the old text', 'new']);
});

it('leaves the old file whole, and no other, if the disk takes only part of the new one', () => {
  const folder = temporaryFolder({ 'a.txt': 'the old text' });
  const file = path.join(folder, 'a.txt');
  const program = `
    const { writeAtomically } = await import(${JSON.stringify(FILES)});
    try { writeAtomically(${JSON.stringify(file)}, Buffer.alloc(1_000_000, 'x')); }
    catch (error) { console.log(error.code); }`;
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', program];
  // The shell's limit stands for a full disk: the first blocks are written, the next are refused.
  const child = spawnSync('sh', ['-c', 'ulimit -f 64; exec "$@"', 'sh', ...node], {
    encoding: 'utf8',
    env: { ...process.env, TSX_DISABLE_CACHE: '1' },
  });
  expect(child.stdout.trim(), child.stderr).toBe('EFBIG');
  expect(fs.readFileSync(file, 'utf8')).toBe('the old text');
  expect(fs.readdirSync(folder)).toEqual(['a.txt']);
});

it('does not replace a read-only file, which a rename could', () => {
  const folder = temporaryFolder({ 'a.txt': 'the old text' });
  const file = path.join(folder, 'a.txt');
  fs.chmodSync(file, 0o444);
  const program = `
    const { writeAtomically } = await import(${JSON.stringify(FILES)});
    try { writeAtomically(${JSON.stringify(file)}, Buffer.from('new')); }
    catch (error) { console.log(error.code, error.message); }`;
  // Root may write every file.
  const user = isRoot ? { uid: 65_534, gid: 65_534 } : {};
  if (isRoot) fs.chownSync(folder, 65_534, 65_534);
  const child = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', program],
    { ...user, encoding: 'utf8', env: { ...process.env, TSX_DISABLE_CACHE: '1' } },
  );
  expect(child.stdout.trim(), child.stderr).toBe('EACCES it is read-only (no write permission)');
  expect(fs.readFileSync(file, 'utf8')).toBe('the old text');
  expect(fs.readdirSync(folder)).toEqual(['a.txt']);
});

it.skipIf(isRoot)('leaves the old file whole in a folder that may not be written', () => {
  const folder = temporaryFolder({ 'a.txt': 'the old text' });
  const file = path.join(folder, 'a.txt');
  fs.chmodSync(folder, 0o555);
  try {
    expect(() => writeAtomically(file, Buffer.from('new'))).toThrow(/EACCES/);
    expect(fs.readFileSync(file, 'utf8')).toBe('the old text');
  } finally {
    fs.chmodSync(folder, 0o755);
  }
});

it('writes a file whose name is as long as the file system allows', () => {
  const file = path.join(temporaryFolder(), 'n'.repeat(255));
  writeAtomically(file, Buffer.from('x'));
  expect(fs.readFileSync(file, 'utf8')).toBe('x');
});

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
