/** How much room the entries of a conversation take, for planning a compaction. */
import type { TranscriptEntry } from '../records.ts';
import { pieceOf } from './entry-text.ts';
import { weigh } from './guess-tokens.ts';

/** About what a template puts around a turn weighs, and an empty line between two texts. */
const TURN_WEIGHT = 20;
const GAP_WEIGHT = 2;
/** Steps whose size tells how large the next ones may be. */
const RECENT_STEPS = 5;

/** Entries never change, and a plan compares all of them, so their sizes are kept. */
const known = new WeakMap<TranscriptEntry, number>();

/**
 * What an entry weighs in the conversation.
 * @param before the entry before it: an answer has no text of its own where its reply is shown
 */
export function sizeOf(entry: TranscriptEntry, before: TranscriptEntry | undefined): number {
  const isAnswer = entry.record.type === 'assistant';
  const kept = isAnswer ? undefined : known.get(entry);
  if (kept !== undefined) return kept;
  const { record, shortened } = entry;
  const size =
    record.type === 'model' && !shortened
      ? weigh(record.content) + TURN_WEIGHT
      : weighPiece(pieceOf(entry, before)?.text);
  known.set(entry, size);
  return size;
}

function weighPiece(text: string | undefined): number {
  return text === undefined ? 0 : weigh(text) + GAP_WEIGHT;
}

/** What all of these entries weigh, as they follow each other. */
export function sizeOfAll(entries: readonly TranscriptEntry[]): number {
  return entries.reduce((sum, entry, at) => sum + sizeOf(entry, entries[at - 1]), 0);
}

/** What a step weighs, a call and what followed it: the mean of the newest ones, unshortened. */
export function stepSize(entries: readonly TranscriptEntry[]): number {
  const results = entries.flatMap(({ record }, at) => (record.type === 'tool' ? [at] : []));
  const newest = results.slice(-RECENT_STEPS);
  if (newest.length === 0) return 0;
  const [first = 0] = newest;
  const steps = entries
    .slice(Math.max(0, first - 1))
    .filter(({ record }) => !['user', 'heard'].includes(record.type));
  return sizeOfAll(steps.map(({ record }) => ({ record, shortened: false }))) / newest.length;
}
