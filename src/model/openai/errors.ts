/** What an OpenAI-compatible server means by its errors, and what to do about them. */
import { AnsweredError } from '../http/answered-error.ts';
import {
  explainFailure as explain,
  isRejection,
  type Asked,
  type Refusal,
} from '../http/failure.ts';
import { withoutSecrets } from '../http/server-settings.ts';
import { ModelError } from '../model-error.ts';
import type { OpenaiSettings } from './send.ts';
import { nearest } from '../../util/nearest.ts';

const WORDS = {
  name: 'The server',
  isNotRunning: 'No server is running',
  onOverflow: 'Give that server a larger window, or shorten the request.',
} as const;

/** How many models are named in a message. */
const LISTED = 5;

/** How servers say that they lack the model. */
const NO_MODEL =
  /\bmodel\b.{0,200}\b(?:does not exist|not found|is not loaded)|\b(?:no|unknown|invalid) models?\b/is;
/** What a server may say that takes only the fields that it knows. */
const THINKING_FIELD = /chat_template_kwargs|enable_thinking|reasoning_effort|\bthinking\b/i;
/** How a server says that it lacks a route, if it does not say so by its status. */
const NO_ROUTE = /unexpected endpoint|no such route|route not found/i;
/** A request that the server has read, and will not do as it is. */
const REJECTED: ReadonlySet<number | undefined> = new Set([400, 422]);

/**
 * Turns what a request throws into a ModelError that names host and model and says what to do.
 * @throws `error` itself if it is not a failure of the server, but a bug
 */
export function explainFailure(error: unknown, signal: AbortSignal, asked: Asked): ModelError {
  return explain(error, signal, asked, WORDS, (refusal) => explainRefusal(refusal, asked));
}

function explainRefusal(refusal: Refusal, { host, model }: Asked): ModelError | undefined {
  const { status, said, where } = refusal;
  if (model !== undefined && [400, 404, undefined].includes(status) && NO_MODEL.test(said)) {
    return missingModel(model, host.url, ` (${said})`);
  }
  const lack = lackOfRoute(refusal);
  if (lack !== undefined) {
    return new ModelError(
      'protocol',
      `The server at ${where} is not OpenAI-compatible (${lack}): check ` +
        '--host. Without /v1 at its end, it means Ollama.',
    );
  }
  return undefined;
}

/** The error of a model that is not among those of the server. @param names of these */
export function unlistedModel(asked: OpenaiSettings, names: readonly string[]): ModelError {
  const { model, host } = asked;
  const listed = names.slice(0, LISTED).join(', ') + (names.length > LISTED ? ', …' : '');
  const meant = nearest(model, names);
  const hint = meant === undefined ? '' : `; the nearest is ${meant}`;
  return missingModel(model, host.url, withoutSecrets(`, which has ${listed}${hint}`, asked));
}

/** @param more what else there is to say of it */
function missingModel(model: string, url: string, more: string): ModelError {
  // A session may have named it, in any characters.
  const name = /^[\w.:/@+-]+$/.test(model) ? model : JSON.stringify(model);
  return new ModelError(
    'model_missing',
    `The model ${name} is not on the server at ${url}${more}. Name another with --model.`,
  );
}

/** Whether the server wants a key, or another one. */
export function isAboutKey(error: unknown): boolean {
  return error instanceof AnsweredError && (error.status === 401 || error.status === 403);
}

/** Whether the server rejected what the request says about thinking. @param model may have the word in its name */
export function refusesThinking(error: unknown, model: string): boolean {
  return (
    error instanceof AnsweredError &&
    REJECTED.has(error.status) &&
    THINKING_FIELD.test(error.body.replaceAll(model, ''))
  );
}

/** Whether the server rejected the request, so that one without its `format` may work. */
export function mayRefuseFormat(error: unknown): boolean {
  return isRejection(error) || (error instanceof AnsweredError && error.status === 422);
}

/** What a server says that does not have a route that was asked for; undefined if it does. */
function lackOfRoute({ status, said }: Refusal): string | undefined {
  if (status !== 404 && status !== 405) return NO_ROUTE.test(said) ? said : undefined;
  return said === '' ? String(status) : `${status}: ${said}`;
}
