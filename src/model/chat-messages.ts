/** The turns of a call as messages, for a server that renders them with the model's own template. */
import type { Turn } from './model.ts';
import { breakSpecialTokens } from './special-tokens.ts';

/**
 * The messages of a call. A chat must end with a user turn, so a prompt that is only evaluated ends
 * with a dot.
 */
export function messagesOf(turns: readonly Turn[]): Turn[] {
  const messages = turns.map(({ role, content }) => ({
    role,
    content: breakSpecialTokens(content, []),
  }));
  const isAhead = turns.at(-1)?.role === 'assistant';
  return isAhead ? [...messages, { role: 'user', content: '.' }] : messages;
}
