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

/** About the tokens of these turns. */
export function guessTokens(turns: readonly Turn[]): number {
  return turns.reduce((sum, { content }) => sum + TURN_TOKENS + guessText(content), 0);
}

/** About the tokens of a text: ASCII by its length, any other character a token of its own. */
export function guessText(text: string): number {
  return weigh(text) / CHARS_PER_TOKEN;
}

/**
 * How much a text weighs: how long a text of ASCII is that has about as many tokens. Sizes in the
 * conversation are compared by it, so that other scripts do not count too little.
 */
export function weigh(text: string): number {
  // eslint-disable-next-line no-control-regex
  const others = text.match(/[^\u0000-\u007f]/g)?.length ?? 0;
  return text.length + others * (CHARS_PER_TOKEN - 1);
}

/** What so many guessed tokens weigh. */
export function weightOf(tokens: number): number {
  return tokens * CHARS_PER_TOKEN;
}
