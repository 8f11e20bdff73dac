/**
 * What the agent's tools did to files in a session: copies are kept before each edit, the changes
 * shown as a diff, undone request by request and redone. Later changes by the person are never lost.
 */
import fs from 'node:fs';
import path from 'node:path';
import { clipLine } from '../context/clip.ts';
import { errorCode, systemReason } from '../util/errors.ts';
import { whyReadOnly } from '../util/files.ts';
import { replaceFileSync } from '../util/replace-file.ts';
import type { RequestEdits } from '../session/edit-log.ts';
import type { FileEdit } from '../records.ts';
import type { Session } from '../session/session.ts';
import type { FileChange } from '../tools/tool.ts';
import { PathError, resolveWritable } from '../workspace/paths.ts';
import { FileCopies, hashOf, readSmall } from './file-copies.ts';
import { netEdits } from './net-edits.ts';
import type { ChangedFile, UndoOutcome } from './outcome.ts';

/** What a file holds: its hash, or null for no file. */
type Content = FileEdit['before'];

/** What undo works with. */
interface UndoParts {
  session: Session;
  /** The workspace root, a real path. */
  root: string;
  /** Tells the person something, in one line. */
  warn: (message: string) => void;
}

/** A file that is to go from one content to another. */
interface Move {
  path: string;
  from: Content;
  /** Null removes the file. */
  to: Content;
}

/** The changes of one session, which can be undone. */
export class Undo {
  readonly #parts: UndoParts;
  readonly #copies: FileCopies;
  #hasWarned = false;

  constructor(parts: UndoParts) {
    this.#parts = parts;
    const { session, root } = parts;
    this.#copies = new FileCopies(session.path.replace(/\.jsonl$/, '.files'), root);
  }

  /**
   * Records an edit that is about to be made, and keeps a copy of the file. Resolves once what takes
   * the edit back is on the disk: the record and that copy. What it resolves with keeps a copy of what
   * was written. If no copy can be kept, the person is told once, and the file can be written anyway.
   */
  async keep({
    real,
    before,
    after,
  }: Pick<FileChange, 'real' | 'before' | 'after'>): Promise<() => void> {
    const { session, root, warn } = this.#parts;
    const name = path.relative(root, real);
    session.record({
      type: 'change',
      path: name,
      before: before ? hashOf(before) : null,
      after: hashOf(after),
    });
    const copied = before ? this.#copies.keep(before) : Promise.resolve();
    const [problem] = await Promise.all([
      copied.then(() => undefined, systemReason),
      session.synced(),
    ]);
    return () => {
      // As long as the file holds the same, this copy may be lost.
      const whyNot = problem ?? this.#whyNotCopied(after);
      if (whyNot === undefined || this.#hasWarned) return;
      this.#hasWarned = true;
      warn(`No copy of ${name} could be kept (${whyNot}): /undo cannot take all changes back.`);
    };
  }

  #whyNotCopied(bytes: Buffer): string | undefined {
    try {
      this.#copies.write(bytes);
      return undefined;
    } catch (error) {
      return systemReason(error);
    }
  }

  /** Undoes the edits of the last request that has any: all of them or none. */
  async undo(): Promise<UndoOutcome> {
    const { done, current } = this.#parts.session.state.history;
    const last = done.at(-1);
    if (!last) return { type: 'nothing' };
    const plan: (Move | string)[] = [];
    for (const { path: file, before, after, lastBefore, isBroken } of netEdits(last.edits)) {
      plan.push(
        isBroken && !last.ranShell
          ? `${file} was changed by something else while the agent worked`
          : await this.#plan(file, before, [after, lastBefore]),
      );
    }
    const undone = (moves: Move[]) => {
      const edits = moves.map(({ path: file, from, to }) => ({
        path: file,
        before: to,
        after: from,
      }));
      this.#parts.session.record({ type: 'undo', edits });
    };
    const ranShell = last.ranShell || current.ranShell;
    return this.#carryOut(plan, undone, { ...last, ranShell }, 'undid your changes to');
  }

