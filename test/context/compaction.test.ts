import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planCompaction } from '../../src/context/compaction.ts';
import { Transcript } from '../../src/context/transcript.ts';
import type { NewRecord } from '../../src/records.ts';
import { compactEntries, type TranscriptEntry } from '../../src/session/session.ts';
import { answer, anyRecord, memorySession, notice, read, user } from '../support/session.ts';

const sizeOf = (entry: TranscriptEntry) => new Transcript().render(entry).length + 1;
const sizeOfAll = (entries: readonly TranscriptEntry[]) =>
  entries.reduce((sum, entry) => sum + sizeOf(entry), 0);

function entriesOf(records: readonly NewRecord[]): TranscriptEntry[] {
  const { session } = memorySession();
  for (const record of records) session.record(record);
  return session.state.entries;
}

/** What a compaction down to `target` characters leaves, and how. */
function compacted(entries: readonly TranscriptEntry[], target: number) {
  const plan = planCompaction(entries, target, sizeOf);
  return { ...plan, kept: compactEntries(entries, plan) };
}

/** An entry in a word: what was asked or read, and whether it was shortened. */
const brief = ({ record, shortened }: TranscriptEntry) =>
  (record.type === 'tool' ? String(record.content[2]) : record.content) + (shortened ? '…' : '');

const page = (name: string) => read('file', `# ${name}\n${name.repeat(1_000)}`);

describe('a compaction', () => {
  it.each([
    ['shortens before it leaves out', ['go', 'a', 'b', 'c'], 2_400, 'go a… b… c'],
    ['keeps an old request', ['go', 'x', 'y', 'z'], 1_000, 'go z'],
    ['keeps the newest, whatever its size', ['a', 'go', 'b'], 0, 'go b'],
    ['keeps the only entry', ['a'], 0, 'a'],
    ['leaves out a read that came again', ['a', 'go', 'a', 'b'], 2_200, 'go a… b'],
    ['keeps two reads that differ', ['a', 'A', 'b'], 2_000, 'a… A… b'],
    ['shortens an earlier request', ['go', 'a', 'go on', 'b'], 2_000, 'go… a… go on b'],
    ['leaves out the oldest', ['go', ...'abcdef', 'go on', 'g'], 1_500, 'e… f… go on g'],
    ['of nothing does nothing', [], 0, ''],
  ])('%s', (_, said, target, expected) => {
    const records = said.map((word) => (word.startsWith('go') ? user(word) : page(word)));
    const { kept } = compacted(entriesOf(records), target);
    expect(kept.map(brief).join(' ')).toBe(expected);
  });

  it('shortens results and arguments to 180 characters and words to 220', () => {
    const write = { content: 'x'.repeat(3_000), path: 'a' };
    const [first, second, third, fourth] = compactEntries(
      entriesOf([
        { type: 'tool', name: 'write_file', args: write, content: 'y'.repeat(3_000), ok: true },
        answer('z'.repeat(3_000)),
        page('a'),
        user('go'),
      ]),
      { whole: 1, dropped: 0 },
    ).map((entry) => new Transcript().render(entry));
    expect(first).toMatch(/^\[tool:write_file\] \{"content":"x+.*left out.*x+","path":"a"\}\ny+\n/);
    expect(first?.length).toBeLessThan(2 * 180 + 60);
    expect(second).toMatch(/^\[assistant\] z+\n\.\.\.\[\d+ characters left out\]\.\.\.\nz+$/);
    expect(second).toHaveLength('[assistant] '.length + 220);
    expect(third?.length).toBeLessThanOrEqual('[tool:read_file] {"path":"file"}\n'.length + 180);
    expect(fourth).toBe('[user] go');
  });

  it('keeps its promises, whatever was said and left out before', () => {
    const records = fc.array(anyRecord, { minLength: 1, maxLength: 40 });
    const targets = fc.array(fc.nat(20_000), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(records, targets, (said, sizes) => {
        let entries = entriesOf([...said, notice]);
        for (const target of sizes) {
          const { whole, dropped, kept } = compacted(entries, target);
          const request = entries.findLast(({ record }) => record.type === 'user');
          const newest = entries.at(-1);

          expect(kept.at(-1)).toBe(newest);
          if (request) expect(kept).toContain(request);
          const mustStay = kept.every((entry) => entry === newest || entry === request);
          expect(sizeOfAll(kept) <= target || mustStay).toBe(true);

          // Whole are as many of the newest as fill half of the target; of the rest, all is short.
          const wholes = entries.slice(-whole);
          expect(whole === 1 || sizeOfAll(wholes) <= target / 2).toBe(true);
          expect(
            whole === entries.length || sizeOfAll(entries.slice(-whole - 1)) > target / 2,
          ).toBe(true);
          const others = kept.filter((entry) => entry !== request);
          const newer = others.filter((entry) => wholes.includes(entry));
          const older = others.filter((entry) => !wholes.includes(entry));
          expect(older.every(({ shortened }) => shortened)).toBe(true);
          expect(others).toEqual([...older, ...newer]);
          const rest = wholes.filter((entry) => entry !== request);
          expect(newer).toEqual(rest.slice(-newer.length));
          if (newer.length < rest.length) expect(older).toEqual([]);

          // None was left out without need.
          const more = compactEntries(entries, { whole, dropped: dropped - 1 });
          if (dropped > 0) expect(sizeOfAll(more)).toBeGreaterThan(target);
          entries = kept;
        }
      }),
    );
  });
});
