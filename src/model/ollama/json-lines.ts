/** Reads an answer of Ollama's: one JSON object a line. */
import { Breather } from '../../util/breather.ts';
import { AnsweredError } from '../http/answered-error.ts';
import { objectIn } from '../http/json.ts';
import { linesOf, type AnswerLimits } from '../http/lines.ts';
import { ModelError } from '../model-error.ts';

/** Of a line that is an error. */
const MAX_ERROR_CHARS = 64 * 1024;

/**
 * Passes on the lines that are not empty, up to one that is `done`. Other work gets its turn between
 * them, however many have arrived at once.
 * @param signal ends the reading, also in the middle of what has already arrived
 * @throws ModelError at the first line that is not a JSON object or exceeds a limit; AnsweredError at
 *   one that is an error; what `chunks` throws
 */
export async function* jsonLines(
  chunks: AsyncIterable<Buffer>,
  limits: AnswerLimits,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const breather = new Breather();
  let last: Uint8Array | undefined;
  for await (const line of linesOf(chunks, limits)) {
    await breather.breathe();
    signal.throwIfAborted();
    if (line.trim() === '') continue;
    const value = checked(line);
    const bytes = encoder.encode(`${line}\n`);
    // The client reads no further: the answer must be left before that.
    if ('done' in value && value.done === true) {
      last = bytes;
      break;
    }
    yield bytes;
  }
  if (last) yield last;
}

/** The object in a line, if it is not an error. */
function checked(line: string): object {
  const value = objectIn(line);
  if (!value) {
    throw new ModelError('protocol', `sent what is not an answer: ${line.slice(0, 200)}`);
  }
  // The client would read any error as a string.
  if ('error' in value) throw new AnsweredError(undefined, line.slice(0, MAX_ERROR_CHARS));
  return value;
}
