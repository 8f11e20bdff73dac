/** The way through a session's log, and into those of its delegates. */
import type { EpochRecord, SessionRecord } from '../../records.ts';
import type { LogSummary } from '../../session/read-log.ts';
import { errorCode } from '../../util/errors.ts';
import type { LogReader } from '../logs.ts';

/** Where in a session a record is. */
export interface Place {
  /** The session's id. */
  readonly id: string;
  /** The session is that of a delegate: those cannot delegate. */
  readonly isDelegate: boolean;
  /** When it all began, in ISO 8601. */
  start: string;
  /** The epoch before this record; undefined before the first, and in logs from before there were any. */
  epoch: EpochRecord | undefined;
  /** How many model calls there have been in this log. */
  calls: number;
  /** The number of the last one, such as `3`, or `3.2` for the second one of a delegate. */
  call: string;
  /** The raw reply to it. */
  reply: string;
}

/**
 * Passes each record of a session to `see`, with its place.
 * @param above where the session was delegated; undefined if a person began it
 * @throws Error with a `code` if the log cannot be read
 */
export function walk(
  read: LogReader,
  id: string,
  above: Place | undefined,
  see: (record: SessionRecord, place: Place) => void,
): LogSummary {
  const place: Place = {
    id,
    isDelegate: above !== undefined,
    start: above?.start ?? '',
    epoch: undefined,
    calls: 0,
    call: above?.call ?? '',
    reply: '',
  };
  return read(id, (record, header) => {
    // A log could name any session in the folder.
    if (above && header?.parent !== above.id) return;
    place.start ||= header?.created_at ?? record.created_at;
    if (record.type === 'model')
      place.call = [...(above ? [above.call] : []), ++place.calls].join('.');
    see(record, place);
    if (record.type === 'model') place.reply = record.content;
    if (record.type === 'assistant') place.reply = ''; // a reply has one answer
    if (record.type === 'epoch') place.epoch = record;
  });
}

/** The id of the delegate that a call has started, if its log is to be gone through as well. */
export function delegateOf(record: SessionRecord, { isDelegate }: Place): string | undefined {
  return record.type === 'tool' && !isDelegate ? record.child : undefined;
}

/**
 * Goes through the log of the delegate that a call has started. Returns why it has none to show.
 * @param seen the delegates so far: a log that names one a thousand times has it once
 */
export function walkDelegate(
  read: LogReader,
  child: string,
  above: Place,
  see: (record: SessionRecord, place: Place) => void,
  seen: Set<string>,
): string | undefined {
  if (seen.has(child)) return 'it is above';
  seen.add(child);
  try {
    const { header } = walk(read, child, above, see);
    return header?.parent === above.id ? undefined : 'it is not that of a delegate of this session';
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    return code === 'ENOENT' ? 'it is gone' : `it cannot be read (${code})`;
  }
}
