/** Reads the files of sessions, damaged ones included. */
import fs from 'node:fs';
import type { SessionRecord } from '../records.ts';
import { headerSchema, type SessionHeader } from '../records/header.ts';
import { parseRecord } from '../records/parse.ts';
import { FileError } from '../util/errors.ts';
import { readHead, withRegularFile } from '../util/files.ts';

/** What a log contains, and what is wrong with it. */
export interface LogContent {
  /** Undefined if the first line is not a header. */
  header: SessionHeader | undefined;
  records: SessionRecord[];
  /** How many lines are not records. */
  corrupt: number;
  /** The last line is incomplete: its write was cut short. */
  torn: boolean;
  /** Bytes up to the end of the last complete line. */
  wholeBytes: number;
}

/** A larger file is no session of ours, and Node reads no more than 2 GiB at once. */
const MAX_LOG_BYTES = 1024 ** 3;

/** Reads a log. @throws Error with a `code` if the file cannot be read */
export function readLog(file: string): LogContent {
  const bytes = withRegularFile(file, (fd, { size }) => {
    if (size > MAX_LOG_BYTES) throw new FileError('EFBIG', 'the session is too large to read');
    return fs.readFileSync(fd);
  });
  const wholeBytes = bytes.lastIndexOf('\n') + 1;
  const lines = bytes.subarray(0, wholeBytes).toString('utf8').split('\n').slice(0, -1);
  const content: LogContent = {
    header: parseHeader(lines[0]),
    records: [],
    corrupt: 0,
    torn: wholeBytes < bytes.length,
    wholeBytes,
  };
  for (const line of content.header ? lines.slice(1) : lines) {
    const record = parseRecord(line);
    if (record === 'corrupt') content.corrupt++;
    else if (record !== 'unknown') content.records.push(record);
  }
  return content;
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
