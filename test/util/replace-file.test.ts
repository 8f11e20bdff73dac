import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { withRegularFile } from '../../src/util/files.ts';
import { replaceFileSync } from '../../src/util/replace-file.ts';
import { temporaryFolder } from '../support/workspace.ts';

const isRoot = process.getuid?.() === 0;
const MODULE = pathToFileURL(
  path.resolve(import.meta.dirname, '../../src/util/replace-file.ts'),
).href;

it('replaces a file with exactly these bytes, keeps its mode and leaves nothing else behind', () => {
  const folder = temporaryFolder({ 'run.sh': 'old' });
  const file = path.join(folder, 'run.sh');
  fs.chmodSync(file, 0o751);
  const bytes = Buffer.from([0, 255, 13, 10, 0xef, 0xbb, 0xbf]);
  replaceFileSync(file, bytes);
  expect(fs.readFileSync(file)).toEqual(bytes);
  expect(fs.statSync(file).mode & 0o7777).toBe(0o751);
  expect(fs.readdirSync(folder)).toEqual(['run.sh']);
});

it('lets a reader that has the file open read the old bytes to the end', () => {
  const file = path.join(temporaryFolder({ 'a.txt': 'the old text' }), 'a.txt');
  const text = withRegularFile(file, (fd) => {
    replaceFileSync(file, Buffer.from('new'));
    return fs.readFileSync(fd, 'utf8');
  });
  expect([text, fs.readFileSync(file, 'utf8')]).toEqual(['the old text', 'new']);
});

it('leaves the old file whole, and no other, if the disk takes only part of the new one', () => {
  const folder = temporaryFolder({ 'a.txt': 'the old text' });
  const file = path.join(folder, 'a.txt');
  const program = `
    const { replaceFileSync } = await import(${JSON.stringify(MODULE)});
    try { replaceFileSync(${JSON.stringify(file)}, Buffer.alloc(1_000_000, 'x')); }
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
    const { replaceFileSync } = await import(${JSON.stringify(MODULE)});
    try { replaceFileSync(${JSON.stringify(file)}, Buffer.from('new')); }
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
    expect(() => replaceFileSync(file, Buffer.from('new'))).toThrow(/EACCES/);
    expect(fs.readFileSync(file, 'utf8')).toBe('the old text');
  } finally {
    fs.chmodSync(folder, 0o755);
  }
});

it('writes a file whose name is as long as the file system allows', () => {
  const file = path.join(temporaryFolder(), 'n'.repeat(255));
  replaceFileSync(file, Buffer.from('x'));
  expect(fs.readFileSync(file, 'utf8')).toBe('x');
});
