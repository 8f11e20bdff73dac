/** Reads the files of sessions, damaged ones included. */
import fs from 'node:fs';
import type { SessionRecord } from '../records.ts';
import { headerSchema, type SessionHeader } from '../records/header.ts';
import { parseRecord } from '../records/parse.ts';
import { counted } from '../util/counted.ts';
import { FileError } from '../util/errors.ts';
import { withRegularFile } from '../util/files.ts';
import { WholeLines } from '../util/whole-lines.ts';

/** What a log is, besides its records, and what is wrong with it. */
export interface LogSummary {
  /** Undefined if the first line is not a header. */
  header: SessionHeader | undefined;
  /** How many lines are not records. */
  corrupt: number;
  /** The last line is incomplete: its write was cut short. */
  torn: boolean;
  /** Bytes up to the end of the last complete line. */
  wholeBytes: number;
}

/** A larger file is no session of ours. */
const MAX_LOG_BYTES = 1024 ** 3;
/** The longest line that is read: more than any record of ours, and less than Node's longest text. */
const MAX_LINE_BYTES = 256 * 1024 ** 2;
const CHUNK_BYTES = 1024 ** 2;

/**
 * Reads a log piece by piece and passes each record to `use`, with the header, so that a long log
 * takes little memory.
 * @throws Error with a `code` if the file cannot be read
 */
export function readLog(
  file: string,
  use: (record: SessionRecord, header: SessionHeader | undefined) => void,
): LogSummary {
  const found: Pick<LogSummary, 'header' | 'corrupt'> = { header: undefined, corrupt: 0 };
  let isFirst = true;
  const ending = readLines(file, (line) => {
    found.header ??= isFirst ? parseHeader(line) : undefined;
    const record = isFirst && found.header ? 'unknown' : parseRecord(line);
    isFirst = false;
    if (record === 'corrupt') found.corrupt++;
    else if (record !== 'unknown') use(record, found.header);
  });
  return { ...found, ...ending };
}

/** What of a log was not read, each as people say it. */
export function damageOf({ corrupt, torn }: Pick<LogSummary, 'corrupt' | 'torn'>): string[] {
  return [
    ...(corrupt > 0 ? [counted(corrupt, 'unreadable line')] : []),
    ...(torn ? ['a last line that was cut short'] : []),
  ];
}

/**
 * Reads a log piece by piece and passes each complete line to `use`.
 * @throws Error with a `code` if the file cannot be read
 */
export function readLines(
  file: string,
  use: (line: string) => void,
): Pick<LogSummary, 'torn' | 'wholeBytes'> {
  return withRegularFile(file, (fd, { size }) => {
    if (size > MAX_LOG_BYTES) throw new FileError('EFBIG', 'the session is too large to read');
    const whole = new WholeLines();
    let wholeBytes = 0;
    for (;;) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const read = fs.readSync(fd, chunk);
      if (read === 0) return { torn: whole.rest.length > 0, wholeBytes };
      const bytes = whole.add(chunk.subarray(0, read));
      wholeBytes += bytes.length;
      for (const line of linesIn(bytes)) use(line);
    }
  });
}

/** Complete lines as text; one that is too long for that is empty. */
function* linesIn(bytes: Buffer): Generator<string> {
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(10, from);
    yield end - from > MAX_LINE_BYTES ? '' : bytes.toString('utf8', from, end);
    from = end + 1;
  }
}

/** The header that a log begins with; undefined if this line is none. */
export function parseHeader(line: string | undefined): SessionHeader | undefined {
  try {
    return headerSchema().safeParse(JSON.parse(line ?? '')).data;
  } catch {
    return undefined;
  }
}
