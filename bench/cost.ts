/** What the calls of a session cost the server, according to rules measured on a real one. */
import { KvCache, type Architecture } from '../test/support/ollama/kv-cache.ts';
import { tokensOf } from '../test/support/ollama/tokenizer.ts';
import type { GenerateCall } from '../test/support/ollama-server.ts';

/** What one call cost. */
export interface CallCost {
  /** The prompt, in characters and in tokens. */
  chars: number;
  tokens: number;
  /** What the prompt adds to where the last one and its reply are the same, in both. */
  freshChars: number;
  fresh: number;
  /** Tokens that were not in the cache of such a model. */
  evaluated: number;
  /** Characters at the end of the last prompt that this one does not repeat. */
  cut: number;
}

/** The calls without those that only ask how the server renders: these are no part of the session. */
export const repliedTo = (calls: readonly GenerateCall[]): GenerateCall[] =>
  calls.filter(({ body }) => body['_debug_render_only'] !== true);

/** The cost of each call that the model replied to, in order. */
export function costsOf(calls: readonly GenerateCall[], architecture: Architecture): CallCost[] {
  const cache = new KvCache(architecture);
  let [last, reply] = ['', ''];
  return repliedTo(calls).map((call) => {
    const { prompt, body } = call;
    const shared = commonLength(prompt, last + reply);
    const cut = Math.max(0, last.length - shared);
    const tokens = tokensOf(prompt);
    cache.load((body['options'] as { num_ctx?: number } | undefined)?.num_ctx ?? DEFAULT_NUM_CTX);
    const evaluated = cache.evaluate(tokens);
    [last, reply] = [prompt, call.reply ?? ''];
    cache.generated(tokensOf(reply));
    const fresh = prompt.slice(shared);
    return {
      chars: prompt.length,
      tokens: tokens.length,
      freshChars: fresh.length,
      fresh: tokensOf(fresh).length,
      evaluated,
      cut,
    };
  });
}

/** The window of a server that is not told one. */
const DEFAULT_NUM_CTX = 4_096;

/** One figure of all calls together. */
export const sumOf = (costs: readonly CallCost[], key: keyof CallCost): number =>
  costs.reduce((sum, cost) => sum + cost[key], 0);

function commonLength(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}
