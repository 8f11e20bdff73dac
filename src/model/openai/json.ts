/** Objects in answers: one that is an error is told from the others. */
import { AnsweredError } from '../http/answered-error.ts';
import { fieldsOf, jsonIn, objectIn } from '../http/json.ts';
import { linesOf, ONE_OBJECT } from '../http/lines.ts';
import { ModelError } from '../model-error.ts';

/** A list may be written with a line for each of its fields. */
const LIMITS = { ...ONE_OBJECT, lines: 2_000 };
/** Texts that may be a whole object: a list in many lines has one such, at its end. */
const MAX_TRIES = 3;
/** Of an error. */
const MAX_ERROR_CHARS = 64 * 1024;

/**
 * The object that a text holds, unless it is an error: `{"error": …}`, or SGLang's
 * `{"object": "error", "message": …}`.
 * @throws AnsweredError for an error, ModelError for what is no object
 */
export function checkedObject(text: string): object {
  const value = objectIn(text);
  if (!value) {
    const what =
      text.trim() === ''
        ? 'an empty answer'
        : `what is not an answer: ${text.slice(0, 200).trim().replace(/\s+/g, ' ')}`;
    throw new ModelError('protocol', `sent ${what}`);
  }
  // A field without an error in it, as some servers have it in each answer, is none.
  const isError =
    ('error' in value && value.error !== null) || fieldsOf(value).get('object') === 'error';
  if (isError) throw new AnsweredError(undefined, text.slice(0, MAX_ERROR_CHARS));
  return value;
}

/** A body that is one object. @throws as `checkedObject`; what `chunks` throws */
export async function readObject(chunks: AsyncIterable<Buffer>): Promise<object> {
  const lines: string[] = [];
  let tries = 0;
  for await (const line of linesOf(chunks, LIMITS)) {
    lines.push(line);
    // The server may leave the connection open after a whole answer.
    const mayBeWhole = lines.length === 1 || line.startsWith('}');
    if (mayBeWhole && tries++ < MAX_TRIES && jsonIn(lines.join('\n')) !== undefined) break;
  }
  return checkedObject(lines.join('\n'));
}
