/** What leaves the transcript when the window is full: as little of the newest as possible. */
import { compactEntries, type Compaction, type TranscriptEntry } from '../session/session.ts';

/**
 * Plans a compaction down to `target` characters: the newest entries stay whole, as many as fill
 * half of it; older ones are shortened, reads that came again go; then the oldest go. In bulk, so
 * that the next compaction is far away: each costs the prefix cache. The newest entry and the
 * current request always survive.
 * @param sizeOf characters of an entry as it is rendered
 */
export function planCompaction(
  entries: readonly TranscriptEntry[],
  target: number,
  sizeOf: (entry: TranscriptEntry) => number,
): Compaction {
  let wholeChars = 0;
  let whole = 0;
  for (const entry of entries.toReversed()) {
    wholeChars += sizeOf(entry);
    if (whole > 0 && wholeChars > target / 2) break;
    whole++;
  }
  const shortened = compactEntries(entries, { whole, dropped: 0 });
  let total = shortened.reduce((sum, entry) => sum + sizeOf(entry), 0);
  let dropped = 0;
  const request = shortened.findLastIndex(({ record }) => record.type === 'user');
  for (const [index, entry] of shortened.slice(0, -1).entries()) {
    if (total <= target) break;
    if (index === request) continue;
    total -= sizeOf(entry);
    dropped++;
  }
  return { whole, dropped };
}
