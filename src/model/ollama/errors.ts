/** Turns what the ollama package throws into a ModelError that says what to do next. */
import type { Host } from './host.ts';
import { ModelError } from '../model-error.ts';
import { HttpStatusError } from './transport.ts';

/** Who was asked. Without a model, the question was about the server. */
interface Asked {
  host: Host;
  model?: string;
}

/** What the client says about a stream that ends without its last line. */
const NO_DONE = 'Did not receive done';

/**
 * Turns what the client threw into a ModelError that names host and model and says what to do.
 * @throws `error` itself if it is not a failure of the server, but a bug
 */
export function explainFailure(error: unknown, signal: AbortSignal, asked: Asked): ModelError {
  const { host, model } = asked;
  const where = model === undefined ? host.url : `${host.url} (model ${model})`;
  if (signal.aborted) return new ModelError('interrupted', 'Interrupted.');
  if (error instanceof ModelError) {
    const next = error.kind === 'timeout' ? ' Wait longer with --ollama-timeout.' : '';
    return new ModelError(error.kind, `Ollama at ${where} ${error.message}.${next}`);
  }
  if (error instanceof HttpStatusError) {
    return explainAnswer(serverMessage(error.body), error.status, asked, where);
  }
  if (!(error instanceof Error) || isBug(error)) throw error;
  const code = codeOf(error);
  if (code?.startsWith('HPE_')) {
    return new ModelError('protocol', `What answers at ${where} does not speak HTTP.`);
  }
  if (code !== undefined) {
    const need = model === undefined ? '' : `; it is needed for the model ${model}`;
    return new ModelError(
      'unreachable',
      `ollama serve is not running at ${host.url}, or cannot be reached (${code})${need}. ` +
        'Start it, or name another server with --host.',
    );
  }
  if (lacksLastLine(error)) {
    return new ModelError('protocol', `Ollama at ${where} broke off its reply. Try again.`);
  }
  return explainAnswer(serverMessage(error.message), undefined, asked, where);
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
  if (error instanceof HttpStatusError) return error.status === 400 || error.status === 500;
  const isErrorLine = error instanceof Error && !(error instanceof ModelError);
  return isErrorLine && !lacksLastLine(error) && codeOf(error) === undefined;
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
  const isStatus = error instanceof HttpStatusError;
  if (isStatus ? error.status !== 500 : codeOf(error) !== undefined) return undefined;
  if (!(error instanceof Error) || error instanceof ModelError) return undefined;
  const message = serverMessage(isStatus ? error.body : error.message);
  return PARSER_ERROR.test(message) ? message : undefined;
}

/** `status` is undefined for an error line in the middle of a stream. */
function explainAnswer(
  message: string,
  status: number | undefined,
  { host, model }: Asked,
  where: string,
): ModelError {
  if (status === 404 && model !== undefined && /model .*not found/is.test(message)) {
    return new ModelError(
      'model_missing',
      `The model ${model} is not on the server at ${host.url}. Get it with: ollama pull ${model}`,
    );
  }
  if (/exceeds? the (available )?context (size|length)/i.test(message)) {
    return new ModelError(
      'context_overflow',
      `The prompt does not fit the context window at ${where}: ${message}`,
      Number(/\((\d+) tokens\)/.exec(message)?.[1]) || undefined,
    );
  }
  if (OUT_OF_MEMORY.test(message)) {
    return new ModelError(
      'out_of_memory',
      `Ollama at ${where} ran out of memory: ${message}. Try a smaller model or --num-ctx.`,
    );
  }
  const answered = status === undefined ? 'failed' : `answered ${status}`;
  const hint = status === 503 ? ' It is busy: try again in a while.' : '';
  return new ModelError('protocol', `Ollama at ${where} ${answered}: ${message}.${hint}`);
}

const OUT_OF_MEMORY =
  /requires more system memory|out of memory|failed to allocate|has terminated|unexpectedly stopped/i;

/** The text of `{"error": …}`, which may hold another such object as a string; at most 300 characters. */
function serverMessage(body: string): string {
  let message: unknown = body;
  for (let depth = 0; depth < 4 && message; depth++) {
    if (typeof message === 'string') {
      try {
        message = JSON.parse(message);
      } catch {
        break;
      }
    }
    if (typeof message !== 'object' || message === null) break;
    message = 'error' in message ? message.error : 'message' in message ? message.message : message;
  }
  let text = '';
  try {
    text = typeof message === 'string' ? message : JSON.stringify(message);
  } catch {
    // Nested deeper than can be written out.
  }
  return text.replace(/\s+/g, ' ').trim().slice(0, 300) || 'no reason given';
}
