/** Component 4, context reduction: plans what leaves the conversation when the window is full. */
import type { TranscriptEntry } from '../records.ts';
import { compactEntries, newestResult, stayingIn, type Compaction } from './compact-entries.ts';
import { sizeOf, sizeOfAll } from './entry-size.ts';
import { wholeTurns, type CompactionGoal } from './whole-turns.ts';

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
  const { target, limit } = goal;
  const turns = wholeTurns(entries, goal);
  const shortened = compactEntries(entries, { ...turns, dropped: 0 });
  const stays = stayingIn(entries);
  let total = sizeOfAll(shortened);
  let dropped = 0;
  const kept = turns.newest_chars === undefined ? 1 : entries.length - newestResult(entries);
  for (const [at, entry] of shortened.slice(0, -Math.max(kept, turns.whole)).entries()) {
    if (total <= Math.min(target, limit)) break;
    if (stays(entry)) continue;
    total -= sizeOf(entry, shortened[at - 1]);
    dropped++;
  }
  return { ...turns, dropped };
}
