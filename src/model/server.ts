/** What the setup needs from a server of models: which there are, and how to get another. */

/** More models of a list are not looked at, nor those with longer names: a path may be one. */
export const MOST_LISTED = { models: 10_000, nameChars: 500 } as const;

/** A model that is installed on the server. */
export interface ListedModel {
  name: string;
  /** Its size in bytes, if the server says. */
  bytes: number | undefined;
  /** Where the server runs it, if not on its own machine. */
  runsAt?: string | undefined;
}

/** The progress of a pull, over all parts of the model that are known so far. */
export interface PullProgress {
  /** What the server is doing, in its own words. */
  status: string;
  /** Bytes downloaded. */
  completed: number;
  /** Bytes in all; 0 while none are known. */
  total: number;
}

/** A server that has models and can get more. */
export interface ModelServer {
  /** The installed models. @throws ModelError */
  list(signal: AbortSignal): Promise<ListedModel[]>;
  /** Whether two names mean the same model there. */
  isSame(one: string, other: string): boolean;
  /**
   * Downloads a model to the server and yields the progress. If `signal` stops it, the next pull
   * resumes there. A server that cannot has no such method.
   * @throws ModelError, `model_missing` if there is no such model
   */
  pull?(name: string, signal: AbortSignal): AsyncGenerator<PullProgress, void, undefined>;
}
