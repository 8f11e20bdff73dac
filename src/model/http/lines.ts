/**
 * Reads an answer line by line. A server that never ends its answer need not be silent: it may send
 * empty pieces, thoughts or whitespace without end. So all of it is counted, whatever it holds.
 */
import { ModelError } from '../model-error.ts';

/** The most that an answer may have. */
export interface AnswerLimits {
  /** Lines, with the empty ones. */
  lines: number;
  /** Of one line: a long one is read and parsed at once, while nothing else is heard. */
  lineBytes: number;
  bytes: number;
}

const MAX_BYTES = 8 * 1024 * 1024;
/** What a server says of a model may be this long. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
/** No token is longer, in characters; each may be written as \\u and four digits. */
const MAX_TOKEN_CHARS = 256;
const BYTES_OF_CHAR = 6;
/** The chunks that one line may come in; a network makes 6,000 of the longest one. */
const MAX_CHUNKS_OF_LINE = 10_000;
const NEWLINE = 10;

/** For an answer in one object. */
export const ONE_OBJECT: AnswerLimits = { lines: 200, lineBytes: MAX_LINE_BYTES, bytes: MAX_BYTES };

/** For an answer that is watched by a person and may take hours. */
export const UNLIMITED: AnswerLimits = {
  lines: Infinity,
  lineBytes: MAX_LINE_BYTES,
  bytes: Infinity,
};

/** For a reply of so many tokens: a line is about one, and some servers send letters. */
export function limitsOf(tokens: number): AnswerLimits {
  const most = tokens + ONE_OBJECT.lines;
  const lineBytes = Math.min(MAX_BYTES, most * MAX_TOKEN_CHARS * BYTES_OF_CHAR);
  return { lines: 16 * most, lineBytes, bytes: MAX_BYTES };
}

/**
 * The lines of a text that comes in chunks, without their ends; what follows the last newline, too.
 * @throws ModelError at the first line that exceeds a limit; what `chunks` throws
 */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  limits: AnswerLimits,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  /** The line that has begun, in the chunks that it came in. */
  let begun: Buffer[] = [];
  let begunBytes = 0;
  let bytes = 0;
  let lines = 0;
  const countLine = () => {
    if (++lines > limits.lines) throw endless();
  };
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > limits.bytes) throw endless();
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      countLine();
      if (begunBytes + at - from > limits.lineBytes) throw endless();
      yield decoder.decode(Buffer.concat([...begun, chunk.subarray(from, at)]));
      begun = [];
      begunBytes = 0;
      from = at + 1;
    }
    const rest = chunk.subarray(from);
    // Whitespace before a line is like an empty line.
    if (begun.length === 0 && isBlank(rest)) {
      if (rest.length > 0) countLine();
      continue;
    }
    begun.push(rest);
    begunBytes += rest.length;
    if (begunBytes > limits.lineBytes || begun.length > MAX_CHUNKS_OF_LINE) throw endless();
  }
  yield decoder.decode(Buffer.concat(begun));
}

/** Checks that a text is not longer than so many tokens can be. @throws ModelError */
export function checkLength(text: string, tokens: number): void {
  if (text.length > MAX_TOKEN_CHARS * (tokens + ONE_OBJECT.lines)) throw endless();
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

/** The error of an answer that exceeds a limit. */
export function endless(): ModelError {
  return new ModelError('protocol', 'sent a reply without an end');
}
