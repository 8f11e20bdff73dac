/** The sessions' folder of a workspace: which there are, and which of them may be resumed. */
import fs from 'node:fs';
import path from 'node:path';
import { unlessUnreadable } from '../util/errors.ts';
import { statIfSeen } from '../util/files.ts';
import { STATE_FOLDER } from '../workspace/paths.ts';
import { whyForeign } from './foreign.ts';
import { belongsTo, readFacts, readStart, type LogStart, type SessionFacts } from './summary.ts';

/** A session as shown in a list. */
export interface SessionSummary {
  id: string;
  /** The start of its first request. */
  request: string;
  /** When it was last written, in milliseconds since 1970. */
  writtenAt: number;
}

const SESSIONS = 'sessions';
const ID = /^\d{8}-\d{6}-[0-9a-f]{6}$/;
const NEWER = 'a newer version of mini-coding-agent wrote it; update to resume it';

/** Whether a text is the id of a session: only then it may be part of a file's name. */
export function isId(text: string): boolean {
  return ID.test(text);
}

/** Looks at the sessions of one workspace; writes and locks nothing. */
export class SessionFolder {
  readonly #root: string;
  readonly #folder: string;
  readonly #tracked: () => readonly string[] | undefined;

  /** @param tracked the files below that git tracks, relative to the root; undefined if git is silent */
  constructor(root: string, tracked: () => readonly string[] | undefined) {
    this.#root = root;
    this.#folder = path.join(root, STATE_FOLDER, SESSIONS);
    this.#tracked = tracked;
  }

  /** The file of a session. */
  fileOf(id: string): string {
    return path.join(this.#folder, `${id}.jsonl`);
  }

  /**
   * The sessions last written, newest first, without those of delegates, those that must not be
   * resumed, and those without a request that reached a model.
   */
  list(limit: number): SessionSummary[] {
    const found: SessionSummary[] = [];
    const requestOf = this.#requestOf();
    for (const { id, at: writtenAt } of this.#byAge()) {
      if (found.length === limit) break;
      const request = requestOf(id);
      if (request !== undefined) found.push({ id, request, writtenAt });
    }
    return found;
  }

  /** Whether `list` would show a session; looks at no other one. */
  has(id: string): boolean {
    return this.#requestOf()(id) !== undefined;
  }

  /** Why a session must not be resumed: a clause; undefined if it may, or is not there. */
  whyNot(id: string): string | undefined {
    return this.#whyNot()(id, this.#startOf(id));
  }

  /** What only the whole log of a session tells; undefined if it cannot be read. */
  factsOf(id: string): SessionFacts | undefined {
    return unlessUnreadable(() => readFacts(this.fileOf(id)));
  }

  /** That a later version wrote the session last written, as a sentence; undefined if none did. */
  newerFirst(): string | undefined {
    const [first] = this.#byAge();
    const isNewer = first && this.#startOf(first.id)?.isNewer;
    return isNewer ? `The session ${first.id} is left alone: ${NEWER}.` : undefined;
  }

  /** Why `list` is empty, as a sentence; undefined where there are no sessions yet. */
  whyNone(): string | undefined {
    const inTheWay = [path.dirname(this.#folder), this.#folder].find(
      (folder) => statIfSeen(folder)?.isDirectory() === false,
    );
    if (inTheWay !== undefined) {
      return `${inTheWay} is not a folder, so no session can be kept: move it away.`;
    }
    const whyNot = this.#whyNot();
    for (const { id } of this.#byAge()) {
      const why = whyNot(id, this.#startOf(id));
      if (why !== undefined) return `The session ${id} cannot be resumed: ${why}.`;
    }
    return undefined;
  }

  /** Tells the first request of a session that `list` shows. */
  #requestOf(): (id: string) => string | undefined {
    const whyNot = this.#whyNot();
    return (id) => {
      const start = this.#startOf(id);
      if (start?.header?.parent !== null || start.request === undefined) return undefined;
      return whyNot(id, start) === undefined ? start.request : undefined;
    };
  }

  #whyNot(): (id: string, start: LogStart | undefined) => string | undefined {
    const foreign = whyForeign(this.#root, this.#folder, this.#tracked());
    return (id, start) => {
      const file = this.fileOf(id);
      const why = foreign(file);
      if (why !== undefined || !start) return why;
      const { header, isNewer } = start;
      if (isNewer) return NEWER;
      const isHere = !header || belongsTo(header, this.#root, file);
      return isHere ? undefined : `it belongs to another workspace, ${header.workspace_root}`;
    };
  }

  /** Ids and when they were last written, newest first; in the same millisecond, the higher id first. */
  #byAge(): { id: string; at: number }[] {
    const names = unlessUnreadable(() => fs.readdirSync(this.#folder)) ?? [];
    return names
      .map((name) => path.basename(name, '.jsonl'))
      .filter((id, index) => isId(id) && names[index] === `${id}.jsonl`)
      .map((id) => ({ id, at: statIfSeen(this.fileOf(id))?.mtimeMs ?? 0 }))
      .toSorted((a, b) => b.at - a.at || b.id.localeCompare(a.id));
  }

  #startOf(id: string): LogStart | undefined {
    return unlessUnreadable(() => readStart(this.fileOf(id)));
  }
}
