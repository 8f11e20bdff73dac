/** Component 4, context reduction: plans what leaves the conversation when the window is full. */
import type { TranscriptEntry } from '../records.ts';
import { compactEntries, newestResult, stayingIn, type Compaction } from './compact-entries.ts';

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
  goal: CompactionGoal,
): Compaction {
  const { target, limit, sizeOf } = goal;
  const turns = wholeTurns(entries, goal);
  const shortened = compactEntries(entries, { ...turns, dropped: 0 });
  const stays = stayingIn(entries);
  let total = shortened.reduce((sum, entry) => sum + sizeOf(entry), 0);
  let dropped = 0;
  const kept = turns.newest_chars === undefined ? 1 : entries.length - newestResult(entries);
  for (const entry of shortened.slice(0, shortened.length - Math.max(kept, turns.whole))) {
    if (total <= Math.min(target, limit)) break;
    if (stays(entry)) continue;
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
  // The request stays too, even before the whole turns.
  const before = entries.slice(0, start).filter(stayingIn(entries));
  const room = before.reduce((left, entry) => left - sizeOf(entry), limit);
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
