/** The sessions of one workspace: `.mini-coding-agent/sessions/<id>.jsonl` in its root. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../util/errors.ts';
import { STATE_FOLDER } from '../workspace/paths.ts';
import { FileLog, SessionBusyError, SessionLockError, type Warn } from './log.ts';
import { belongsTo, firstRequest, type LogSummary } from './read-log.ts';
import { Fold, Session } from './session.ts';

/** A session as shown in a list. */
export interface SessionSummary {
  id: string;
  /** The start of its first request. */
  request: string;
  /** When it was last written, in milliseconds since 1970. */
  writtenAt: number;
}

/** A session that cannot be opened. The message is for the person who asked for it. */
export class SessionError extends Error {
  override readonly name = 'SessionError';
}

interface SessionStoreOptions {
  workspaceRoot: string;
  /** Tells the person, in one line, about a log that was damaged or cannot be written. */
  warn: Warn;
  /** The files of the sessions' folder that come with the repository, relative to the root. */
  tracked?: (() => readonly string[] | undefined) | undefined;
}

const SESSIONS = 'sessions';
/** The bits of a mode that let users other than the owner write. */
const OTHERS_WRITE = 0o022;
const ID = /^\d{8}-\d{6}-[0-9a-f]{6}$/;
const LISTED = 5;

/** Creates, lists and resumes the sessions of one workspace. */
export class SessionStore {
  readonly #folder: string;
  readonly #root: string;
  readonly #warn: Warn;
  readonly #tracked: () => readonly string[] | undefined;

  constructor({ workspaceRoot, warn, tracked = () => [] }: SessionStoreOptions) {
    this.#root = workspaceRoot;
    this.#folder = path.join(workspaceRoot, STATE_FOLDER, SESSIONS);
    this.#warn = warn;
    this.#tracked = tracked;
  }

  /**
   * The session to resume, by its id or as `latest`; a new one if none is asked for, or if there is
   * no latest. @throws SessionError
   */
  open(resume: string | undefined, model: string): Session {
    return this.resumed(resume) ?? this.create(model);
  }

  /** The session to resume, as for `open`; undefined where there is to be a new one. @throws SessionError */
  resumed(resume: string | undefined): Session | undefined {
    const id = resume === 'latest' ? this.latest() : resume;
    if (id !== undefined) return this.resume(id);
    if (resume !== undefined) this.#warn('No session to resume; starting a new one.');
    return undefined;
  }

