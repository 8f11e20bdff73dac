/** Component 4, context reduction: carries out a compaction. */
import type { TranscriptEntry, TranscriptRecord } from '../records.ts';
import { traitsOf } from '../records/traits.ts';

/** A planned compaction. Its record has no more: the rest follows from the entries. */
export interface Compaction {
  /** How many of the newest entries stay whole, as turns; earlier ones are summarized. */
  whole: number;
  /** How many of the oldest entries are left out. */
  dropped: number;
  /** The most characters of the newest result, if not even that can stay whole. */
  newest_chars?: number | undefined;
}

/**
 * Carries out a compaction. Of the entries that do not stay whole, a read with the same content as a
 * later one is left out. The last request is neither shortened nor left out, with what was added.
 */
export function compactEntries(
  entries: readonly TranscriptEntry[],
  { whole, dropped, newest_chars: limit }: Compaction,
): TranscriptEntry[] {
  const stays = stayingIn(entries);
  const newest = newestResult(entries);
  const lastRead = new Map<string, number>();
  for (const [index, { record }] of entries.entries()) {
    // The content names path and lines, so equal contents are the same read of the same file.
    if (isRead(record)) lastRead.set(record.content, index);
  }
  const shortened = entries.flatMap((entry, index): TranscriptEntry[] => {
    const isNewest = index === newest && limit !== undefined;
    if (index >= entries.length - whole) return [isNewest ? { ...entry, limit } : entry];
    if (stays(entry)) return [entry];
    if (isRead(entry.record) && lastRead.get(entry.record.content) !== index) return [];
    return [{ record: entry.record, shortened: true, ...(isNewest && { limit }) }];
  });
  let left = dropped;
  return shortened.filter((entry) => stays(entry) || left-- <= 0);
}

/** Whether an entry stays whole at every compaction: the newest request, and what was added to it. */
export function stayingIn(
  entries: readonly TranscriptEntry[],
): (entry: TranscriptEntry) => boolean {
  const staying = new Set(entries.slice(newestRequest(entries)).filter(isFromPerson));
  return (entry) => staying.has(entry);
}

function isFromPerson({ record: { type } }: TranscriptEntry): boolean {
  return type === 'user' || type === 'heard';
}

/** The index of the newest request; -1 if there is none. */
function newestRequest(entries: readonly TranscriptEntry[]): number {
  return entries.findLastIndex(({ record }) => record.type === 'user');
}

/** The index of the newest result; -1 if there is none. Notices may follow it. */
export function newestResult(entries: readonly TranscriptEntry[]): number {
  return entries.findLastIndex(({ record }) => record.type === 'tool');
}

function isRead(record: TranscriptRecord): record is TranscriptRecord & { type: 'tool' } {
  return record.type === 'tool' && record.ok && traitsOf(record).reads !== undefined;
}
