/** The ollama package: each call has its own client, and the numbers in answers are checked. */
import { Ollama } from 'ollama';
import { count, finite } from '../http/counts.ts';
import { ONE_OBJECT, type AnswerLimits } from '../http/lines.ts';
import { credentials, type ServerSettings } from '../http/server-settings.ts';
import type { Counts } from '../model.ts';
import { createFetch } from './fetch.ts';

/**
 * A client for one call, which ends when `signal` aborts.
 * @param limits the most that the answer may have; without them, it is one object
 */
export function clientFor(
  settings: ServerSettings,
  signal: AbortSignal,
  limits: AnswerLimits = ONE_OBJECT,
): Ollama {
  const fetch = createFetch(signal, settings.timeoutMs, limits);
  return new Ollama({ host: settings.host.url, headers: credentials(settings), fetch });
}

/** The server counts nanoseconds and leaves zeros out. */
function milliseconds(ns: unknown): number | undefined {
  const time = finite(ns);
  return time === undefined ? undefined : count(time / 1e6);
}

/** What the last line of a reply says about its cost. */
export function countsOf(last: object = {}): Counts {
  const told = last as Record<string, unknown>;
  return {
    prompt_tokens: count(told['prompt_eval_count']),
    output_tokens: count(told['eval_count']),
    prompt_ms: milliseconds(told['prompt_eval_duration']),
    output_ms: milliseconds(told['eval_duration']),
  };
}
