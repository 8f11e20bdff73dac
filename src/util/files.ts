/** Opens files so that no special file can block us, and tells which cannot be written. */
import fs from 'node:fs';
import path from 'node:path';
import { errorCode, FileError, unlessUnreadable } from './errors.ts';
import { bytesOf } from './file-names.ts';

const { O_RDONLY, O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, W_OK } = fs.constants;

/**
 * Opens a regular file for reading, without following a link or waiting for a FIFO, passes the
 * descriptor to `use` and closes it.
 * @param file a path, in which `nameOf` may have made a name of bytes
 * @throws a system error when it cannot be opened, a FileError `ENOTREG` when it is not a regular file
 */
export function withRegularFile<T>(file: string, use: (fd: number, stat: fs.Stats) => T): T {
  return withRegular(fs.openSync(bytesOf(file), O_RDONLY | O_NOFOLLOW | O_NONBLOCK), use);
}

function withRegular<T>(fd: number, use: (fd: number, stat: fs.Stats) => T): T {
  try {
    const stat = fs.fstatSync(fd);
    if (!stat.isFile()) throw new FileError('ENOTREG', 'it is not a regular file');
    return use(fd, stat);
  } finally {
    fs.closeSync(fd);
  }
}

/** Reads at most the first `limit` bytes of a regular file. @throws as `withRegularFile` */
export function readHead(file: string, limit: number): Buffer {
  return withRegularFile(file, (fd, { size }) => {
    const buffer = Buffer.alloc(Math.min(limit, size));
    return buffer.subarray(0, fs.readSync(fd, buffer, 0, buffer.length, 0));
  });
}

/** What has this name, no link followed; undefined where there is nothing, or it cannot be seen. */
export function statIfSeen(file: string): fs.Stats | undefined {
  return unlessUnreadable(() => fs.lstatSync(file));
}

/**
 * Appends to a regular file that only its owner may read, and creates it if needed. Appends from
 * several processes do not mix. @throws as `withRegularFile`
 */
export function appendPrivately(file: string, data: Buffer): void {
  const flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
  withRegular(fs.openSync(file, flags, 0o600), (fd, { mode }) => {
    if (mode & 0o077) fs.fchmodSync(fd, 0o600);
    writeAll(fd, data);
  });
}

/** Writes all of `data`. A short write is continued, so that the error that stopped it is thrown. */
export function writeAll(fd: number, data: Buffer): void {
  for (let at = 0; at < data.length;) at += fs.writeSync(fd, data, at);
}

/**
 * Why a file cannot be written, created, replaced or removed for want of permission: a clause without
 * its subject; undefined if it can. A rename could replace a read-only one all the same.
 */
export function whyReadOnly(file: string): string | undefined {
  if (isDenied(file)) return 'is read-only (no write permission)';
  let folder = path.dirname(file);
  while (!fs.existsSync(folder) && folder !== path.dirname(folder)) folder = path.dirname(folder);
  return isDenied(folder) ? 'is in a folder that is read-only (no write permission)' : undefined;
}

function isDenied(name: string): boolean {
  try {
    fs.accessSync(name, W_OK);
    return false;
  } catch (error) {
    return ['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error) ?? '');
  }
}
