/** How many tokens a text may have, from its characters alone. */
import type { Turn } from '../model/model.ts';

/** Characters of ASCII text a token, before the server has counted: code has more than prose. */
const CHARS_PER_TOKEN = 3;
/** Tokens that a chat template adds to a turn, about. */
const TURN_TOKENS = 5;

/**
 * By what a guess is to be multiplied, within bounds: a server may count wrongly, and no tokenizer is
 * further from the guess than this.
 */
export function bounded(factor: number): number {
  return Math.min(4, Math.max(0.2, factor));
}

/** About the tokens of these turns: ASCII by its length, any other character a token of its own. */
export function guessTokens(turns: readonly Turn[]): number {
  return turns.reduce((sum, { content }) => {
    // eslint-disable-next-line no-control-regex
    const others = content.match(/[^\u0000-\u007f]/g)?.length ?? 0;
    return sum + TURN_TOKENS + (content.length - others) / CHARS_PER_TOKEN + others;
  }, 0);
}
