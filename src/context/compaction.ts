/** Context reduction: what leaves the conversation when the window is full, planned and carried out. */
import { traitsOf, type TranscriptEntry, type TranscriptRecord } from '../records.ts';

/** What a compaction does; its record holds no more, since the rest follows from the entries. */
export interface Compaction {
  /** How many of the newest entries stay whole, as turns; those before them are summarized. */
  whole: number;
  /** How many of the oldest are left out. */
  dropped: number;
  /** The most characters of the newest result, where not even that can stay whole. */
  newest_chars?: number | undefined;
}

export interface CompactionGoal {
  /** Characters that the conversation should have. */
  target: number;
  /** Characters that there is room for: a newest result that needs more is shortened itself. */
  limit: number;
  /** Characters of an entry as it is rendered. */
  sizeOf: (entry: TranscriptEntry) => number;
}

/** What stands before a result, at most: its label or, in a summary, its call. */
const LABEL_CHARS = 80;

/** Less of a newest result than this is not worth a turn of its own. */
const LEAST_RESULT_CHARS = 400;

/**
 * Plans a compaction: the newest turns stay whole, as many as fill half of the target, beginning at
 * a reply or at a request; older entries are summarized, reads that came again go; then the
 * oldest go. In bulk, so that the next compaction is far away: each costs the prefix cache. The
 * current request always survives, and the newest result, if need be in part.
 */
export function planCompaction(
  entries: readonly TranscriptEntry[],
  { target, limit, sizeOf }: CompactionGoal,
): Compaction {
  const request = entries.findLastIndex(({ record }) => record.type === 'user');
  let { start, chars } = newestTurns(entries, target / 2, sizeOf);
  const asked = entries[request];
  const fixed = asked && request < start ? sizeOf(asked) : 0;
  const newest = newestResult(entries);
  const result = entries[newest];
  let newest_chars: number | undefined;
  if (fixed + chars > limit && newest < start && entries[start]?.record.type === 'model') {
    start = entries.length; // an unusable reply, too long to keep as a turn
  } else if (result && newest >= start && fixed + chars > limit) {
    const others = chars - sizeOf(result) + LABEL_CHARS;
    newest_chars = Math.floor(limit - fixed - others);
    if (newest_chars < LEAST_RESULT_CHARS) {
      // The call alone is too long to stay a turn: it is summarized as well.
      start = entries.length;
      newest_chars = Math.max(LEAST_RESULT_CHARS, Math.floor((limit - fixed) / 2));
    }
  }
  const whole = entries.length - start;
  const shortened = compactEntries(entries, { whole, dropped: 0, newest_chars });
  let total = shortened.reduce((sum, entry) => sum + sizeOf(entry), 0);
  let dropped = 0;
  const kept = newest_chars === undefined ? 1 : entries.length - newest;
  for (const entry of shortened.slice(0, shortened.length - Math.max(kept, whole))) {
    if (total <= Math.min(target, limit)) break;
    if (entry === asked) continue;
    total -= sizeOf(entry);
    dropped++;
  }
  return { whole, dropped, newest_chars };
}

/** Where the newest turns begin that fit into so many characters, and how many they have. */
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
    // A result without its call, or a notice without its reply, cannot begin a conversation.
    if (entry.record.type === 'model' || entry.record.type === 'user') found = { start: at, chars };
  }
  return found;
}

/**
 * Carries a compaction out. Of the entries that do not stay whole, a read whose exact content
 * appears again later goes; the last request is neither shortened nor left out.
 */
export function compactEntries(
  entries: readonly TranscriptEntry[],
  { whole, dropped, newest_chars: limit }: Compaction,
): TranscriptEntry[] {
  const request = entries.findLastIndex(({ record }) => record.type === 'user');
  const newest = newestResult(entries);
  const lastRead = new Map<string, number>();
  for (const [index, { record }] of entries.entries()) {
    // The content names path and lines, so what is equal is the same read of the same file.
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

/** Where the newest result stands; -1 where there is none. Notices may follow it. */
function newestResult(entries: readonly TranscriptEntry[]): number {
  return entries.findLastIndex(({ record }) => record.type === 'tool');
}

function isRead(record: TranscriptRecord): record is TranscriptRecord & { type: 'tool' } {
  return record.type === 'tool' && record.ok && traitsOf(record).reads !== undefined;
}