  /** Redoes the edits of the last undo: all of them or none. */
  async redo(): Promise<UndoOutcome> {
    const { session } = this.#parts;
    const last = session.state.history.undone.at(-1);
    if (!last) return { type: 'nothing' };
    const plan: (Move | string)[] = [];
    for (const { path: file, before, after } of last.edits) {
      plan.push(await this.#plan(file, after, [before]));
    }
    const redone = () => session.record({ type: 'redo' });
    return this.#carryOut(plan, redone, last, 'redid your changes to');
  }

  /** Each file with changes by the agent that were not undone, in the order of the first change. */
  diff(): ChangedFile[] {
    const { done } = this.#parts.session.state.history;
    return netEdits(done.flatMap(({ edits }) => edits))
      .filter(({ before, after }) => before !== after)
      .map(({ path: file, before, after }) => {
        const [old, now] = [before, after].map((hash) => hash && this.#copies.read(hash));
        return {
          path: file,
          before: old || undefined,
          after: now || undefined,
          isChangedSince: this.#isChanged(file, after),
          isLost: old === undefined || now === undefined,
        };
      });
  }

  /** Plans how a file gets its content, or says why it must not: a clause for the person. */
  async #plan(file: string, to: Content, from: readonly Content[]): Promise<Move | string> {
    try {
      const real = this.#locate(file);
      const content = contentOf(real);
      if (content === to) return { path: file, from: content, to };
      if (content === 'other' || !from.includes(content)) return `${file} has changed since`;
      const denied = whyReadOnly(real);
      if (denied) return `${file} ${denied}`;
      // Only checked here, and read again later: all the files together may not fit in memory.
      if (to !== null && !this.#copies.read(to)) return notKept(file);
      // The opposite command needs the content that is replaced.
      const now = content === null ? undefined : readSmall(real);
      if (now) await this.#copies.keep(now);
      return { path: file, from: content, to };
    } catch (error) {
      return clauseOf(file, error);
    }
  }

  /** The log may have come with the repository. @throws PathError for a path that must not be written */
  #locate(file: string): string {
    const real = path.join(this.#parts.root, file);
    if (resolveWritable(this.#parts.root, file).real === real) return real;
    throw new PathError(`${file} is behind a link now`);
  }

  #isChanged(file: string, since: Content): boolean {
    try {
      return contentOf(this.#locate(file)) !== since;
    } catch (error) {
      clauseOf(file, error);
      return true;
    }
  }

  async #carryOut(
    plan: readonly (Move | string)[],
    record: (moves: Move[]) => void,
    { request, ranShell }: RequestEdits,
    whatTheUserDid: string,
  ): Promise<UndoOutcome> {
    const refused = plan.filter((step) => typeof step === 'string');
    if (refused.length > 0) return { type: 'refused', problems: refused };
    const moves = plan
      .filter((step) => typeof step !== 'string')
      .filter(({ from, to }) => from !== to);
    // Recorded first: whatever happens now, the opposite command knows what to do.
    record(moves);
    await this.#parts.session.synced();
    const problems: string[] = [];
    const files = moves.flatMap((move) => {
      const problem = this.#move(move);
      if (problem !== undefined) problems.push(problem);
      return problem === undefined ? [{ path: move.path, isGone: move.to === null }] : [];
    });
    if (files.length > 0) {
      const names = clipLine(files.map((file) => file.path).join(', '), TOLD_CHARS);
      const content = `changed: the user ${whatTheUserDid}: ${names}. Read them again before you edit them.`;
      this.#parts.session.record({ type: 'workspace', content });
    }
    return { type: 'done', request, files, problems, ranShell };
  }

  /** Returns why it failed, as a clause, if it did. */
  #move({ path: file, to }: Move): string | undefined {
    try {
      const real = this.#locate(file);
      const bytes = to === null ? null : this.#copies.read(to);
      if (bytes === undefined) return notKept(file);
      if (bytes === null) fs.rmSync(real, { force: true });
      else {
        fs.mkdirSync(path.dirname(real), { recursive: true });
        replaceFileSync(real, bytes);
      }
      return undefined;
    } catch (error) {
      return clauseOf(file, error);
    }
  }
}

function notKept(file: string): string {
  return `${file}: no copy of what it held was kept`;
}

/** Characters of file names in what the model is told. */
const TOLD_CHARS = 1_000;

/** What a file holds; `other` for anything that is not a regular file or is too large for copies. */
function contentOf(real: string): Content | 'other' {
  if (!fs.lstatSync(real, { throwIfNoEntry: false })) return null;
  const bytes = readSmall(real);
  return bytes ? hashOf(bytes) : 'other';
}

/** What is wrong with a file, as a clause. @throws the error itself if it is a bug */
function clauseOf(file: string, error: unknown): string {
  if (error instanceof PathError) return error.message;
  const code = errorCode(error);
  if (code === undefined) throw error;
  return `${file} cannot be changed (${code})`;
}
