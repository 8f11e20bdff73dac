import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clip, clipLine } from '../../src/context/clip.ts';
import { often } from '../support/stress.ts';

/** So many characters, unlike their neighbours. */
const digits = (length: number) => Array.from({ length }, (_, at) => at % 10).join('');
const length = fc.integer({ min: 0, max: 3_000 });

describe('a clipped text', () => {
  it('is the text itself where that fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(9), (text, spare) => {
        expect(clip(text, text.length + spare)).toBe(text);
      }),
    );
  });

  it('keeps head and tail and counts what is missing between them', () => {
    fc.assert(
      fc.property(length, fc.integer({ min: 50, max: 1_000 }), (chars, limit) => {
        fc.pre(chars > limit);
        const clipped = clip(digits(chars), limit);
        const parts = /^(\d+)\n\.\.\.\[(\d+) characters left out\]\.\.\.\n(\d+)$/.exec(clipped);
        const [, head = '', leftOut, tail = ''] = parts ?? [];
        expect(digits(chars).startsWith(head) && digits(chars).endsWith(tail)).toBe(true);
        expect(Number(leftOut)).toBe(chars - head.length - tail.length);
        expect(Math.abs(head.length - tail.length)).toBeLessThan(2);
        expect(clipped.length).toBeGreaterThan(limit - 5);
      }),
      { numRuns: often(150, 500) },
    );
  });

  it('is never longer than its limit', () => {
    fc.assert(
      fc.property(length, fc.integer({ min: 40, max: 200 }), (chars, limit) => {
        expect(clip(digits(chars), limit).length).toBeLessThanOrEqual(limit);
      }),
      { numRuns: often(150, 500) },
    );
  });

  it('has no half of a character', () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 99 }), fc.nat(3), (limit, shift) => {
        const emoji = 'x'.repeat(shift) + '\u{1f600}'.repeat(100);
        expect(clip(emoji, limit).isWellFormed()).toBe(true);
        expect(clipLine(emoji, limit).isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('a clipped line', () => {
  it.each([
    ['a line that fits', 'one two', 7, 'one two'],
    ['white space of all kinds', ' one\r\n\ttwo  ', 7, 'one two'],
    ['a line that is too long', 'one two three', 7, 'one tw…'],
    ['blanks that leave room', 'one      two', 7, 'one two'],
    ['a text that goes on far behind the limit', `one${' '.repeat(100)}two`, 7, 'one…'],
    ['nothing', '', 7, ''],
  ])('collapses and cuts %s', (_, whole, limit, expected) => {
    expect(clipLine(whole, limit)).toBe(expected);
  });

  it('is one line within its limit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, limit) => {
        const line = clipLine(text, limit);
        expect(line.length).toBeLessThanOrEqual(limit);
        expect(line).not.toMatch(/[\r\n\u2028\u2029]/);
      }),
    );
  });
});
