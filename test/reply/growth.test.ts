import { describe, expect, it } from 'vitest';
import { isLinear } from '../support/linear.ts';
import { isStress, often, some } from '../support/stress.ts';
import {
  CLOSERS,
  grown,
  ONCE_SLOW,
  PIECES,
  readAll,
  STARTS,
  WAYS,
  type Growing,
} from './growth.ts';

/** At this length quadratic work takes far more than four times the time of a quarter of it. */
const CHARS = often(40_000, 120_000);

/** The nth of all combinations of pieces, closers and kinds, for one start. */
function nth(start: string, at: number): Growing {
  return {
    start,
    piece: PIECES[at % PIECES.length] ?? '',
    closer: CLOSERS[Math.floor(at / 3) % CLOSERS.length] ?? '',
    isVaried: at % 2 === 0,
  };
}

const isReadLinearly = (text: Growing, way: (typeof WAYS)[number]) =>
  isLinear((chars) => readAll(grown(text, chars), way), CHARS);

describe.each(WAYS)('the time to read a reply, %s, grows with its length alone', (way) => {
  const turn = WAYS.indexOf(way);
  // All combinations would take an hour: each start meets other pieces in each way.
  const starts = STARTS.map((start, at) => [start, at] as const).filter(
    ([, at]) => isStress || at % (4 * WAYS.length) === turn,
  );
  it.each(starts)('after %j', (start, at) => {
    for (let count = 0; count < often(1, 2); count++) {
      const text = nth(start, at * 7 + turn * 13 + count * 37);
      expect(isReadLinearly(text, way), JSON.stringify(text)).toBe(true);
    }
  });

  it.each(some(2, ONCE_SLOW))('where it did not: %j', (text) => {
    expect(isReadLinearly(text, way)).toBe(true);
  });
});
