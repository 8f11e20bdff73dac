/** What an Ollama server means by its errors, and what to do about them. */
import { AnsweredError } from '../http/answered-error.ts';
import { explainFailure as explain, isFault, type Asked, type Refusal } from '../http/failure.ts';
import { serverMessage } from '../http/server-message.ts';
import { ModelError } from '../model-error.ts';

const OLLAMA = {
  name: 'Ollama',
  isNotRunning: 'ollama serve is not running',
  onOverflow: 'Use a larger window (--num-ctx) or a shorter request.',
} as const;

/** What the client says about a stream that ends without its last line. */
const NO_DONE = 'Did not receive done';

/**
 * Turns what the client threw into a ModelError that names host and model and says what to do.
 * @throws `error` itself if it is not a failure of the server, but a bug
 */
export function explainFailure(error: unknown, signal: AbortSignal, asked: Asked): ModelError {
  const failure = lacksLastLine(error) ? new ModelError('protocol', 'broke off its reply') : error;
  return explain(failure, signal, asked, OLLAMA, (refusal) => missingModel(refusal, asked));
}

/** What Ollama takes for the name of a model, with the host, the owner and the tag it may have. */
const MODEL_NAME = /^\w[\w.:/@-]*$/;

function missingModel({ status, said }: Refusal, { host, model }: Asked): ModelError | undefined {
  if (status !== 404 || model === undefined || !/model .*not found/is.test(said)) return undefined;
  // A session may have named it: what is no name must not be in a command to copy.
  const [name, next] = MODEL_NAME.test(model)
    ? [model, `Get it with: ollama pull ${model}`]
    : [JSON.stringify(model), 'Name another with --model.'];
  const what = `The model ${name} is not on the server at ${host.url}. ${next}`;
  return new ModelError('model_missing', what);
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
