/** The sessions of one workspace: `.mini-coding-agent/sessions/<id>.jsonl` in its root. */
import { errorCode } from '../util/errors.ts';
import { statIfSeen } from '../util/files.ts';
import { randomHex } from '../util/random-hex.ts';
import { idsMeant, whyNoneMeant } from './find.ts';
import { isId, SessionFolder, type SessionSummary } from './folder.ts';
import { FileLog, SessionBusyError, SessionLockError, type Warn } from './log.ts';
import { damageOf, type LogSummary } from './read-log.ts';
import { SessionError } from './session-error.ts';
import { Fold, Session } from './session.ts';
import { isSameFolder, type SessionFacts } from './summary.ts';

interface SessionStoreOptions {
  workspaceRoot: string;
  /** Tells the person, in one line, about a log that was damaged or cannot be written. */
  warn: Warn;
  /** The files of the sessions' folder that come with the repository, relative to the root. */
  tracked?: (() => readonly string[] | undefined) | undefined;
}

const LISTED = 5;

/** Creates, lists and resumes the sessions of one workspace. */
export class SessionStore {
  readonly #folder: SessionFolder;
  readonly #root: string;
  readonly #warn: Warn;

  constructor({ workspaceRoot, warn, tracked = () => [] }: SessionStoreOptions) {
    this.#root = workspaceRoot;
    this.#folder = new SessionFolder(workspaceRoot, tracked);
    this.#warn = warn;
  }

  /**
   * The session to resume, by what `find` takes; a new one if none is asked for, or if there is no
   * latest. @throws SessionError
   */
  open(resume: string | undefined, model: string): Session {
    return this.resumed(resume) ?? this.create(model);
  }

  /** The session to resume, as for `open`; undefined where there is to be a new one. @throws SessionError */
  resumed(resume: string | undefined): Session | undefined {
    if (resume === undefined) return undefined;
    if (resume !== 'latest') return this.resume(this.find(resume));
    const newer = this.#folder.newerFirst();
    if (newer !== undefined) this.#warn(newer);
    const id = this.latest();
    if (id !== undefined) return this.resume(id);
    const why = this.whyNone();
    this.#warn(`No session to resume; starting a new one.${why === undefined ? '' : ` ${why}`}`);
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
    return new Session(FileLog.create(this.#folder.fileOf(id), header, this.#warn), fold);
  }

  /**
   * The id of the session that a person means by its id, the beginning of one, a number in the list
   * (1 is the latest) or `latest`. There may be no session of a whole id.
   * @param current the session that `latest` does not mean
   * @throws SessionError if none is meant, or more than one
   */
  find(asked: string, current?: string): string {
    const listed = isId(asked) ? [] : this.list(Infinity).map(({ id }) => id);
    const meant = idsMeant(asked, listed, current);
    const [id] = meant;
    if (id === undefined) {
      const few = asked === 'latest' ? '' : this.#latestFew();
      throw new SessionError(whyNoneMeant(asked, listed.length) + few);
    }
    if (meant.length === 1) return id;
    const few = `${meant.slice(0, LISTED).join(', ')}${meant.length > LISTED ? ', …' : ''}`;
    throw new SessionError(`${meant.length} sessions begin with ${asked}: ${few}.`);
  }

  /**
   * Resumes an earlier session.
   * @throws SessionError if the id is invalid or unknown, or the session belongs to another
   * workspace, may be someone else's, was written by a later version, is in use by another process or
   * cannot be locked. If another id may help, the message lists the latest.
   */
  resume(id: string): Session {
    if (!isId(id)) throw new SessionError(`${id} is not a session id.${this.#latestFew()}`);
    const why = this.#folder.whyNot(id);
    if (why !== undefined) {
      throw new SessionError(`The session ${id} cannot be resumed: ${why}.${this.#latestFew()}`);
    }
    const earlier = new Fold();
    const { log, summary } = this.#open(id, earlier);
    earlier.state.model ??= summary.header?.model;
    this.#warnOfDamage(id, summary);
    this.#warnOfMove(id, summary);
    return new Session(log, earlier);
  }

  /**
   * A session to read, by what `find` takes, whoever wrote it and holds it now.
   * @throws SessionError if there is none
   */
  saved(asked: string): Pick<Session, 'id' | 'path'> {
    const id = asked === 'latest' ? this.latest() : this.find(asked);
    const path = this.#folder.fileOf(id ?? '');
    if (id !== undefined && statIfSeen(path)?.isFile()) return { id, path };
    const what = asked === 'latest' ? 'There is no session to export' : `No session ${asked} here`;
    throw new SessionError(`${what}.${this.#latestFew()}`);
  }

  #open(id: string, earlier: Fold): { log: FileLog; summary: LogSummary } {
    try {
      return FileLog.resume(this.#folder.fileOf(id), this.#warn, (record) => earlier.add(record));
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

  /**
   * The sessions last written, newest first, without those of delegates, those that must not be
   * resumed, and those without a request that reached a model.
   */
  list(limit: number): SessionSummary[] {
    return this.#folder.list(limit);
  }

  /** Whether `list` would show a session; looks at no other one. */
  has(id: string): boolean {
    return this.#folder.has(id);
  }

  /** What only the whole log of a session tells; undefined if it cannot be read. */
  factsOf(id: string): SessionFacts | undefined {
    return this.#folder.factsOf(id);
  }

  /** Why `list` is empty, as a sentence; undefined where there are no sessions yet. */
  whyNone(): string | undefined {
    return this.#folder.whyNone();
  }

  #latestFew(): string {
    const ids = this.list(LISTED).map(({ id }) => id);
    if (ids.length > 0) return ` The latest are: ${ids.join(', ')}.`;
    return ` ${this.whyNone() ?? 'There are no sessions yet.'}`;
  }

  #warnOfDamage(id: string, summary: LogSummary): void {
    const damage = [
      ...(summary.header ? [] : ['its first line is not a header']),
      ...damageOf(summary).map((what) => `${what} skipped`),
    ];
    if (damage.length > 0) this.#warn(`The session ${id} was damaged: ${damage.join(', ')}.`);
  }

  /** A folder that somebody else has packed brings its sessions along, too. */
  #warnOfMove(id: string, { header }: LogSummary): void {
    if (!header || isSameFolder(header.workspace_root, this.#root)) return;
    const advice = 'If you did not move that folder here, others may have written it: use /reset.';
    this.#warn(`The session ${id} began in ${header.workspace_root}. ${advice}`);
  }
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Local time and six hex digits: `20260401-144025-2dd0aa`. */
function newId(now: Date): string {
  const date = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  return `${date}-${time}-${randomHex(6)}`;
}
