/** Turns what the ollama package throws into a ModelError that says what to do next. */
import { STATUS_CODES } from 'node:http';
import type { Host } from './host.ts';
import { ModelError } from '../model-error.ts';
import { AnsweredError } from './answered-error.ts';
import { serverMessage } from './server-message.ts';

/** Who was asked. Without a model, the question was about the server. */
interface Asked {
  host: Host;
  model?: string;
}

/** What the client says about a stream that ends without its last line. */
const NO_DONE = 'Did not receive done';

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

/**
 * Turns what the client threw into a ModelError that names host and model and says what to do.
 * @throws `error` itself if it is not a failure of the server, but a bug
 */
export function explainFailure(error: unknown, signal: AbortSignal, asked: Asked): ModelError {
  const { host, model } = asked;
  const where = model === undefined ? host.url : `${host.url} (model ${model})`;
  if (signal.aborted) return new ModelError('interrupted', 'Interrupted.');
  if (error instanceof ModelError) {
    const next =
      error.kind === 'timeout'
        ? 'Wait longer with --ollama-timeout.'
        : 'Try again, or check --host.';
    return new ModelError(error.kind, `Ollama at ${where} ${error.message}. ${next}`);
  }
  if (error instanceof AnsweredError) return explainAnswer(error, asked, where);
  if (!(error instanceof Error) || isBug(error)) throw error;
  if (lacksLastLine(error)) {
    return new ModelError('protocol', `Ollama at ${where} broke off its reply. Try again.`);
  }
  const code = codeOf(error);
  if (code === undefined) throw error;
  if (code.startsWith('HPE_')) {
    return new ModelError('protocol', `What answers at ${where} does not speak HTTP (${code}).`);
  }
  if (HUNG_UP.has(code)) {
    return new ModelError('protocol', `Ollama at ${where} hung up (${code}). Try again.`);
  }
  if (UNREACHABLE.has(code)) return explainNoConnection(code, asked);
  return new ModelError('protocol', `The connection to Ollama at ${where} failed (${code}).`);
}

function explainNoConnection(code: string, { host, model }: Asked): ModelError {
  const need = model === undefined ? '' : `; it is needed for the model ${model}`;
  if (code === 'ECONNREFUSED') {
    const what = `ollama serve is not running at ${host.url} (${code})${need}.`;
    return new ModelError('unreachable', `${what} Start it, or name another server with --host.`);
  }
  const isName = code === 'ENOTFOUND' || code.startsWith('EAI_');
  const what = isName ? 'has a host name that cannot be resolved' : 'cannot be reached';
  return new ModelError(
    'unreachable',
    `Ollama at ${host.url} ${what} (${code})${need}. Check the address, or name another with --host.`,
  );
}

/** The `code` of an error that says why a connection failed. Those of Node's http have no `errno`. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Node throws a TypeError or RangeError with a code where it was handed a wrong argument. */
function isBug(error: Error): boolean {
  const isOfArgument = error instanceof TypeError || error instanceof RangeError;
  return isOfArgument && codeOf(error) !== undefined;
}

/** Whether the server rejected the request: with a status, or with an error line at once. */
export function isRejection(error: unknown): boolean {
  return isFault(error) || (error instanceof AnsweredError && error.status === 400);
}

/** Whether the server failed over the request: with an error line, or with the status for that. */
function isFault(error: unknown): error is AnsweredError {
  return error instanceof AnsweredError && [undefined, 500].includes(error.status);
}

/** Whether the server rejected what the request says about thinking. @param model may have the word in its name */
export function refusesThinking(error: unknown, model: string): boolean {
  return (
    error instanceof AnsweredError &&
    error.status === 400 &&
    /\bthink/i.test(serverMessage(error.body).replaceAll(model, ''))
  );
}

/** Whether the error only says that a stream ended before its last line. */
export function lacksLastLine(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith(NO_DONE);
}

/** What the server's built-in parsers say about a native call that they cannot read. */
const PARSER_ERROR =
  /^(?:EOF|unexpected EOF|unexpected end of JSON input)$|failed to parse JSON|XML syntax error|error parsing tool call|\btool '[^']*' not found|invalid character .{1,40} (?:looking for|in|after)/i;

/**
 * What the server says if it could not read a native call in the reply, as a line of the stream or
 * as HTTP 500; undefined if it failed in another way.
 */
export function parserError(error: unknown): string | undefined {
  if (!isFault(error)) return undefined;
  const message = serverMessage(error.body);
  return PARSER_ERROR.test(message) ? message : undefined;
}

/** What Ollama takes for the name of a model, with the host, the owner and the tag it may have. */
const MODEL_NAME = /^\w[\w.:/@-]*$/;

/** The queue is full, or too many requests have come in a while. */
const BUSY: ReadonlySet<number | undefined> = new Set([429, 503]);

function explainAnswer(
  { status, body }: AnsweredError,
  { host, model }: Asked,
  where: string,
): ModelError {
  const said = serverMessage(body);
  if (status === 404 && model !== undefined && /model .*not found/is.test(said)) {
    // A session may have named it: what is no name must not stand in a command to copy.
    const [name, next] = MODEL_NAME.test(model)
      ? [model, `Get it with: ollama pull ${model}`]
      : [JSON.stringify(model), 'Name another with --model.'];
    const what = `The model ${name} is not on the server at ${host.url}. ${next}`;
    return new ModelError('model_missing', what);
  }
  if (/exceeds? the (available )?context (size|length)/i.test(said)) {
    return new ModelError(
      'context_overflow',
      `The prompt does not fit the context window at ${where}: ${said}`,
      Number(/\((\d+) tokens\)/.exec(said)?.[1]) || undefined,
    );
  }
  if (OUT_OF_MEMORY.test(said)) {
    return new ModelError(
      'out_of_memory',
      `Ollama at ${where} ran out of memory: ${said}. Try a smaller model or --num-ctx.`,
    );
  }
  const answered = status === undefined ? 'failed' : `answered ${status}`;
  const reason = said || STATUS_CODES[status ?? 0] || 'no reason given';
  const isBusy = BUSY.has(status);
  const hint = isBusy ? ' It is busy: try again in a while.' : '';
  return new ModelError(
    isBusy ? 'busy' : 'protocol',
    `Ollama at ${where} ${answered}: ${reason}.${hint}`,
  );
}

const OUT_OF_MEMORY =
  /requires more system memory|out of memory|failed to allocate|has terminated|unexpectedly stopped/i;
