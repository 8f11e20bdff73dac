/** Context reduction: plans and carries out what leaves the conversation when the window is full. */
import { traitsOf, type TranscriptEntry, type TranscriptRecord } from '../records.ts';

/** A planned compaction. Its record has no more: the rest follows from the entries. */
export interface Compaction {
  /** How many of the newest entries stay whole, as turns; earlier ones are summarized. */
  whole: number;
  /** How many of the oldest entries are left out. */
  dropped: number;
  /** The most characters of the newest result, if not even that can stay whole. */
  newest_chars?: number | undefined;
}

/** The sizes to reach. */
interface CompactionGoal {
  /** Characters that the conversation should have. */
  target: number;
  /** Characters that fit: a newest result that needs more is shortened itself. */
  limit: number;
  /** Characters of an entry in the conversation. */
  sizeOf: (entry: TranscriptEntry) => number;
}

/** About the most characters before a result: its label or, in a summary, its call. */
const LABEL_CHARS = 80;

/** With fewer characters, the newest result is not worth a turn of its own. */
const LEAST_RESULT_CHARS = 400;

/**
 * Plans a compaction. The newest turns that fit half of the target stay whole, starting at a reply or
 * a request; older entries are summarized, and repeated reads are left out; then the oldest entries
 * are left out. It does much at once, since every compaction costs the prefix cache. The current
 * request always survives, and at least a part of the newest result.
 */
export function planCompaction(
  entries: readonly TranscriptEntry[],
  { target, limit, sizeOf }: CompactionGoal,
): Compaction {
  const turns = wholeTurns(entries, { target, limit, sizeOf });
  const shortened = compactEntries(entries, { ...turns, dropped: 0 });
  const request = entries[newestRequest(entries)];
  let total = shortened.reduce((sum, entry) => sum + sizeOf(entry), 0);
  let dropped = 0;
  const kept = turns.newest_chars === undefined ? 1 : entries.length - newestResult(entries);
  for (const entry of shortened.slice(0, shortened.length - Math.max(kept, turns.whole))) {
    if (total <= Math.min(target, limit)) break;
    if (entry === request) continue;
    total -= sizeOf(entry);
    dropped++;
  }
  return { ...turns, dropped };
}

/** Plans how many of the newest entries stay whole, and how much of the newest result. */
function wholeTurns(
  entries: readonly TranscriptEntry[],
  { target, limit, sizeOf }: CompactionGoal,
): Omit<Compaction, 'dropped'> {
  const { start, chars } = newestTurns(entries, target / 2, sizeOf);
  const asked = newestRequest(entries);
  const request = entries[asked];
  // The request stays too, even before the whole turns.
  const room = limit - (request && asked < start ? sizeOf(request) : 0);
  const whole = entries.length - start;
  if (chars <= room) return { whole, newest_chars: undefined };
  const newest = newestResult(entries);
  const result = entries[newest];
  if (!result || newest < start) {
    // An unusable reply may be too long to stay a turn.
    return { whole: entries[start]?.record.type === 'model' ? 0 : whole, newest_chars: undefined };
  }
  const newest_chars = Math.floor(room - (chars - sizeOf(result) + LABEL_CHARS));
  if (newest_chars >= LEAST_RESULT_CHARS) return { whole, newest_chars };
  // The call alone is too long to stay a turn: it is summarized as well.
  return { whole: 0, newest_chars: Math.max(LEAST_RESULT_CHARS, Math.floor(room / 2)) };
}

/** Where the newest turns start that have at most `most` characters, and how many they have. */
function newestTurns(
  entries: readonly TranscriptEntry[],
  most: number,
  sizeOf: (entry: TranscriptEntry) => number,
): { start: number; chars: number } {
  let found = { start: entries.length, chars: 0 };
  let chars = 0;
  for (let at = entries.length - 1; at >= 0; at--) {
    const entry = entries[at];
    if (!entry || entry.shortened) break;
    chars += sizeOf(entry);
    if (found.chars > 0 && chars > most) break;
    // A result without its call, or a notice without its reply, cannot start a conversation.
    if (entry.record.type === 'model' || entry.record.type === 'user') found = { start: at, chars };
  }
  return found;
}

/**
 * Carries out a compaction. Of the entries that do not stay whole, a read with the same content as a
 * later one is left out. The last request is neither shortened nor left out.
 */
export function compactEntries(
  entries: readonly TranscriptEntry[],
  { whole, dropped, newest_chars: limit }: Compaction,
): TranscriptEntry[] {
  const request = newestRequest(entries);
  const newest = newestResult(entries);
  const lastRead = new Map<string, number>();
  for (const [index, { record }] of entries.entries()) {
    // The content names path and lines, so equal contents are the same read of the same file.
    if (isRead(record)) lastRead.set(record.content, index);
  }
  const shortened = entries.flatMap((entry, index): TranscriptEntry[] => {
    const isNewest = index === newest && limit !== undefined;
    if (index >= entries.length - whole) return [isNewest ? { ...entry, limit } : entry];
    if (index === request) return [entry];
    if (isRead(entry.record) && lastRead.get(entry.record.content) !== index) return [];
    return [{ record: entry.record, shortened: true, ...(isNewest && { limit }) }];
  });
  const kept = entries[request];
  let left = dropped;
  return shortened.filter((entry) => entry === kept || left-- <= 0);
}

/** The index of the newest request; -1 if there is none. */
function newestRequest(entries: readonly TranscriptEntry[]): number {
  return entries.findLastIndex(({ record }) => record.type === 'user');
}

/** The index of the newest result; -1 if there is none. Notices may follow it. */
function newestResult(entries: readonly TranscriptEntry[]): number {
  return entries.findLastIndex(({ record }) => record.type === 'tool');
}

function isRead(record: TranscriptRecord): record is TranscriptRecord & { type: 'tool' } {
  return record.type === 'tool' && record.ok && traitsOf(record).reads !== undefined;
}
