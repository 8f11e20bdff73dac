/** One row of the table of formats. */
import type { Construct, ToolShapes } from '../reply.ts';

/**
 * Reads the construct whose opening ends at `at`. If there is none, returns undefined, or the place
 * up to which the text is only prose.
 */
export type Reader = (raw: string, at: number, tools: ToolShapes) => Construct | number | undefined;

/** One format of calls. */
export interface Dialect {
  /** Models or agents that are known to write it. */
  models: string;
  /** An example of a call. */
  looks: string;
  /**
   * What opens it: the source of a regular expression, ignoring case, without capturing groups. All
   * that it matches has one of the signs in `openings.ts`.
   */
  opening: string;
  /** What shows that a call was begun, where the opening may be prose; null if nothing does. */
  begun?: string | null;
  /** What closes the call and what is around it, apart from tokens between bars; likewise. */
  closing?: string;
  read: Reader;
}
