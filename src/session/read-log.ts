/** Reads the files of sessions, damaged ones included. */
import fs from 'node:fs';
import type { SessionRecord } from '../records.ts';
import { headerSchema, type SessionHeader } from '../records/header.ts';
import { parseRecord } from '../records/parse.ts';
import { FileError } from '../util/errors.ts';
import { readHead, withRegularFile } from '../util/files.ts';
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
  return withRegularFile(file, (fd, { size }) => {
    if (size > MAX_LOG_BYTES) throw new FileError('EFBIG', 'the session is too large to read');
    const whole = new WholeLines();
    const summary: LogSummary = { header: undefined, corrupt: 0, torn: false, wholeBytes: 0 };
    let isFirst = true;
    for (;;) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const read = fs.readSync(fd, chunk);
      if (read === 0) break;
      const bytes = whole.add(chunk.subarray(0, read));
      summary.wholeBytes += bytes.length;
      for (const line of linesIn(bytes)) {
        summary.header ??= isFirst ? parseHeader(line) : undefined;
        const record = isFirst && summary.header ? 'unknown' : parseRecord(line);
        isFirst = false;
        if (record === 'corrupt') summary.corrupt++;
        else if (record !== 'unknown') use(record, summary.header);
      }
    }
    return { ...summary, torn: whole.rest.length > 0 };
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

/** How many bytes at a log's start must show whether it is a conversation. */
const PROBE_BYTES = 64 * 1024;

/**
 * The first request of a log, or its start; undefined if the log is not of a person's session in
 * this workspace. @throws Error with a `code`
 */
export function firstRequest(file: string, workspaceRoot: string): string | undefined {
  const [first, ...lines] = readHead(file, PROBE_BYTES).toString('utf8').split('\n');
  const header = parseHeader(first);
  if (header?.parent !== null || !belongsTo(header, workspaceRoot)) return undefined;
  const line = lines.find((each) => each.startsWith(USER_RECORD));
  if (line === undefined) return undefined;
  // A line that is cut off or damaged still shows how the request starts.
  const [content = ''] = /(?<=^\{"type":"user","content":)"(?:[^"\\]|\\.)*/.exec(line) ?? [];
  try {
    return JSON.parse(`${content}"`) as string;
  } catch {
    return '';
  }
}

/** Whether a log belongs to this workspace: a folder that was moved with its sessions is the same. */
export function belongsTo({ workspace_root }: SessionHeader, workspaceRoot: string): boolean {
  return workspace_root === workspaceRoot || !fs.existsSync(workspace_root);
}

/** How a request's line starts, as `Session.record` writes it. */
const USER_RECORD = '{"type":"user"';

function parseHeader(line: string | undefined): SessionHeader | undefined {
  try {
    return headerSchema.safeParse(JSON.parse(line ?? '')).data;
  } catch {
    return undefined;
  }
}
