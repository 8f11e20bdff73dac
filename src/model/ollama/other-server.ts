/** Tells a server that is not Ollama from one that fails. */
import { AnsweredError } from '../http/answered-error.ts';
import { objectIn } from '../http/json.ts';
import { linesOf, ONE_OBJECT } from '../http/lines.ts';
import type { ServerSettings } from '../http/server-settings.ts';
import { exchange } from '../http/transport.ts';
import { ModelError } from '../model-error.ts';
import { orAfter } from '../../util/or-after.ts';

/** How long the server may take to show what it is, in milliseconds. */
const WAIT_MS = 3_000;
/** What LM Studio says with a status of 200. */
const UNKNOWN_ROUTE = /unexpected endpoint/i;

/**
 * The failure, or what is wrong if the server is of the other kind: that is asked of it, without
 * credentials, where its answer is none of Ollama's.
 * @param error what `failure` explains
 */
export async function orOtherServer(
  failure: ModelError,
  error: unknown,
  { host: { url }, timeoutMs }: ServerSettings,
  signal: AbortSignal,
): Promise<ModelError> {
  if (failure.kind !== 'protocol' || !isForeign(error)) return failure;
  const look = (path: string) =>
    answerOf(`${url}${path}`, orAfter(WAIT_MS, signal), Math.min(timeoutMs, WAIT_MS));
  // Ollama is OpenAI-compatible, too.
  if ('version' in (await look('/api/version'))) return failure;
  const models = await look('/v1/models');
  const isOther = Array.isArray(models.data) || isObject(models.error);
  if (!isOther || signal.aborted) return failure;
  return new ModelError(
    'protocol',
    `The server at ${url} is not Ollama, but OpenAI-compatible: try --host ${url}/v1`,
  );
}

/** Ollama knows all routes that it is asked for, and answers in JSON. */
function isForeign(error: unknown): boolean {
  if (!(error instanceof AnsweredError)) return error instanceof ModelError;
  const { status, body } = error;
  return status === 404 || status === 405 || (status === undefined && UNKNOWN_ROUTE.test(body));
}

/** The object that is answered, also with an error status; empty where there is none. */
async function answerOf(
  url: string,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<{ data?: unknown; error?: unknown }> {
  try {
    const { body } = await exchange(url, { headers: {} }, signal, timeoutMs);
    let text = '';
    for await (const line of linesOf(body, ONE_OBJECT)) text += `${line}\n`;
    return objectIn(text) ?? {};
  } catch (error) {
    // What fails here is no news: the failure that led here is told.
    // "Not found" is what any server says of a path that it does not have.
    const hasRoute = error instanceof AnsweredError && ![404, 405].includes(error.status ?? 0);
    return hasRoute ? (objectIn(error.body) ?? {}) : {};
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
