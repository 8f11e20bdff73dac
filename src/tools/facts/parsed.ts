/** What a parser says of a file. */

/** The first thing that does not parse. */
export interface Problem {
  /** From 1; undefined where the parser does not say. */
  line: number | undefined;
  /** One clause. */
  message: string;
}

/** A file as it was before an edit, and as it is. */
export interface Parsed {
  /** The language, with its version where that matters. */
  language: string;
  /** Looked for only where there is one after the edit. */
  before: Problem | undefined;
  after: Problem | undefined;
}
