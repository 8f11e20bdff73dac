import childProcess, { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { releaseLock, takeLock } from '../../src/util/lock.ts';
import { temporaryFolder } from '../support/workspace.ts';

const LOCK = path.resolve(import.meta.dirname, '../../src/util/lock.ts');

/** Only root can become another user, and only Linux tells when a process started. */
const isRoot = process.getuid?.() === 0 && fs.existsSync('/proc/1/stat');

/** A small one, such as busybox's, does not tell it. */
const hasPs = spawnSync('/bin/ps', ['-o', 'lstart=', '-p', '1']).status === 0;

const lockIn = (folder: string) => path.join(folder, 'session.lock');

/** Runs takeLock as `nobody`, and returns the holder that it names. */
function takenByNobody(file: string): string {
  const build = path.join(path.dirname(file), 'lock.mjs');
  buildSync({ entryPoints: [LOCK], bundle: true, platform: 'node', format: 'esm', outfile: build });
  const script = `
    const { takeLock } = await import(${JSON.stringify(build)});
    process.setgid(65534);
    process.setuid(65534);
    console.log(String(takeLock(${JSON.stringify(file)})));`;
  const args = ['--input-type=module', '--eval', script];
  return execFileSync(process.execPath, args, { encoding: 'utf8' });
}

/** Another process that takes the lock and keeps it until it is killed. */
async function otherHolder(file: string) {
  const script = `
    const { takeLock } = await import(${JSON.stringify(LOCK)});
    console.log(String(takeLock(${JSON.stringify(file)})));
    process.stdin.resume();`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [printed] = (await once(child.stdout, 'data')) as [Buffer];
  expect(printed.toString()).toBe('undefined\n');
  return child;
}

describe('a lock', () => {
  it('is held by one, and can be taken when it was given back', () => {
    const folder = temporaryFolder();
    const file = lockIn(folder);
    expect(takeLock(file)).toBeUndefined();
    expect(takeLock(file)).toBe(process.pid);
    releaseLock(file);
    expect(fs.readdirSync(folder)).toEqual([]);
    expect(takeLock(file)).toBeUndefined();
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['a link to nowhere', (file: string) => fs.symlinkSync('nowhere', file)],
    ['a link to a file', (file: string) => fs.symlinkSync(import.meta.filename, file)],
    ['a pipe', (file: string) => void spawnSync('mkfifo', [file])],
  ])('is taken where %s came in its place', (_, plant) => {
    const file = lockIn(temporaryFolder());
    plant(file);
    expect(takeLock(file)).toBeUndefined();
    expect(takeLock(file)).toBe(process.pid);
    expect(fs.lstatSync(file).isFile()).toBe(true);
    expect(fs.readdirSync(path.dirname(file))).toEqual(['session.lock']);
  });

  it('is written through no link that waits for it', () => {
    const folder = temporaryFolder({ 'mine.txt': 'mine' });
    const file = lockIn(folder);
    fs.symlinkSync('mine.txt', `${file}.${process.pid}`);
    expect(takeLock(file)).toBeUndefined();
    expect(fs.readFileSync(path.join(folder, 'mine.txt'), 'utf8')).toBe('mine');
  });

  it('names the process that holds it, and is taken over when that is killed', async () => {
    const file = lockIn(temporaryFolder());
    const holder = await otherHolder(file);
    expect(takeLock(file)).toBe(holder.pid);
    releaseLock(file); // not ours to give
    expect(takeLock(file)).toBe(holder.pid);

    holder.kill('SIGKILL');
    await once(holder, 'close');
    expect(takeLock(file)).toBeUndefined();
    expect(takeLock(file)).toBe(process.pid);
  });

  it.each([
    ['of a process that began at another time', `{"pid":${process.pid},"started":"1"}`],
    ['without a start time', `{"pid":${process.pid}}`],
    ['of no process, but of a group', '{"pid":-1,"started":"1"}'],
    ['of half a process', '{"pid":1.5,"started":"1"}'],
    ['that is empty', ''],
    ['that is no JSON', '{"pid":'],
    ['that is null', 'null'],
  ])('%s is taken over', (_, text) => {
    const folder = temporaryFolder({ 'session.lock': text });
    expect(takeLock(lockIn(folder))).toBeUndefined();
    expect(takeLock(lockIn(folder))).toBe(process.pid);
    expect(fs.readdirSync(folder)).toEqual(['session.lock']);
  });

  describe.skipIf(!isRoot)(
    'that names a running process of another user (seen only as root)',
    () => {
      const stat = isRoot ? fs.readFileSync('/proc/1/stat', 'utf8') : '';
      const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];

      it.each([
        ['is respected while that process holds it', { pid: 1, started }, '1\n'],
        ['is taken over when it began at another time', { pid: 1, started: '0' }, 'undefined\n'],
      ])('%s', (_, holder, expected) => {
        const folder = temporaryFolder({ 'session.lock': JSON.stringify(holder) });
        fs.chmodSync(folder, 0o777);
        fs.chmodSync(lockIn(folder), 0o644);
        expect(takenByNobody(lockIn(folder))).toBe(expected);
      });
    },
  );

  describe('on a file system without hard links', () => {
    beforeEach(() => {
      const link = vi.spyOn(fs, 'linkSync').mockImplementation(() => {
        throw Object.assign(new Error('operation not permitted'), { code: 'EPERM', errno: -1 });
      });
      onTestFinished(() => {
        expect(link).toHaveBeenCalled();
        vi.restoreAllMocks();
      });
    });

    it('is taken over, held and given back', () => {
      const folder = temporaryFolder({ 'session.lock': `{"pid":${process.pid},"started":"1"}` });
      const file = lockIn(folder);
      expect(takeLock(file)).toBeUndefined();
      expect(takeLock(file)).toBe(process.pid);
      expect(fs.readdirSync(folder)).toEqual(['session.lock']);
      expect(fs.statSync(file).mode & 0o777).toBe(0o600);
      releaseLock(file);
      expect(fs.readdirSync(folder)).toEqual([]);
    });

    it('is not taken when another process took it for a dead one while it was made', async () => {
      const theirs = path.join(temporaryFolder(), 'session.lock');
      const holder = await otherHolder(theirs);
      const file = lockIn(temporaryFolder());
      vi.spyOn(fs, 'copyFileSync').mockImplementationOnce((_from, to) => {
        fs.writeFileSync(to, fs.readFileSync(theirs));
      });
      expect(takeLock(file)).toBe(holder.pid);
    });
  });

  describe.skipIf(!hasPs)('where only ps tells when a process began', () => {
    beforeEach(() => {
      const { existsSync } = fs;
      vi.spyOn(fs, 'existsSync').mockImplementation(
        (name) => !String(name).startsWith('/proc/') && existsSync(name),
      );
      onTestFinished(() => void vi.restoreAllMocks());
    });

    /** A process that runs until the test ends. */
    function running(): number {
      const child = spawn('sleep', ['60']);
      onTestFinished(() => void child.kill('SIGKILL'));
      return child.pid ?? 0;
    }

    /** As ps itself says it. */
    const startOf = (pid: number) =>
      execFileSync('/bin/ps', ['-o', 'lstart=', '-p', `${pid}`], {
        env: { LC_ALL: 'C', TZ: 'UTC' },
        encoding: 'utf8',
      }).trim();

    it.each(['de_DE.UTF-8', 'C'])('is held, and says since when, for a user of %s', (locale) => {
      vi.stubEnv('LC_ALL', locale);
      vi.stubEnv('TZ', 'Asia/Kolkata');
      onTestFinished(() => void vi.unstubAllEnvs());
      const file = lockIn(temporaryFolder());
      expect(takeLock(file)).toBeUndefined();
      expect(takeLock(file)).toBe(process.pid);
      const { started } = JSON.parse(fs.readFileSync(file, 'utf8')) as { started: string };
      expect(started).toBe(startOf(process.pid));
      expect(Date.parse(`${started} UTC`)).toBeGreaterThan(0);
    });

    it.each([
      ['is respected while that process holds it', startOf, true],
      ['is taken over when it began at another time', () => 'Thu Jan  1 00:00:00 1970', false],
      ['is respected when nobody knows since when', () => '', true],
    ])('and names another process, it %s', (_, started, isRespected) => {
      const pid = running();
      const text = JSON.stringify({ pid, started: started(pid) });
      const file = lockIn(temporaryFolder({ 'session.lock': text }));
      expect(takeLock(file)).toBe(isRespected ? pid : undefined);
    });

    it('and ps fails, the process has to do', () => {
      vi.spyOn(childProcess, 'execFileSync').mockImplementation(() => {
        throw Object.assign(new Error('spawn ps EAGAIN'), { code: 'EAGAIN', errno: -11 });
      });
      const pid = running();
      const file = lockIn(temporaryFolder({ 'session.lock': `{"pid":${pid},"started":"1"}` }));
      expect(takeLock(file)).toBe(pid);
    });
  });

  it('that cannot be written leaves nothing behind', () => {
    const folder = temporaryFolder();
    const script = `
      const { takeLock } = await import(${JSON.stringify(LOCK)});
      try { takeLock(${JSON.stringify(lockIn(folder))}); } catch (error) { console.log(error.code); }`;
    const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', script];
    const child = spawnSync('sh', ['-c', 'ulimit -f 0; exec "$@"', 'sh', ...node], {
      encoding: 'utf8',
      env: { ...process.env, TSX_DISABLE_CACHE: '1' },
    });
    expect(child.stdout, child.stderr).toBe('EFBIG\n');
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it('in a folder that is not there is an error', () => {
    expect(() => takeLock(path.join(temporaryFolder(), 'none', 'session.lock'))).toThrow('ENOENT');
  });
});
