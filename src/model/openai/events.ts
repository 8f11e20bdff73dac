/** Reads a stream of server-sent events, each of which holds a JSON object. */
import { createParser } from 'eventsource-parser';
import { Breather } from '../../util/breather.ts';
import { AnsweredError } from '../http/answered-error.ts';
import { endless, limitsOf, linesOf, type AnswerLimits } from '../http/lines.ts';
import { checkedObject } from './json.ts';

/** What ends a stream. */
const DONE = '[DONE]';

/**
 * The most that a reply of so many tokens may have: an event is two lines, with comments between
 * events, and says more beside each token than a line of Ollama's.
 */
export function eventLimits(tokens: number): AnswerLimits {
  const { lines, lineBytes, bytes } = limitsOf(tokens);
  return { lines: 4 * lines, lineBytes, bytes: 4 * bytes };
}

/**
 * The objects of a stream, up to `[DONE]`; comments are skipped. Other work gets its turn between
 * lines, however many have arrived at once.
 * @param signal ends the reading, also in the middle of what has already arrived
 * @returns whether it came to `[DONE]`
 * @throws ModelError at what is no event or no object, or exceeds a limit; AnsweredError at an object
 *   that is an error; what `chunks` throws
 */
export async function* eventsOf(
  chunks: AsyncIterable<Buffer>,
  limits: AnswerLimits,
  signal: AbortSignal,
): AsyncGenerator<object, boolean> {
  const arrived: { data: string; isError: boolean }[] = [];
  const parser = createParser({
    maxBufferSize: limits.lineBytes,
    onEvent: ({ event, data }) => arrived.push({ data, isError: event === 'error' }),
    onError: ({ type, line = '' }) => {
      if (type === 'max-buffer-size-exceeded') throw endless();
      // An error may come without the form of an event, and a page has none at all.
      if (type === 'unknown-field') arrived.push({ data: line, isError: false });
    },
  });
  const breather = new Breather();
  const feed = function* (text: string): Generator<object, boolean> {
    parser.feed(text);
    for (const { data, isError } of arrived.splice(0)) {
      if (data.trim() === DONE) return true;
      if (isError) throw new AnsweredError(undefined, data);
      if (data.trim() !== '') yield checkedObject(data);
    }
    return false;
  };
  for await (const line of linesOf(chunks, limits)) {
    await breather.breathe();
    signal.throwIfAborted();
    if (yield* feed(`${line}\n`)) return true;
  }
  return yield* feed('\n'); // the last event may lack its empty line
}
