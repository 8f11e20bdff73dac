/**
 * Placeholders for files in the folder of git that git would obey and that are absent: what exists can
 * be protected while a command runs, and not only checked afterwards. Several agents may run commands
 * in one workspace, so each command is a holder with a file of its own, and the last one removes the
 * placeholders. A holder that was killed does not count.
 */
import fs from 'node:fs';
import path from 'node:path';
import { errorCode, FileError, systemReason } from '../../util/errors.ts';
import { readHead } from '../../util/files.ts';
import { releaseLock, takeLock, tidyLocks } from '../../util/lock.ts';
import { randomHex } from '../../util/random-hex.ts';
import { ToolError } from '../tool-error.ts';
import { gitFoldersOf, headOf, MAX_SETTINGS_BYTES } from './git-places.ts';

/** The folder of the holders, in the folder of git. Commands must not write in it. */
export const HOLDERS = 'mini-coding-agent';

/**
 * Placeholders with content that changes nothing. `commondir` and `config.worktree` can name another
 * `config`; no `commondir` that git writes leads to its own folder, so this one is ours.
 */
const FILES: Record<string, string> = {
  'config.worktree': '# Kept here by mini-coding-agent while it runs a command.\n',
  commondir: '.\n',
};
/** An empty folder stays: it does no harm, and may be the user's. */
const FOLDERS = ['hooks'];

/** Milliseconds that another agent may take to create or remove placeholders: all of us waits then. */
const WAIT_MS = 10_000;
/** At the most; by chance less, so that no agent always comes too late. */
const RETRY_MS = 8;

/**
 * Creates what is absent in the folders of git. `release` removes it when nobody needs it any more,
 * unless something else has changed it.
 * @throws ToolError if that is not possible: then the command must not run
 */
export function holdPlaces(root: string): { release(): void } {
  const held: Held[] = [];
  const releaseAll = () => held.forEach(({ folder, holder }) => release(folder, holder));
  try {
    for (const folder of gitFoldersOf(root)) held.push(...hold(folder));
  } catch (error) {
    releaseAll();
    throw new ToolError(`git's settings cannot be protected: ${systemReason(error)}`);
  }
  return { release: releaseAll };
}

interface Held {
  folder: string;
  /** The lock file that counts. */
  holder: string;
}

/** Nothing where we can never write, and so no command can. @throws a system error, or FileError */
function hold(folder: string): Held[] {
  if (isClosedToCommands(folder)) return [];
  const holder = path.join(folder, HOLDERS, `holder-${randomHex(16)}`);
  try {
    alone(folder, () => {
      takeLock(holder);
      for (const name of FOLDERS) create(() => fs.mkdirSync(path.join(folder, name)));
      for (const [name, content] of Object.entries(FILES)) {
        if (name === 'commondir' && namesWorkTree(folder)) continue;
        create(() => fs.writeFileSync(path.join(folder, name), content, { flag: 'wx' }));
      }
    });
  } catch (error) {
    releaseLock(holder);
    throw error;
  }
  return [{ folder, holder }];
}

/** Whether its settings say which work tree there is: git would not obey them beside a `commondir`. */
function namesWorkTree(folder: string): boolean {
  return ['config', 'config.worktree'].some((name) => {
    const settings = headOf(path.join(folder, name), MAX_SETTINGS_BYTES)?.toString('latin1') ?? '';
    return /\bbare\b(?!\s*=\s*false)|\bworktree\s*=/i.test(settings);
  });
}

/** If this fails, the next command that ends removes the placeholders. */
function release(folder: string, holder: string): void {
  try {
    fs.rmSync(holder, { force: true });
    alone(folder, (holders) => {
      tidyLocks(holders);
      if (fs.readdirSync(holders).some((name) => isHeld(path.join(holders, name)))) return;
      for (const [name, content] of Object.entries(FILES))
        takeAway(path.join(folder, name), content);
    });
    fs.rmdirSync(path.join(folder, HOLDERS)); // only if no other has come meanwhile
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
  }
}

/** Whether this is the file of a holder that is alive; that of a dead one is removed. */
function isHeld(file: string): boolean {
  if (!/^holder-[0-9a-f]{16}$/.test(path.basename(file))) return false;
  if (takeLock(file) !== undefined) return true;
  releaseLock(file);
  return false;
}

/** Does something in the folder of the holders while no other agent does. */
function alone<T>(folder: string, use: (holders: string) => T): T {
  const holders = path.join(folder, HOLDERS);
  const lock = path.join(holders, 'lock');
  const deadline = Date.now() + WAIT_MS;
  while (Date.now() < deadline) {
    create(() => fs.mkdirSync(holders, { mode: 0o700 }));
    // Where it is gone, another agent has just removed it.
    if (fs.lstatSync(holders, { throwIfNoEntry: false })?.isDirectory() === false) break;
    if (takeIfThere(lock)) {
      try {
        return use(holders);
      } finally {
        releaseLock(lock);
      }
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.random() * RETRY_MS);
  }
  throw new FileError('EBUSY', `${holders} is in use or is no folder; if it stays so, remove it`);
}

/** False if another process has the lock, or has just removed its folder. */
function takeIfThere(lock: string): boolean {
  try {
    return takeLock(lock) === undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

function create(make: () => void): void {
  try {
    make();
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

function takeAway(file: string, content: string): void {
  try {
    if (readHead(file, content.length + 1).toString() === content) fs.rmSync(file);
  } catch (error) {
    if (errorCode(error) === undefined) throw error; // it is gone, or something else
  }
}

/** Whether no command can write there. One could open a folder of the user's that is closed. */
function isClosedToCommands(folder: string): boolean {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return false;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EROFS') return true;
    if (code === 'EACCES') return fs.statSync(folder).uid !== process.getuid?.();
    throw error;
  }
}
