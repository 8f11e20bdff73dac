import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planCompaction } from '../../src/context/compaction.ts';
import { compactEntries } from '../../src/context/compact-entries.ts';
import { sizeOfAll } from '../../src/context/entry-size.ts';
import { turnsOf } from '../../src/context/transcript.ts';
import type { NewRecord, TranscriptEntry } from '../../src/records.ts';
import { anyRecord, heard, model, notice, read, stateOf, user } from '../support/session.ts';

/** What a compaction down to `target` characters leaves, and how. */
function compacted(
  entries: readonly TranscriptEntry[],
  target: number,
  limit = Number.POSITIVE_INFINITY,
) {
  const plan = planCompaction(entries, { target, limit });
  return { ...plan, kept: compactEntries(entries, plan) };
}

/** An entry in a word: what was asked, read or said, and whether it was shortened. */
const brief = ({ record, shortened, limit }: TranscriptEntry) =>
  (record.type === 'tool' ? String(record.content[2]) : record.content) +
  (shortened ? '…' : '') +
  (limit === undefined ? '' : '!');

const page = (name: string) => read('file', `# ${name}\n${name.repeat(1_000)}`);

/** Requests by their words, what is added to them, a reply and its result for each letter. */
const spelled = (words: string) =>
  words
    .split(' ')
    .filter(Boolean)
    .flatMap((word) => {
      if (word.startsWith('go')) return [user(word)];
      return word.startsWith('add') ? [heard(word)] : [model('<'), page(word)];
    });

