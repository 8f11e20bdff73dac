/** What leaves the transcript when the window is full. */

/**
 * How many of the oldest entries must go so that the rest fills at most half of `room`, or zero
 * where all of it fits. In bulk, so that the next time is far away: each time costs the prefix
 * cache. The newest entry always stays.
 * @param sizes characters of each entry, oldest first
 * @param room characters that the transcript may have
 */
export function entriesToDrop(sizes: readonly number[], room: number): number {
  let total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= room) return 0;
  let count = 0;
  for (const size of sizes.slice(0, -1)) {
    if (total <= room / 2) break;
    total -= size;
    count++;
  }
  return count;
}