  /** A new session; `parent` is the id of the session that delegates to it. */
  create(model: string, parent: string | null = null): Session {
    const now = new Date();
    const id = newId(now);
    const header = {
      type: 'session' as const,
      version: 1 as const,
      id,
      created_at: now.toISOString(),
      workspace_root: this.#root,
      model,
      parent,
    };
    const fold = new Fold();
    fold.state.model = model;
    return new Session(FileLog.create(this.#file(id), header, this.#warn), fold);
  }

  /**
   * Resumes an earlier session.
   * @throws SessionError if the id is invalid or unknown, or the session belongs to another
   * workspace, may be someone else's, is in use by another process or cannot be locked. If another
   * id may help, the message lists the latest.
   */
  resume(id: string): Session {
    if (!ID.test(id)) throw new SessionError(`${id} is not a session id.${this.#latestFew()}`);
    const why = this.#whyForeign()(id);
    if (why !== undefined) {
      throw new SessionError(`The session ${id} cannot be resumed: ${why}.${this.#latestFew()}`);
    }
    const earlier = new Fold();
    const { log, summary } = this.#open(id, earlier);
    const { header } = summary;
    if (header && !belongsTo(header, this.#root)) {
      log.close();
      throw new SessionError(
        `The session ${id} belongs to another workspace, ${header.workspace_root}.${this.#latestFew()}`,
      );
    }
    earlier.state.model ??= header?.model;
    this.#warnOfDamage(id, summary);
    return new Session(log, earlier);
  }

  #open(id: string, earlier: Fold): { log: FileLog; summary: LogSummary } {
    try {
      return FileLog.resume(this.#file(id), this.#warn, (record) => earlier.add(record));
    } catch (error) {
      if (error instanceof SessionBusyError) {
        const who = `process ${error.pid}`;
        throw new SessionError(`The session ${id} is in use by ${who}. Close it there first.`);
      }
      if (error instanceof SessionLockError) {
        throw new SessionError(
          `The session ${id} cannot be resumed: ${error.message}. ` +
            'Make its folder writable, or start a new session without --resume or -c.',
        );
      }
      const code = errorCode(error);
      if (code === undefined) throw error;
      const why = code === 'ENOENT' ? 'No session' : 'Cannot read the session';
      throw new SessionError(`${why} ${id} in this workspace.${this.#latestFew()}`);
    }
  }

  /** The id of the session last written that `list` would show, or undefined. */
  latest(): string | undefined {
    return this.list(1)[0]?.id;
  }

  /** The sessions last written, newest first, without those of delegates and those without a request. */
  list(limit: number): SessionSummary[] {
    const found: SessionSummary[] = [];
    const whyForeign = this.#whyForeign();
    for (const { id, at: writtenAt } of this.#byAge()) {
      if (found.length === limit) break;
      if (whyForeign(id) !== undefined) continue;
      const request = this.#firstRequest(id);
      if (request !== undefined) found.push({ id, request, writtenAt });
    }
    return found;
  }

  /**
   * Why a session may be someone else's, so that its words must not pass for this person's: it came
   * with the repository, or another user owns its file or can write it.
   */
  #whyForeign(): (id: string) => string | undefined {
    const me = process.getuid?.();
    const listed = this.#tracked()?.map((file) => file.toLowerCase());
    const tracked = new Set(listed?.map((file) => path.basename(file)));
    // A submodule is listed by its folder only.
    const ours = [STATE_FOLDER, `${STATE_FOLDER}/${SESSIONS}`];
    const isAllForeign = ours.some(
      (folder) => listed?.includes(folder) || fs.existsSync(path.join(this.#root, folder, '.git')),
    );
    return (id) => {
      if (!listed) return 'git could not tell whether it came with the repository';
      if (isAllForeign || tracked.has(`${id}.jsonl`)) {
        return 'git tracks its file, so others may have written it';
      }
      const stat = fs.lstatSync(this.#file(id), { throwIfNoEntry: false });
      const isOthers = stat !== undefined && me !== undefined && stat.uid !== me;
      if (isOthers) return 'its file belongs to another user';
      const isOpen = stat?.isFile() === true && (stat.mode & OTHERS_WRITE) !== 0;
      return isOpen ? 'other users can write its file' : undefined;
    };
  }

  #latestFew(): string {
    const ids = this.list(LISTED).map(({ id }) => id);
    return ids.length > 0 ? ` The latest are: ${ids.join(', ')}.` : ' There are no sessions yet.';
  }

  /** Ids and when they were last written, newest first; in the same millisecond, the higher id first. */
  #byAge(): { id: string; at: number }[] {
    let names: string[];
    try {
      names = fs.readdirSync(this.#folder);
    } catch {
      return [];
    }
    return names
      .map((name) => path.basename(name, '.jsonl'))
      .filter((id, index) => ID.test(id) && names[index] === `${id}.jsonl`)
      .map((id) => {
        const stat = fs.lstatSync(this.#file(id), { throwIfNoEntry: false });
        return { id, at: stat?.mtimeMs ?? 0 };
      })
      .toSorted((a, b) => b.at - a.at || b.id.localeCompare(a.id));
  }

  #firstRequest(id: string): string | undefined {
    try {
      return firstRequest(this.#file(id), this.#root);
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      return undefined;
    }
  }

  #warnOfDamage(id: string, { header, corrupt, torn }: LogSummary): void {
    const damage = [
      ...(header ? [] : ['its first line is not a header']),
      ...(corrupt > 0 ? [`${corrupt} unreadable line${corrupt > 1 ? 's' : ''} skipped`] : []),
      ...(torn ? ['a last line that was cut short skipped'] : []),
    ];
    if (damage.length > 0) this.#warn(`The session ${id} was damaged: ${damage.join(', ')}.`);
  }

  #file(id: string): string {
    return path.join(this.#folder, `${id}.jsonl`);
  }
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Local time and six hex digits: `20260401-144025-2dd0aa`. */
function newId(now: Date): string {
  const date = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  return `${date}-${time}-${randomBytes(3).toString('hex')}`;
}
