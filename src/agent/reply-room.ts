/** How many tokens a reply may have: one that was cut off gets more the next time. */

/** Tokens a reply may have at first, and at most. */
export interface ReplyRoom {
  first: number;
  most: number;
}

const FIRST_TOKENS = 512;
const MOST_TOKENS = 4_096;

/**
 * The room of replies.
 * @param limit tokens that no reply may exceed, where the user set a limit
 * @param numCtx the window in tokens, where the user chose one: replies begin with an eighth of it
 */
export function replyRoom(limit?: number, numCtx = Infinity): ReplyRoom {
  const first = Math.min(FIRST_TOKENS, Math.ceil(numCtx / 8));
  return { first: limit ?? first, most: limit ?? MOST_TOKENS };
}

/**
 * The tokens of the next reply after one that was cut off at `tokens`; no more than those where that
 * is all there is.
 * @param numCtx the context window in tokens
 */
export function enlarged(tokens: number, { first, most }: ReplyRoom, numCtx: number): number {
  // What the reply gets, the prompt loses: no more than a quarter of the window.
  const bound = Math.min(most, Math.max(first, Math.floor(numCtx / 4)));
  return Math.max(tokens, Math.min(bound, 2 * tokens));
}
