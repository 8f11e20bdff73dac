/** What the server has counted of prompts: the next one extends the last, so only the rest is unknown. */
import type { Counts, Turn } from '../model/model.ts';

/** The tokens of the last prompt of each conversation, as the server counted them. */
export class CountedPrompts {
  /** By its system turn: a delegate has a conversation of its own. */
  readonly #last = new Map<string, { turns: readonly Turn[]; tokens: number }>();

  /** The server has not counted anything yet. */
  get isEmpty(): boolean {
    return this.#last.size === 0;
  }

  /** Notes what the server counted of a prompt and, if it did, of its reply. */
  note(turns: readonly Turn[], { prompt_tokens = 0, output_tokens }: Counts, reply?: string): void {
    const counted =
      reply !== undefined && output_tokens !== undefined
        ? { turns: [...turns, replyTurn(reply)], tokens: prompt_tokens + output_tokens }
        : { turns, tokens: prompt_tokens };
    this.#last.set(systemOf(turns), counted);
  }

  /** The tokens counted of a prompt that extends the last one, and its turns that are new. */
  known(turns: readonly Turn[]): { tokens: number; fresh: readonly Turn[] } {
    const counted = this.#last.get(systemOf(turns));
    const isExtended = counted?.turns.every((turn, at) => isSame(turn, turns[at]));
    if (!counted || !isExtended) return { tokens: 0, fresh: turns };
    return { tokens: counted.tokens, fresh: turns.slice(counted.turns.length) };
  }
}

function systemOf(turns: readonly Turn[]): string {
  return turns[0]?.content ?? '';
}

function replyTurn(content: string): Turn {
  return { role: 'assistant', content };
}

function isSame(a: Turn, b: Turn | undefined): boolean {
  return a.role === b?.role && a.content === b.content;
}
