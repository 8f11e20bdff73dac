/** A lock file that names the process that holds it, taken over if that process is dead. */
import childProcess from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from './errors.ts';
import { readHead } from './files.ts';

interface Holder {
  pid: number;
  /** When the process started, as the system tells it, to recognize a reused pid; '' if unknown. */
  started: string;
}

/**
 * Takes the lock and returns undefined, or returns the pid of the running process that holds it.
 * @throws Error with a `code` if the lock file cannot be written
 */
export function takeLock(file: string): number | undefined {
  const mine = `${file}.${process.pid}`;
  const me = JSON.stringify({
    pid: process.pid,
    started: startOf(process.pid) ?? '',
  } satisfies Holder);
  try {
    fs.rmSync(mine, { force: true });
    fs.writeFileSync(mine, me, { mode: 0o600, flag: 'wx' }); // through no link
    for (;;) {
      const isPlaced = place(mine, file);
      const text = readIfThere(file);
      if (text === undefined) continue;
      if (isPlaced && text === me) return undefined;
      const holder = parseHolder(text);
      if (holder && isAlive(holder)) return holder.pid;
      removeDead(file, text);
    }
  } finally {
    fs.rmSync(mine, { force: true });
  }
}

/** Creates `file` from `mine` and returns true, or returns false if it exists. */
function place(mine: string, file: string): boolean {
  try {
    fs.linkSync(mine, file); // all of it at once
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    if (code === 'EEXIST') return false;
  }
  // Some file systems have no hard links. A copy is empty for a moment, in which it may be taken for
  // a dead holder's, so whoever makes one has to read it again.
  try {
    fs.copyFileSync(mine, file, fs.constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Releases the lock if it is still this process's. If that fails, it is soon a dead holder's. */
export function releaseLock(file: string): void {
  try {
    const text = readIfThere(file);
    if (text === undefined || parseHolder(text)?.pid !== process.pid) return;
    fs.rmSync(file, { force: true });
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
  }
}

/** Removes a dead holder's lock, unless another process has replaced it meanwhile. */
function removeDead(file: string, seen: string): void {
  const aside = `${file}.dead.${process.pid}`;
  try {
    fs.renameSync(file, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return; // another process was faster
    throw error;
  }
  if (readIfThere(aside) !== seen) place(aside, file);
  fs.rmSync(aside, { force: true });
}

/** Removes what processes left that were killed while they took a lock in this folder. */
export function tidyLocks(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    const pid = Number(/\.(\d+)$/.exec(name)?.[1]);
    if (pid > 0 && !isRunning(pid)) fs.rmSync(path.join(folder, name), { force: true });
  }
}

/** Ours have about a hundred bytes. */
const MAX_LOCK_BYTES = 64 * 1024;

function readIfThere(file: string): string | undefined {
  try {
    // A link or a pipe is not our lock: it came with the repository, and reading might never end.
    const kind = fs.lstatSync(file);
    if (!kind.isFile() && !kind.isDirectory()) return '';
    return readHead(file, MAX_LOCK_BYTES).toString('utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    const { pid, started } = value ?? {};
    if (typeof pid !== 'number' || typeof started !== 'string') return undefined;
    // A pid of 0 or below would name a group of processes.
    return Number.isInteger(pid) && pid > 0 ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, started }: Holder): boolean {
  if (!isRunning(pid)) return false;
  const now = startOf(pid);
  return now === undefined || started === '' || now === started;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    return code === 'EPERM'; // it runs, as another user
  }
}

/** When a process started, from /proc or ps; undefined without them, where the pid has to do. */
function startOf(pid: number): string | undefined {
  return fs.existsSync('/proc/self/stat') ? startInProc(pid) : startByPs(pid);
}

/** In Linux: clock ticks since the machine started. */
function startInProc(pid: number): string | undefined {
  try {
    // The fields after the command, which may itself contain spaces and parentheses.
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Elsewhere, such as on macOS: a date. The program has one place: a PATH may lead to another. */
const PS = '/bin/ps';
const PS_MS = 2_000;

function startByPs(pid: number): string | undefined {
  try {
    const date = childProcess.execFileSync(PS, ['-o', 'lstart=', '-p', String(pid)], {
      // The same date for everybody who asks, whatever their language and time zone are.
      env: { LC_ALL: 'C', TZ: 'UTC' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: PS_MS,
    });
    return date.trim() || undefined;
  } catch {
    return undefined;
  }
}
