import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { HeadTail } from '../../../src/tools/shell/capture.ts';
import { often } from '../../support/stress.ts';

const KEPT_BYTES = 64;
const MARK = /\n\.\.\.\[(\d+) (bytes|characters) left out\]\.\.\.\n/;

/** What is kept of `bytes` when they arrive in chunks cut at these places. */
function capture(bytes: Buffer, cuts: readonly number[], limit = KEPT_BYTES): string {
  const kept = new HeadTail(KEPT_BYTES);
  let from = 0;
  for (const cut of [...cuts.map((at) => at % (bytes.length + 1)), bytes.length].toSorted(
    (a, b) => a - b,
  )) {
    kept.push(bytes.subarray(from, cut));
    from = cut;
  }
  return kept.text(limit);
}

const characters = fc.string({
  unit: fc.constantFrom('a', '\n', 'é', '漢', '😀'),
  maxLength: 300,
  size: 'max',
});
const cuts = fc.array(fc.nat(1_500), { maxLength: 40, size: 'max' });
/** From little more than the mark alone to more than the bytes that are kept. */
const limits = fc.integer({ min: 40, max: 200 });

it('shows head and tail of any text in any chunks, whole characters, and counts the rest', () => {
  fc.assert(
    fc.property(characters, cuts, limits, (text, at, limit) => {
      const bytes = Buffer.from(text);
      const shown = capture(bytes, at, limit);
      if (bytes.length <= KEPT_BYTES && text.trim().length <= limit) {
        expect(shown).toBe(text.trim());
        return;
      }
      expect(shown.length).toBeLessThanOrEqual(limit);
      const [head = '', count, unit, tail = ''] = shown.split(MARK);
      expect(text.trimStart().startsWith(head) && text.trimEnd().endsWith(tail)).toBe(true);
      const whole = unit === 'bytes' ? bytes.length : text.trim().length;
      const seen = unit === 'bytes' ? Buffer.byteLength(head + tail) : (head + tail).length;
      expect(seen + Number(count)).toBe(whole);
    }),
    { numRuns: often(200, 500) },
  );
});

/** The text of these bytes, and how many bytes each of its characters has. */
function decoded(bytes: Buffer): { text: string; length: number }[] {
  const units: { text: string; length: number }[] = [];
  for (let at = 0; at < bytes.length; at += units.at(-1)?.length ?? 1) {
    const lengths = [1, 2, 3, 4].filter((length) => at + length <= bytes.length);
    const isWhole = (length: number) => attempt(bytes.subarray(at, at + length), false) !== '';
    const isBegun = (length: number) => attempt(bytes.subarray(at, at + length), true) === '';
    const whole = lengths.find((length) => isWhole(length));
    if (whole === undefined) {
      units.push({ text: '\ufffd', length: lengths.findLast((length) => isBegun(length)) ?? 1 });
    } else {
      units.push({ text: attempt(bytes.subarray(at, at + whole), false), length: whole });
    }
  }
  return units;
}

/** The one character of these bytes; nothing if they are not one, or only the beginning of one. */
function attempt(bytes: Buffer, stream: boolean): string {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return decoder.decode(bytes, { stream });
  } catch {
    return stream ? 'broken' : '';
  }
}

it('counts what is left out of binary output too: with what is shown, it is everything', () => {
  const whole = fc.constantFrom('a', ' ', 'é', '漢', '😀', '\ufffd').map((one) => Buffer.from(one));
  const cutShort = fc.constantFrom([0xe6, 0xbc], [0xf0, 0x9f, 0x98], [0xc3], [0x80], [0xff, 0xfe]);
  const piece = fc.oneof(
    whole,
    cutShort.map((bytes) => Buffer.from(bytes)),
    fc.uint8Array({ minLength: 1, maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
  );
  const output = fc
    .array(piece, { minLength: 65, maxLength: 150, size: 'max' })
    .map((pieces) => Buffer.concat(pieces));
  fc.assert(
    fc.property(output, cuts, limits, (bytes, at, limit) => {
      const [head = '', count, unit, tail = ''] = capture(bytes, at, limit).split(MARK);
      expect(unit).toBe('bytes');
      const units = decoded(bytes);
      const isBlank = ({ text }: { text: string }) => text.trim() === '';
      const first = units.slice(units.findIndex((one) => !isBlank(one)));
      const last = units.slice(0, units.findLastIndex((one) => !isBlank(one)) + 1);
      const shownHead = first.slice(0, [...head].length);
      const shownTail = tail === '' ? [] : last.slice(-[...tail].length);
      expect(shownHead.map(({ text }) => text).join('')).toBe(head);
      expect(shownTail.map(({ text }) => text).join('')).toBe(tail);
      const seen = [...shownHead, ...shownTail].reduce((sum, { length }) => sum + length, 0);
      expect(seen + Number(count)).toBe(bytes.length);
    }),
    { numRuns: often(40, 200) },
  );
});

it('gives the same text however the bytes are cut into chunks', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600, size: 'max' }), cuts, (bytes, at) => {
      expect(capture(Buffer.from(bytes), at)).toBe(capture(Buffer.from(bytes), []));
    }),
  );
});

it('shows bytes that are not text as a mark, and loses nothing around them', () => {
  expect(capture(Buffer.from('ok \xff\xfe done', 'latin1'), [4])).toBe('ok \ufffd\ufffd done');
});

it('gives an empty text for nothing, and for whitespace alone', () => {
  expect(capture(Buffer.from(''), [])).toBe('');
  expect(capture(Buffer.from(' \n\t'), [1])).toBe('');
});

it('uses no more memory than it keeps, however much arrives', () => {
  const kept = new HeadTail(64 * 1024);
  const before = process.memoryUsage().arrayBuffers;
  const chunk = Buffer.alloc(64 * 1024, 'x');
  for (let count = 0; count < often(8_000, 20_000); count++) kept.push(chunk);
  for (let count = 0; count < 100_000; count++) kept.push(Buffer.from('y'));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(300 * 1024 * 1024);
  expect(kept.text(64)).toMatch(/^x{10,}\n\.\.\.\[\d+ bytes left out\]\.\.\.\ny{10,}$/);
});

it('gives half of its room to the end of a long output', () => {
  const kept = new HeadTail(64 * 1024);
  for (let line = 1; line <= 50_000; line++) kept.push(Buffer.from(`${line}\n`));
  const [start = '', end = ''] = kept.text(1_000).split(/\n\.\.\.\[\d+ bytes left out\]\.\.\.\n/);
  expect(start.startsWith('1\n2\n')).toBe(true);
  expect(end.endsWith('49999\n50000')).toBe(true);
  for (const half of [start, end]) expect(half.length).toBeGreaterThan(480);
  expect(kept.text(Infinity).split('\n').length).toBeGreaterThan(10_000);
});
