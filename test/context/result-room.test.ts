import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResultRoom } from '../../src/context/result-room.ts';

it.each([
  [1_024, 400],
  [2_048, 400],
  [4_096, 509],
  [8_192, 1_672],
  [16_384, 4_000],
  [32_768, 8_654],
  [131_072, 16_000],
  [1_000_000, 16_000],
])('a window of %i tokens has room for a result of %i characters', (numCtx, chars) => {
  const room = new ResultRoom(numCtx, 1);
  expect(room.chars).toBe(chars);
  expect(room.clip('x'.repeat(chars))).toHaveLength(chars);
  expect(room.clip('x'.repeat(chars + 1))).toMatch(
    /^x+\n\.\.\.\[\d+ characters left out\]\.\.\.\nx+$/,
  );
});

describe('text with many tokens for its characters', () => {
  it('has less room, so that it takes no more of the window than other text', () => {
    const room = new ResultRoom(16_384, 1);
    expect(room.clip('窗'.repeat(4_000)).length).toBeLessThanOrEqual(1_600);
    const dense = new ResultRoom(16_384, 2); // the server has counted twice as many as were guessed
    expect(dense.clip('x'.repeat(4_000)).length).toBeLessThanOrEqual(2_400);
    expect(dense.clip('x'.repeat(2_400))).toBe('x'.repeat(2_400));
  });

  it('is shown in no window longer than other text, nor in a smaller one longer than in a larger', () => {
    const windows = fc.tuple(fc.integer({ min: 256 }), fc.integer({ min: 256 }));
    const text = fc.string({ unit: 'binary', maxLength: 300 }).map((part) => part.repeat(80));
    const factor = fc.double({ min: 0.2, max: 4, noNaN: true });
    fc.assert(
      fc.property(windows, text, factor, (pair, each, times) => {
        const [small, large] = pair.toSorted((a, b) => a - b).map((n) => new ResultRoom(n, times));
        expect(small?.clip(each).length).toBeLessThanOrEqual(small?.chars ?? 0);
        expect(small?.clip(each).length).toBeLessThanOrEqual((large?.clip(each).length ?? 0) + 2);
      }),
    );
  });
});
