/**
 * Replaces files in one step: readers see all of the old bytes or all of the new ones, whatever fails
 * in between. Libraries for this were seen to report success after a short write on a full disk.
 */
import fs from 'node:fs';
import path from 'node:path';
import { FileError, unlessUnreadable } from './errors.ts';
import { whyReadOnly, writeAll } from './files.ts';
import { randomHex } from './random-hex.ts';

/** Resolves once what a descriptor stands for is on the disk. @throws a system error */
export function fsync(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.fsync(fd, (error) => (error ? reject(error) : resolve()));
  });
}

/** New contents of a file, beside it until they take its place. The mode of the file is kept. */
class Replacement {
  readonly #file: string;
  readonly #temporary: string;
  #fd: number | undefined;

  /**
   * Writes the contents.
   * @param newMode the mode of a file that does not exist yet, as the umask leaves it
   * @throws a system error or a FileError when the bytes cannot be written, and `EACCES` for a file
   * that is read-only; nothing is left then
   */
  constructor(file: string, data: Buffer, newMode = 0o666) {
    const denied = whyReadOnly(file);
    if (denied) throw new FileError('EACCES', `it ${denied}`);
    const mode = fs.statSync(file, { throwIfNoEntry: false })?.mode;
    this.#file = file;
    this.#temporary = path.join(path.dirname(file), `.${randomHex(16)}.tmp`);
    this.#fd = fs.openSync(this.#temporary, 'wx', newMode);
    try {
      if (mode !== undefined) fs.fchmodSync(this.#fd, mode);
      writeWhole(this.#fd, data);
    } catch (error) {
      this.drop();
      throw error;
    }
  }

  /** Resolves once the contents are on the disk. @throws a system error */
  async synced(): Promise<void> {
    if (this.#fd !== undefined) await fsync(this.#fd);
  }

  /** Returns once the contents are on the disk. @throws a system error */
  sync(): void {
    if (this.#fd !== undefined) fs.fsyncSync(this.#fd);
  }

  /** Replaces the file. Call it when the contents are on the disk. @throws a system error */
  put(): void {
    fs.renameSync(this.#temporary, this.#file);
  }

  /** Call it at the end, whether the file was replaced or not: leaves nothing else behind. */
  drop(): void {
    if (this.#fd === undefined) return;
    fs.closeSync(this.#fd);
    this.#fd = undefined;
    fs.rmSync(this.#temporary, { force: true });
  }
}

/**
 * Replaces a file, and resolves once that is on the disk.
 * @param ready resolves once that may be; it is waited for while the disk takes the new contents, since
 * a disk syncs several files in about the time of one
 * @throws as `Replacement`, and what `ready` throws; the old file is then as it was
 */
export async function replaceFile(
  file: string,
  data: Buffer,
  ready: Promise<unknown>,
): Promise<void> {
  let next: Replacement | undefined;
  try {
    next = new Replacement(file, data);
    await Promise.all([next.synced(), ready]);
    next.put();
  } finally {
    await Promise.allSettled([ready]); // nothing goes on when this has failed
    next?.drop();
  }
  await folderSynced(path.dirname(file));
}

/**
 * Replaces a file, and returns once that is on the disk.
 * @param newMode as for `Replacement`
 * @throws as `Replacement`; the old file is then as it was
 */
export function replaceFileSync(file: string, data: Buffer, newMode?: number): void {
  const next = new Replacement(file, data, newMode);
  try {
    next.sync();
    next.put();
  } finally {
    next.drop();
  }
  syncFolder(path.dirname(file));
}

/** Writes these bytes to an empty file. @throws a system error or a FileError when it has not all of them */
export function writeWhole(fd: number, data: Buffer): void {
  writeAll(fd, data);
  const { size } = fs.fstatSync(fd);
  if (size === data.length) return;
  throw new FileError('EIO', `only ${size} of ${data.length} bytes were written`);
}

/** Resolves once the names in a folder are on the disk, where its file system allows that. */
export async function folderSynced(folder: string): Promise<void> {
  const fd = openFolder(folder);
  if (fd === undefined) return;
  await fsync(fd).catch(() => undefined);
  fs.closeSync(fd);
}

/** Returns once the names in a folder are on the disk, where its file system allows that. */
function syncFolder(folder: string): void {
  const fd = openFolder(folder);
  if (fd === undefined) return;
  unlessUnreadable(() => fs.fsyncSync(fd));
  fs.closeSync(fd);
}

function openFolder(folder: string): number | undefined {
  return unlessUnreadable(() => fs.openSync(folder, 'r'));
}
