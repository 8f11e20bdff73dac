/** What the program around it gives to line editing. */
import type { Completions } from './complete.ts';

/** Earlier requests. */
export interface History {
  /** The oldest first. */
  readonly entries: readonly string[];
  /** Adds the newest. */
  add(entry: string): void;
}

/** How the person's own editor is started. */
export interface ExternalEditor {
  /** A command line; the file's name is appended. */
  command: string;
  env: NodeJS.ProcessEnv;
}

/** What helps to write a request. Questions have none of it. */
export interface Aids {
  history: History;
  completions: Completions;
  /** Undefined where the person has not set one. */
  editor: ExternalEditor | undefined;
}
