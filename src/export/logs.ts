/** The logs that an export reads: that of a session, and those of its delegates beside it. */
import path from 'node:path';
import type { SessionRecord } from '../records.ts';
import type { SessionHeader } from '../records/header.ts';
import { isId } from '../session/folder.ts';
import { readLog, type LogSummary } from '../session/read-log.ts';
import { FileError } from '../util/errors.ts';

/** Reads the log of a session piece by piece. @throws Error with a `code` if it cannot be read */
export type LogReader = (
  id: string,
  use: (record: SessionRecord, header: SessionHeader | undefined) => void,
) => LogSummary;

/** Reads logs in a folder. A log may name any other: an id is checked before it is part of a path. */
export function logsIn(folder: string): LogReader {
  return (id, use) => {
    if (!isId(id)) throw new FileError('ENOENT', 'it is not the id of a session');
    return readLog(path.join(folder, `${id}.jsonl`), use);
  };
}
