/** Turns what a request to a server throws into a ModelError that says what to do next. */
import { STATUS_CODES } from 'node:http';
import { ModelError } from '../model-error.ts';
import { AnsweredError } from './answered-error.ts';
import { nextStep } from './next-step.ts';
import { overflowIn } from './overflow.ts';
import { serverMessage } from './server-message.ts';
import { withoutSecrets, type ServerSettings } from './server-settings.ts';

/** How messages speak of a kind of server. */
export interface ServerWords {
  /** Before `at URL`. */
  name: string;
  /** What is said where nobody listens, before `at URL`. */
  isNotRunning: string;
  /** What to do where a prompt is longer than the window, whatever was estimated. */
  onOverflow: string;
}

/** Who was asked. Without a model, the question was about the server. */
export interface Asked extends Pick<ServerSettings, 'host' | 'key' | 'keyName'> {
  model?: string;
}

/** What a server has answered instead of a reply, in readable words. */
export interface Refusal {
  /** The status; undefined for an error within the answer. */
  status: number | undefined;
  /** The words, in one line; empty if there are none. */
  said: string;
  body: string;
  /** Address and model, for a message. */
  where: string;
}

/** The network has no way to the server, or nobody listens there. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
]);
/** The server is there, and has hung up. */
const HUNG_UP: ReadonlySet<string> = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE']);
/** The queue is full, or too many requests have come in a while. */
const BUSY: ReadonlySet<number | undefined> = new Set([429, 503]);
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const OUT_OF_MEMORY =
  /requires more system memory|out of memory|failed to allocate|has terminated|unexpectedly stopped/i;

/**
 * A ModelError that names host and model and says what to do.
 * @param own what only this kind of server means by an answer
 * @throws `error` itself if it is not a failure of the server, but a bug
 */
export function explainFailure(
  error: unknown,
  signal: AbortSignal,
  asked: Asked,
  words: ServerWords,
  own: (refusal: Refusal) => ModelError | undefined,
): ModelError {
  const { host, model } = asked;
  const where = model === undefined ? host.url : `${host.url} (model ${model})`;
  const server = `${words.name} at ${where}`;
  if (signal.aborted) return new ModelError('interrupted', 'Interrupted.');
  if (error instanceof ModelError) {
    const next =
      error.kind === 'timeout'
        ? 'Wait longer with --ollama-timeout.'
        : 'Try again, or check --host.';
    const what = withoutSecrets(error.message, asked);
    return new ModelError(error.kind, `${server} ${what}. ${next}`);
  }
  if (error instanceof AnsweredError) {
    const { status, body } = error;
    const refusal = { status, body, where, said: withoutSecrets(serverMessage(body), asked) };
    return own(refusal) ?? explainRefusal(refusal, server, asked, words);
  }
  const code = codeOf(error);
  if (!(error instanceof Error) || code === undefined || isOfArgument(error)) throw error;
  if (code.startsWith('HPE_')) {
    return new ModelError(
      'protocol',
      `The server at ${where} does not speak HTTP (${code}). Check --host.`,
    );
  }
  if (HUNG_UP.has(code)) {
    return new ModelError('protocol', `${server} hung up (${code}). Try again.`);
  }
  if (UNREACHABLE.has(code)) return explainNoConnection(code, asked, words);
  const next = code === 'EPROTO' ? 'Check --host: is it http or https?' : 'Check --host.';
  return new ModelError('protocol', `The connection to ${where} failed (${code}). ${next}`);
}

function explainNoConnection(
  code: string,
  { host, model }: Asked,
  { name, isNotRunning }: ServerWords,
): ModelError {
  const need = model === undefined ? '' : `; it is needed for the model ${model}`;
  if (code === 'ECONNREFUSED') {
    const what = `${isNotRunning} at ${host.url} (${code})${need}.`;
    return new ModelError('unreachable', `${what} Start it, or name another server with --host.`);
  }
  const isName = code === 'ENOTFOUND' || code.startsWith('EAI_');
  const what = isName ? 'has a host name that cannot be resolved' : 'cannot be reached';
  return new ModelError(
    'unreachable',
    `${name} at ${host.url} ${what} (${code})${need}. Check the address, or name another with --host.`,
  );
}

/** The `code` of an error that says why a connection failed. Those of Node's http have no `errno`. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Node throws a TypeError or RangeError with a code where it was handed a wrong argument. */
function isOfArgument(error: Error): boolean {
  return error instanceof TypeError || error instanceof RangeError;
}

/** Whether the server failed over the request: with an error line, or with the status for that. */
export function isFault(error: unknown): error is AnsweredError {
  return error instanceof AnsweredError && [undefined, 500].includes(error.status);
}

/** Whether the server rejected the request: with a status, or with an error line at once. */
export function isRejection(error: unknown): boolean {
  return isFault(error) || (error instanceof AnsweredError && error.status === 400);
}

function explainRefusal(
  { status, said, body, where }: Refusal,
  server: string,
  asked: Asked,
  { onOverflow }: ServerWords,
): ModelError {
  const overflow = overflowIn(said, body);
  if (overflow) {
    return new ModelError(
      'context_overflow',
      `The prompt does not fit the context window at ${where}: ${said}. ${onOverflow}`,
      overflow.prompt_tokens,
    );
  }
  const answered = status === undefined ? 'failed' : `answered ${status}`;
  const what = `${server} ${answered}: ${said || STATUS_CODES[status ?? 0] || 'no reason given'}.`;
  if (OUT_OF_MEMORY.test(said)) {
    return new ModelError(
      'out_of_memory',
      `${server} ran out of memory: ${said}. Try a smaller model or --num-ctx.`,
    );
  }
  if (status === 401 || status === 403) {
    return new ModelError('protocol', `${what} ${adviceOnKey(asked)}`);
  }
  if (status === 413) {
    return new ModelError(
      'context_overflow',
      `${what} The prompt is longer than it takes: shorten the request.`,
    );
  }
  if (status !== undefined && REDIRECTS.has(status)) {
    return new ModelError(
      'protocol',
      `${what} Redirects are not followed: name the address itself with --host.`,
    );
  }
  if (BUSY.has(status)) {
    return new ModelError('busy', `${what} It is busy: try again in a while.`);
  }
  return new ModelError('protocol', what + nextStep(status));
}

function adviceOnKey({ host, key, keyName = 'the settings' }: Asked): string {
  if (host.headers['Authorization'] !== undefined) {
    return 'It refused the credentials in its address: check --host.';
  }
  return key === undefined
    ? `It wants a key: set ${keyName}.`
    : `It refused the key in ${keyName}: check it.`;
}
