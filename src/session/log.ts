/** One session's file: append-only JSON lines that survive a torn tail, a bad line and a full disk. */
import fs from 'node:fs';
import path from 'node:path';
import { errorCode, FileError, systemReason } from '../util/errors.ts';
import { readHead, withRegularFile, writeAll } from '../util/files.ts';
import { releaseLock, takeLock } from './lock.ts';
import { headerSchema, parseRecord, type SessionHeader, type SessionRecord } from '../records.ts';
import type { RecordLog } from './session.ts';

export interface LogContent {
  /** Undefined when the first line is no header. */
  header: SessionHeader | undefined;
  records: SessionRecord[];
  /** Lines that are no records. */
  corrupt: number;
  /** True when the last line is not whole: the write of it was cut short. */
  torn: boolean;
  /** Bytes up to the end of the last whole line. */
  wholeBytes: number;
}

/** Reads a log. @throws Error with a `code` when the file cannot be read. */
export function readLog(file: string): LogContent {
  const bytes = withRegularFile(file, (fd) => fs.readFileSync(fd));
  const wholeBytes = bytes.lastIndexOf('\n') + 1;
  const lines = bytes.subarray(0, wholeBytes).toString('utf8').split('\n').slice(0, -1);
  const content: LogContent = {
    header: parseHeader(lines[0]),
    records: [],
    corrupt: 0,
    torn: wholeBytes < bytes.length,
    wholeBytes,
  };
  for (const line of content.header ? lines.slice(1) : lines) {
    const record = parseRecord(line);
    if (record === 'corrupt') content.corrupt++;
    else if (record !== 'unknown') content.records.push(record);
  }
  return content;
}

/** How much of a log's beginning must show whether it is a conversation, in bytes. */
const PROBE_BYTES = 64 * 1024;

/**
 * The first request of a log, or what its beginning holds of it; undefined where the log is none of
 * a person's in this workspace. @throws Error with a `code`
 */
export function firstRequest(file: string, workspaceRoot: string): string | undefined {
  const [first, ...lines] = readHead(file, PROBE_BYTES).toString('utf8').split('\n');
  const header = parseHeader(first);
  if (header?.parent !== null || !belongsTo(header, workspaceRoot)) return undefined;
  const line = lines.find((each) => each.startsWith(USER_RECORD));
  if (line === undefined) return undefined;
  // A line that is cut off, or damaged, still tells how the request begins.
  const [content = ''] = /(?<=^\{"type":"user","content":)"(?:[^"\\]|\\.)*/.exec(line) ?? [];
  try {
    return JSON.parse(`${content}"`) as string;
  } catch {
    return '';
  }
}

/** A folder that was moved together with its sessions is the same workspace. */
export function belongsTo({ workspace_root }: SessionHeader, workspaceRoot: string): boolean {
  return workspace_root === workspaceRoot || !fs.existsSync(workspace_root);
}

/** How a request's line begins, as `Session.record` writes it. */
const USER_RECORD = '{"type":"user"';

function parseHeader(line: string | undefined): SessionHeader | undefined {
  try {
    return headerSchema.safeParse(JSON.parse(line ?? '')).data;
  } catch {
    return undefined;
  }
}

/** Tells the person something, in one line. */
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
 * Appends to a session's file, one write a record. The file is made with the first record, so that
 * a session without a request leaves nothing behind. When the disk fails, the person is told once
 * and the conversation goes on in memory.
 */
export class FileLog implements RecordLog {
  readonly id: string;
  readonly path: string;
  readonly #warn: Warn;
  /** The first line of a new file: it goes there with the first record, in one write. */
  #header = '';
  /** What a file that was there is cut back to before the first append. */
  #wholeBytes: number | undefined;
  #fd: number | undefined;
  #failed = false;
  #locked = false;

  private constructor(file: string, warn: Warn) {
    this.id = path.basename(file, '.jsonl');
    this.path = file;
    this.#warn = warn;
  }

  static create(file: string, header: SessionHeader, warn: Warn): FileLog {
    const log = new FileLog(file, warn);
    log.#header = `${JSON.stringify(header)}\n`;
    return log;
  }

  /**
   * Opens a log to go on with it: locked first, so that nobody writes what is being read.
   * @throws SessionBusyError when another process writes it, SessionLockError when the lock cannot
   * be written, or an Error with a `code`
   */
  static resume(file: string, warn: Warn): { log: FileLog; content: LogContent } {
    assertRealFolder(path.dirname(path.dirname(file)));
    assertRealFolder(path.dirname(file));
    fs.lstatSync(file); // where there is none, a lock that cannot be had is beside the point
    const log = new FileLog(file, warn);
    log.#lock();
    try {
      const content = readLog(file);
      log.#wholeBytes = content.wholeBytes;
      return { log, content };
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

  flush(): void {
    this.#guarded(() => this.#fd !== undefined && fs.fdatasyncSync(this.#fd));
  }

  close(): void {
    this.flush();
    if (this.#fd !== undefined) fs.closeSync(this.#fd);
    this.#fd = undefined;
    this.#failed = true; // nothing is written after the lock is given back
    if (this.#locked) releaseLock(this.#lockFile);
  }

  /** @throws SessionBusyError when another process writes this session, or SessionLockError */
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
      const reason = systemReason(error);
      this.#failed = true;
      this.#warn(
        `This session can no longer be saved to ${this.path} (${reason}). ` +
          'The conversation goes on, but it cannot be resumed beyond this point.',
      );
    }
  }
}

/** @throws FileError when it is a link: a repository could point it anywhere */
function assertRealFolder(folder: string): void {
  if (fs.lstatSync(folder).isDirectory()) return;
  throw new FileError('ENOTDIR', `${folder} is a link, not a folder`);
}

/** Makes `.mini-coding-agent/sessions`, private to the user and hidden from git status. */
function makeSessionFolder(sessions: string): void {
  const home = path.dirname(sessions);
  for (const folder of [home, sessions]) {
    if (!fs.lstatSync(folder, { throwIfNoEntry: false })) fs.mkdirSync(folder, { mode: 0o700 });
    assertRealFolder(folder);
  }
  try {
    fs.writeFileSync(path.join(home, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 });
  } catch {
    // There is one already; or the folder cannot be written, which the log itself will tell.
  }
}