describe('a compaction', () => {
  it.each([
    ['shortens before it leaves out', 'go a b c', 2_400, 'go <… a… <… b… < c'],
    ['keeps an old request', 'go x y z', 1_000, 'go < z'],
    ['keeps the newest turn, whatever its size', 'a go b', 0, 'go < b'],
    ['begins what stays at a reply', 'go a b c d', 4_400, 'go <… a… <… b… < c < d'],
    ['begins what stays at a request', 'go a b go-on c', 2_400, 'go… <… a… <… b… go-on < c'],
    [
      'shortens a result that another request follows',
      'go a b go-on',
      600,
      'go… <… a… <… b… go-on',
    ],
    ['keeps the only entry', 'go', 0, 'go'],
    ['keeps what was added to the request', 'go a add b c', 0, 'go add < c'],
    ['keeps nothing that was added to another', 'go a add b go-on c', 0, 'go-on < c'],
    ['shortens that', 'go a add go-on c', 1_900, 'go… <… a… add… go-on < c'],
    ['leaves out a read that came again', 'a go a b', 2_200, '<… go <… a… < b'],
    ['keeps two reads that differ', 'a A b', 2_000, '<… a… <… A… < b'],
    ['leaves out the oldest', 'go a b c d e f go-on g', 1_700, '<… e… <… f… go-on < g'],
    ['of nothing does nothing', '', 0, ''],
  ])('%s', (_, words, target, expected) => {
    const { kept } = compacted(stateOf(...spelled(words)).entries, target);
    expect(kept.map(brief).join(' ')).toBe(expected);
  });

  it.each<[string, NewRecord[], string]>([
    ['the newest result in part, where it alone is too large', [], 'go < b!'],
    ['it in part where a notice follows it', [notice], 'go < b! Not usable.'],
  ])('keeps %s', (_, after, expected) => {
    const { entries } = stateOf(...spelled('go a b'), ...after);
    const { kept } = compacted(entries, 300, 650);
    expect(kept.map(brief).join(' ')).toBe(expected);
    expect(
      turnsOf({ entries: kept, dropped: 0 })
        .map(({ content }) => content)
        .join('').length,
    ).toBeLessThan(650);
  });

  it('leaves the newest result less room where much was added to the request', () => {
    const { entries } = stateOf(...spelled(`go a add${'d'.repeat(600)} b`));
    const { kept } = compacted(entries, 300, 1_200);
    expect(kept.map(brief)).toEqual(['go', `add${'d'.repeat(600)}`, '<', 'b!']);
    expect(sizeOfAll(kept)).toBeLessThan(1_200);
  });

  it('summarizes the newest call if it alone is too long, and keeps its result', () => {
    const args = { path: 'a', content: 'y'.repeat(3_000) };
    const content = 'x'.repeat(3_000);
    const write: NewRecord = { type: 'tool', name: 'write_file', args, content, ok: true };
    for (const after of [[], [notice]]) {
      const call = model(`<tool>${'y'.repeat(3_000)}</tool>`);
      const { entries } = stateOf(...spelled('go a'), call, write, ...after);
      const { whole, kept } = compacted(entries, 500, 1_000);
      expect(whole).toBe(0);
      const turns = turnsOf({ entries: kept, dropped: 3 });
      expect(turns).toHaveLength(1);
      expect(turns[0]?.content).toMatch(
        /Request: go\n[^]*- you called write_file \{.*:\nx+\n.*left out/,
      );
      expect(turns[0]?.content.length).toBeLessThan(1_000);
    }
  });

  it('forgets a malformed reply that is too long to stay rather than the request', () => {
    const { entries } = stateOf(...spelled('go a'), model('x'.repeat(3_000)), notice);
    const { kept } = compacted(entries, 300, 600);
    const turns = turnsOf({ entries: kept, dropped: 3 });
    expect(turns).toHaveLength(1);
    expect(turns[0]?.content).toContain('Request: go');
    expect(turns[0]?.content.length).toBeLessThan(600);
  });

  it('after another forgets how much was kept of the newest result then', () => {
    const { entries } = stateOf(...spelled('go a'));
    const { kept } = compacted(entries, 300, 600);
    expect(kept.map(brief).join(' ')).toBe('go < a!');
    const more = [...kept, ...stateOf(...spelled('b')).entries];
    expect(compacted(more, 600).kept.map(brief).join(' ')).toBe('go < b');
    expect(compacted(more, 2_600).kept.map(brief).join(' ')).toBe('go <… a… < b');
  });

  it('keeps its promises, whatever was said and left out before', () => {
    const records = fc.array(anyRecord, { minLength: 1, maxLength: 40 });
    const sizes = fc.record({ target: fc.nat(20_000), spare: fc.nat(20_000) });
    fc.assert(
      fc.property(records, fc.array(sizes, { minLength: 1, maxLength: 3 }), (logged, goals) => {
        let { entries } = stateOf(...logged, model('<tool>'), read('z', 'z'.repeat(3_000)));
        for (const { target, spare } of goals) {
          const limit = target + spare;
          const { whole, dropped, newest_chars, kept } = compacted(entries, target, limit);
          const asked = entries.findLastIndex(({ record }) => record.type === 'user');
          const said = entries.filter(
            ({ record }, at) => at === asked || (at > asked && record.type === 'heard'),
          );
          const isOne = (a: TranscriptEntry | undefined) => (b: TranscriptEntry) =>
            a?.record === b.record;

          // The newest result and the request are there, the request whole with what was added.
          expect(kept.filter(isOne(entries.at(-1)))).toHaveLength(1);
          if (asked >= 0) expect(kept).toEqual(expect.arrayContaining(said));
          const mustStay = kept.slice(-Math.max(1, whole));
          expect(
            sizeOfAll(kept) <= target ||
              kept.every((entry) => said.includes(entry) || mustStay.includes(entry)),
          ).toBe(true);

          // Whole are as many of the newest turns as fill half of the target, one at least.
          const wholes = entries.slice(entries.length - whole);
          const [first] = wholes;
          if (first) expect(['model', 'user']).toContain(first.record.type);
          const starts = wholes.filter(({ record }) => /^(model|user)$/.test(record.type));
          expect(starts.length <= 1 || sizeOfAll(wholes) <= target / 2).toBe(true);

          // All that is older is told in words, in its order, but for the request.
          const older = kept.slice(0, kept.length - whole);
          expect(older.every((entry) => entry.shortened || said.includes(entry))).toBe(true);
          const places = kept.map((entry) => entries.findIndex(isOne(entry)));
          expect(places).toEqual(places.toSorted((a, b) => a - b));

          // Only the newest result is cut, and only where there was no other way.
          const cut = kept.filter((entry) => entry.limit !== undefined);
          expect(cut.every(isOne(entries.at(-1)))).toBe(true);
          if (newest_chars !== undefined) {
            expect(newest_chars).toBeGreaterThanOrEqual(100);
            const wasCut = entries.at(-1)?.limit !== undefined;
            const rest = limit - sizeOfAll(said);
            expect(wasCut || sizeOfAll(entries.slice(-2)) > rest).toBe(true);
          }

          // None was left out without need.
          const plan = { whole, dropped: dropped - 1, newest_chars };
          if (dropped > 0) expect(sizeOfAll(compactEntries(entries, plan))).toBeGreaterThan(target);
          entries = kept;
        }
      }),
    );
  });
});
