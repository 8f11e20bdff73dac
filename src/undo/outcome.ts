/** What the commands about changes are given to show. */

/** A file as it was before the agent's first edit and after its last: what `/diff` shows. */
export interface ChangedFile {
  path: string;
  /** Undefined where there was no file. */
  before: Buffer | undefined;
  after: Buffer | undefined;
  /** Something else has changed the file since the agent left it. */
  isChangedSince: boolean;
  /** No copy of the contents was kept, so there is nothing to show. */
  isLost: boolean;
}

/** The outcome of `/undo` or `/redo`. */
export type UndoOutcome =
  | { type: 'nothing' }
  /** Nothing was changed: a clause for each file that prevented it. */
  | { type: 'refused'; problems: string[] }
  | {
      type: 'done';
      request: string;
      files: { path: string; isGone: boolean }[];
      /** A clause for each file that could not be written. */
      problems: string[];
      /** A command ran in the request or after it. */
      ranShell: boolean;
    };
