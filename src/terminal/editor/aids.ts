/** What line editing is given by the program around it. */
import type { Completions } from './complete.ts';

/** Earlier requests. */
export interface History {
  /** The oldest first. */
  readonly entries: readonly string[];
  add(entry: string): void;
}

/** The person's own editor: how it is started. */
export interface ExternalEditor {
  /** A command line; the file's name is put behind it. */
  command: string;
  env: NodeJS.ProcessEnv;
}

/** What helps to write a request; a question is answered without. */
export interface Aids {
  history: History;
  completions: Completions;
  /** Undefined where the person has named none. */
  editor: ExternalEditor | undefined;
}
