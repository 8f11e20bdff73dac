/** What line editing is given by the program around it. */
import type { Completions } from './complete.ts';

/** Earlier requests. */
export interface History {
  /** The oldest first. */
  readonly entries: readonly string[];
  add(entry: string): void;
}

/** What helps to write a request; a question is answered without. */
export interface Aids {
  history: History;
  completions: Completions;
  /** The command line of the person's own editor. */
  editor: string | undefined;
}
