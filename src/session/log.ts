/** One session's file: append-only JSON lines that survive a torn tail, a bad line and a full disk. */
import fs from 'node:fs';
import path from 'node:path';
import { errorCode, FileError, systemReason } from '../util/errors.ts';
import { writeAll } from '../util/files.ts';
import { fsync } from '../util/replace-file.ts';
import { releaseLock, takeLock } from '../util/lock.ts';
import type { SessionHeader } from '../records/header.ts';
import type { SessionRecord } from '../records.ts';
import { readLog, type LogSummary } from './read-log.ts';
import type { RecordLog } from './session.ts';

/** Tells the person something in one line. */
export type Warn = (message: string) => void;

/** A session whose lock another process holds. */
export class SessionBusyError extends FileError {
  readonly pid: number;
  constructor(pid: number) {
    super('EBUSY', `held by process ${pid}`);
    this.pid = pid;
  }
}

/** A session whose lock the system does not let us take. */
export class SessionLockError extends FileError {
  constructor(file: string, code: string) {
    super(code, `the lock ${file} cannot be written (${code})`);
  }
}

/**
 * Appends to a session's file, one write per record. The file is created with the first record, so
 * that a session without a request leaves nothing behind. If the disk fails, the person is told
 * once and the conversation continues in memory.
 */
export class FileLog implements RecordLog {
  readonly id: string;
  readonly path: string;
  readonly #warn: Warn;
  /** What is written together with the first record: a new file's first line, or that it was resumed. */
  #header = '';
  /** Bytes that an existing file is cut back to before the first append. */
  #wholeBytes: number | undefined;
  #fd: number | undefined;
  #failed = false;
  #locked = false;

  private constructor(file: string, warn: Warn) {
    this.id = path.basename(file, '.jsonl');
    this.path = file;
    this.#warn = warn;
  }

  /** A log that does not exist yet; nothing is written before the first record. */
  static create(file: string, header: SessionHeader, warn: Warn): FileLog {
    const log = new FileLog(file, warn);
    log.#header = `${JSON.stringify(header)}\n`;
    return log;
  }

  /**
   * Opens an existing log to append to it, and passes its records to `use`. It is locked first, so
   * that nobody writes while it is read.
   * @throws SessionBusyError if another process has it open, SessionLockError if the lock cannot be
   * written, or an Error with a `code`
   */
  static resume(
    file: string,
    warn: Warn,
    use: (record: SessionRecord) => void,
  ): { log: FileLog; summary: LogSummary } {
    assertRealFolder(path.dirname(path.dirname(file)));
    assertRealFolder(path.dirname(file));
    fs.lstatSync(file); // a missing file is the better complaint than a lock that fails
    const log = new FileLog(file, warn);
    log.#lock();
    try {
      const summary = readLog(file, use);
      log.#wholeBytes = summary.wholeBytes;
      const resumed: SessionRecord = { type: 'resume', created_at: new Date().toISOString() };
      log.#header = `${JSON.stringify(resumed)}\n`;
      return { log, summary };
    } catch (error) {
      log.close();
      throw error;
    }
  }

  append(line: string): void {
    this.#guarded(() => {
      const fd = (this.#fd ??= this.#open());
      const { size, nlink, ino } = fs.fstatSync(fd);
      const now = nlink === 0 ? fs.statSync(this.path, { throwIfNoEntry: false }) : undefined;
      // Some file systems count no links: only another file in its place, or none, tells.
      if (nlink === 0 && now?.ino !== ino) {
        throw new FileError('ENOENT', 'the file was removed or replaced');
      }
      try {
        writeAll(fd, Buffer.from(`${this.#header}${line}\n`));
        this.#header = '';
      } catch (error) {
        fs.ftruncateSync(fd, size); // no half line
        throw error;
      }
    });
  }

  async synced(): Promise<void> {
    if (this.#failed || this.#fd === undefined) return;
    try {
      await fsync(this.#fd);
    } catch (error) {
      this.#fail(error);
    }
  }

  close(): void {
    this.#guarded(() => this.#fd !== undefined && fs.fdatasyncSync(this.#fd));
    if (this.#fd !== undefined) fs.closeSync(this.#fd);
    this.#fd = undefined;
    this.#failed = true; // nothing is written after the lock is given back
    if (this.#locked) releaseLock(this.#lockFile);
    this.#locked = false; // by now the lock may be another's
  }

  /** @throws SessionBusyError if another process has this session open, or SessionLockError */
  #lock(): void {
    let holder: number | undefined;
    try {
      holder = takeLock(this.#lockFile);
    } catch (error) {
      const code = errorCode(error);
      throw code === undefined ? error : new SessionLockError(this.#lockFile, code);
    }
    if (holder !== undefined) throw new SessionBusyError(holder);
    this.#locked = true;
  }

  get #lockFile(): string {
    return this.path.replace(/\.jsonl$/, '.lock');
  }

  #open(): number {
    const { O_APPEND, O_CREAT, O_EXCL, O_RDWR, O_NOFOLLOW } = fs.constants;
    const how = O_APPEND | O_RDWR | O_NOFOLLOW;
    if (this.#wholeBytes === undefined) {
      makeSessionFolder(path.dirname(this.path));
      this.#lock();
      return fs.openSync(this.path, how | O_CREAT | O_EXCL, 0o600);
    }
    const fd = fs.openSync(this.path, how);
    fs.ftruncateSync(fd, this.#wholeBytes);
    return fd;
  }

  #guarded(action: () => void): void {
    if (this.#failed) return;
    try {
      action();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Tells the person once that the disk has failed. @throws what is no failure of the disk */
  #fail(error: unknown): void {
    const reason = systemReason(error);
    if (this.#failed) return;
    this.#failed = true;
    const wasSaved = this.#fd !== undefined || this.#wholeBytes !== undefined;
    this.#warn(
      wasSaved
        ? `This session can no longer be saved to ${this.path} (${reason}). ` +
            'The conversation continues, but it cannot be resumed beyond this point.'
        : `This session cannot be saved to ${this.path} (${reason}). ` +
            'The conversation continues, but it cannot be resumed.',
    );
  }
}

/** @throws FileError when it is a link: a repository could point it anywhere */
function assertRealFolder(folder: string): void {
  if (fs.lstatSync(folder).isDirectory()) return;
  throw new FileError('ENOTDIR', `${folder} is not a folder`);
}

/** Creates the sessions' folder, private to the user and hidden from git status. */
function makeSessionFolder(sessions: string): void {
  const home = path.dirname(sessions);
  for (const folder of [home, sessions]) {
    if (!fs.lstatSync(folder, { throwIfNoEntry: false })) fs.mkdirSync(folder, { mode: 0o700 });
    assertRealFolder(folder);
  }
  try {
    fs.writeFileSync(path.join(home, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 });
  } catch {
    // There is one already, or the folder cannot be written, which the log itself will report.
  }
}
