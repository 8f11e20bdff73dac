/** Which of the newest turns a compaction leaves whole, and how much of the newest result. */
import type { TranscriptEntry } from '../records.ts';
import { newestResult, stayingIn, type Compaction } from './compact-entries.ts';
import { sizeOf, sizeOfAll } from './entry-size.ts';
import { weigh } from './guess-tokens.ts';

/** The sizes to reach, as `sizeOf` tells them. */
export interface CompactionGoal {
  /** What the conversation should have. */
  target: number;
  /** What fits: a newest result that needs more is shortened itself. */
  limit: number;
}

/** About the most characters around a result: its label or, in a summary, its call, and a remark. */
const LABEL_CHARS = 150;

/** With fewer characters, the newest result is not worth a turn of its own. */
const LEAST_RESULT_CHARS = 400;
/** Some of the newest result is shown in any case. */
const LEAST_CHARS = 100;

/** Plans how many of the newest entries stay whole, and how much of the newest result. */
export function wholeTurns(
  entries: readonly TranscriptEntry[],
  { target, limit }: CompactionGoal,
): Omit<Compaction, 'dropped'> {
  const { start, size } = newestTurns(entries, target / 2);
  // The request stays too, even before the whole turns.
  const room = limit - sizeOfAll(entries.slice(0, start).filter(stayingIn(entries)));
  const whole = entries.length - start;
  const newest = newestResult(entries);
  const result = entries[newest];
  const density = result ? weigh(result.record.content) / result.record.content.length || 1 : 1;
  const part = (ofRoom: number) => Math.max(LEAST_CHARS, Math.floor(ofRoom / 2 / density));
  if (size <= room || !result || newest < start) {
    // An unusable reply may be too long to stay a turn.
    const isTooLong = size > room && entries[start]?.record.type === 'model';
    // A result that was shortened and not answered since is still shown in part.
    const wasCut = newest < start ? result?.limit : undefined;
    const newest_chars = wasCut && Math.min(wasCut, part(room - size));
    return { whole: isTooLong ? 0 : whole, newest_chars };
  }
  const around = size - sizeOf(result, entries[newest - 1]) + LABEL_CHARS;
  const newest_chars = Math.floor((room - around) / density);
  if (newest_chars >= LEAST_RESULT_CHARS) return { whole, newest_chars };
  // The call alone is too long to stay a turn: it is summarized as well.
  return { whole: 0, newest_chars: part(room) };
}

/** Where the newest turns start that have at most the size `most`, and what they have. */
function newestTurns(
  entries: readonly TranscriptEntry[],
  most: number,
): { start: number; size: number } {
  let found = { start: entries.length, size: 0 };
  let size = 0;
  for (let at = entries.length - 1; at >= 0; at--) {
    const entry = entries[at];
    if (!entry || entry.shortened) break;
    size += sizeOf(entry, entries[at - 1]);
    if (found.size > 0 && size > most) break;
    // A result without its call, or a notice without its reply, cannot start a conversation.
    if (entry.record.type === 'model' || entry.record.type === 'user') found = { start: at, size };
  }
  return found;
}
