/** Searches for a pattern as a regular expression and, where that finds nothing, as plain text. */
import { PatternError, type Matches, type SearchRequest } from './matches.ts';

/** What a search has found, and how. */
export interface Found {
  matches: Matches;
  /** The pattern was taken as plain text. */
  isPlain: boolean;
  /** What the model is told of that, in a line of its own; empty where there is nothing to tell. */
  remark: string;
}

/** A backslash before a character that needs none: ripgrep refuses it, and JavaScript wants it. */
const NEEDLESS = /\\([^])/gu;
const NEEDS_NONE = /[\s"'`/!%,:;=@_]|\P{ASCII}/u;

/**
 * Searches twice if the pattern is no regular expression or matches nothing as one.
 * @param way searches for a regular expression; it rejects with a PatternError if that is none
 */
export async function searchAsMeant(
  request: SearchRequest,
  way: (request: SearchRequest) => Promise<Matches>,
): Promise<Found> {
  const { pattern } = request;
  const regex = pattern.replace(NEEDLESS, (whole, next: string) =>
    NEEDS_NONE.test(next) ? next : whole,
  );
  const plain = pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const first = await way({ ...request, pattern: regex }).catch(asPatternError);
  if (first instanceof PatternError) {
    const matches = await way({ ...request, pattern: plain });
    return { matches, isPlain: true, remark: `(searched as plain text: ${first.message})` };
  }
  if (first.count > 0 || first.incomplete || plain === pattern) {
    return { matches: first, isPlain: false, remark: '' };
  }
  const matches = await way({ ...request, pattern: plain });
  const isPlain = matches.count > 0 || matches.incomplete;
  const remark = isPlain
    ? '(searched as plain text: as a regular expression the pattern matches nothing)'
    : '(searched as a regular expression and as plain text)';
  return { matches, isPlain, remark };
}

function asPatternError(error: unknown): PatternError {
  if (error instanceof PatternError) return error;
  throw error;
}
