/** The ollama package: each call has its own client, and the numbers in answers are checked. */
import { Ollama } from 'ollama';
import type { Counts } from '../model.ts';
import type { Host } from './host.ts';
import { ONE_OBJECT, type AnswerLimits } from './json-lines.ts';
import { createFetch } from './transport.ts';

/** Where the server is, and how long to wait for it. */
export interface ServerSettings {
  host: Host;
  /** How long the server may send nothing, in milliseconds. */
  timeoutMs: number;
}

/**
 * A client for one call, which ends when `signal` aborts.
 * @param limits the most that the answer may have; without them, it is one object
 */
export function clientFor(
  { host, timeoutMs }: ServerSettings,
  signal: AbortSignal,
  limits: AnswerLimits = ONE_OBJECT,
): Ollama {
  const fetch = createFetch(signal, timeoutMs, limits);
  return new Ollama({ host: host.url, headers: host.headers, fetch });
}

/** The value if it is a finite number: a server may send anything. */
export function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The server counts nanoseconds and leaves zeros out. */
function milliseconds(ns: unknown): number | undefined {
  const time = finite(ns);
  return time === undefined ? undefined : count(time / 1e6);
}

/** The value as a whole number, if it is one that a server could have counted. */
function count(value: unknown): number | undefined {
  const number = finite(value);
  return number !== undefined && number >= 0 && number < 1e9 ? Math.round(number) : undefined;
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
