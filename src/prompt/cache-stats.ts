/** Counts what model calls cost, and how much of each prompt extends the previous one. */
import { charsOf, type Counts, type Turn } from '../model/model.ts';

/** What the last call sent, and how much of it was new to the server. */
export interface LastCall {
  /** Characters of all turns, and how many of them the previous call had sent or generated. */
  sentChars: number;
  sharedChars: number;
  /** Characters of the previous prompt that this one does not repeat; zero within an epoch. */
  cutChars: number;
  /** Tokens of the prompt, and how many of them the server had in its cache, if it says. */
  tokens: number | undefined;
  cachedTokens: number | undefined;
  /** Those that it had not seen, by what it says or by the prompt before. */
  newTokens: number | undefined;
  /** Milliseconds for evaluating what was not cached, if the server says. */
  prefillMs: number | undefined;
}

/** The cost of all calls so far, and what a prefix cache could reuse. */
interface CallStats {
  calls: number;
  /** How many calls did not extend the previous one because an epoch began. */
  restarts: number;
  /** Characters of all prompts but the first, which has nothing to repeat. */
  sentChars: number;
  /** How many of them a cache could reuse. */
  sharedChars: number;
  last: LastCall | undefined;
  /** The calls whose evaluation time the server reported: their new tokens, and milliseconds. */
  prefill: { calls: number; tokens: number; ms: number };
  /** Tokens per second of evaluating what was not cached, and of generating, if the server says. */
  prefillSpeed: number | undefined;
  outputSpeed: number | undefined;
}

/** What `/context` shows. */
export interface ContextReport {
  /** The window, in tokens. */
  numCtx: number;
  /** Tokens kept free for the reply, and for a thought before it. */
  numPredict: number;
  thought: number;
  /** The tokens of the prompt by section: the server's count, divided by length. */
  tokens: { system: number; examples: number; memory: number; conversation: number };
  reuse: CallStats;
}

/** Follows the calls of one model and keeps these counts. */
export class CacheStats {
  /** The last prompt with its reply, and its tokens if the server counted both. */
  #known: { turns: readonly Turn[]; promptChars: number; tokens: number | undefined } | undefined;
  #calls = 0;
  #restarts = 0;
  #sentChars = 0;
  #sharedChars = 0;
  #last: LastCall | undefined;
  readonly #prefill = { calls: 0, tokens: 0, ms: 0 };
  readonly #output = { tokens: 0, ms: 0 };

  /** Notes what the server has evaluated ahead of the first prompt. */
  warmed(turns: readonly Turn[], { prompt_tokens }: Counts): void {
    this.#known ??= { turns, promptChars: charsOf(turns), tokens: prompt_tokens };
  }

  /** Notes a prompt that is sent. Returns how many of its characters the server has seen. */
  sent(turns: readonly Turn[]): number {
    const sentChars = charsOf(turns);
    const known = this.#known;
    const sharedChars = known ? sharedBetween(turns, known.turns) : 0;
    const cutChars = Math.max(0, (known?.promptChars ?? 0) - sharedChars);
    this.#known = { turns, promptChars: sentChars, tokens: known ? known.tokens : 0 };
    this.#last = {
      sentChars,
      sharedChars,
      cutChars,
      tokens: undefined,
      cachedTokens: undefined,
      newTokens: undefined,
      prefillMs: undefined,
    };
    this.#calls++;
    if (known) {
      this.#sentChars += sentChars;
      this.#sharedChars += sharedChars;
      if (cutChars > 0) this.#restarts++;
    }
    return sharedChars;
  }

  /**
   * Notes the server's counts of the last prompt, and the reply that the next one will have after it;
   * undefined if it will not come as it was generated.
   */
  replied(reply: string | undefined, counts: Counts): void {
    const { prompt_tokens: tokens, cached_tokens: cachedTokens, output_tokens } = counts;
    const { prompt_ms: prefillMs, output_ms } = counts;
    const last = this.#last;
    const known = this.#known;
    if (!last || !known) return;
    const seen = cachedTokens ?? (last.cutChars === 0 ? known.tokens : 0);
    const newTokens =
      tokens === undefined || seen === undefined ? undefined : Math.max(0, tokens - seen);
    this.#last = { ...last, tokens, cachedTokens, newTokens, prefillMs };
    const both =
      tokens === undefined || output_tokens === undefined ? undefined : tokens + output_tokens;
    this.#known =
      reply === undefined
        ? { ...known, tokens }
        : {
            turns: [...known.turns, { role: 'assistant', content: reply }],
            promptChars: known.promptChars,
            tokens: both,
          };
    if (newTokens !== undefined && prefillMs !== undefined) {
      this.#prefill.calls++;
      this.#prefill.tokens += newTokens;
      this.#prefill.ms += prefillMs;
    }
    if (output_tokens !== undefined && output_ms !== undefined) {
      this.#output.tokens += output_tokens;
      this.#output.ms += output_ms;
    }
  }

  get reuse(): CallStats {
    return {
      calls: this.#calls,
      restarts: this.#restarts,
      sentChars: this.#sentChars,
      sharedChars: this.#sharedChars,
      last: this.#last,
      prefill: { ...this.#prefill },
      prefillSpeed: perSecond(this.#prefill),
      outputSpeed: perSecond(this.#output),
    };
  }
}

/** How many characters two conversations have in common at their start. */
function sharedBetween(turns: readonly Turn[], before: readonly Turn[]): number {
  let shared = 0;
  for (const [at, { role, content }] of turns.entries()) {
    const other = before[at];
    if (other?.role !== role) return shared;
    if (other.content !== content) return shared + sharedPrefix(content, other.content);
    shared += content.length;
  }
  return shared;
}

/** How many characters two texts have in common at their start. */
export function sharedPrefix(a: string, b: string): number {
  let low = 0;
  let high = Math.min(a.length, b.length);
  // Binary search, since comparing long slices is much faster than comparing characters.
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (a.slice(low, middle) === b.slice(low, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function perSecond({ tokens, ms }: { tokens: number; ms: number }): number | undefined {
  return ms > 0 ? (tokens / ms) * 1000 : undefined;
}
