/** What the commands about changes are told. */

/** A file as the agent found it first and left it last: what `/diff` shows. */
export interface ChangedFile {
  path: string;
  /** Undefined where there was no file. */
  before: Buffer | undefined;
  after: Buffer | undefined;
  /** Something else has changed the file since the agent left it. */
  isChangedSince: boolean;
  /** What the file held was not kept, so that nothing can be shown. */
  isLost: boolean;
}

/** How `/undo` or `/redo` came out. */
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
