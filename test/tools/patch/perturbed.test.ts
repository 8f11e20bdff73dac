import fs from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patchFile } from '../../../src/tools/patch-file.ts';
import { ToolError } from '../../../src/tools/tool-error.ts';
import { often } from '../../support/stress.ts';
import { temporaryFolder, toolContext } from '../../support/workspace.ts';

/** A change of whole lines, in a file of any letters and any indentation. */
interface Edit {
  before: string;
  after: string;
  oldText: string;
  newText: string;
  unit: string;
}

const letters = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'abcxyz(){}=,.:;"\'<>&-+*/#1234567 ') },
  { weight: 1, arbitrary: fc.constantFrom('é', 'e\u0301', 'ж', '漢', '😀', 'ß', '…', '\u00ad') },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
);
const core = fc
  .array(letters, { minLength: 1, maxLength: 12 })
  .map((list) => list.join('').replace(/[\r\n\0]/g, ''))
  .filter(
    (text) =>
      text.isWellFormed() &&
      /[\p{L}\p{N}]/u.test(text) &&
      text === text.replace(/^[\s\u00ad]+|[\s\u00ad]+$/g, ''),
  );
const line = fc.tuple(fc.nat(3), core);

const edits: fc.Arbitrary<Edit> = fc
  .record({
    unit: fc.constantFrom('  ', '    ', '\t', '   '),
    lines: fc.array(line, { minLength: 3, maxLength: 9 }),
    start: fc.nat(8),
    count: fc.integer({ min: 1, max: 4 }),
    at: fc.nat(3),
    other: core,
    adds: fc.boolean(),
    ends: fc.constantFrom('\n', ''),
  })
  .map(({ unit, lines, start, count, at, other, adds, ends }) => {
    const written = lines.map(([depth, text]) => unit.repeat(depth) + text);
    const from = start % lines.length;
    const old = written.slice(from, from + count);
    const index = at % old.length;
    const indent = /^[ \t]*/.exec(old[index] ?? '')?.[0] ?? '';
    const changed = old.toSpliced(index, adds ? 0 : 1, indent + other);
    const whole = (middle: string[]) =>
      written.toSpliced(from, old.length, ...middle).join('\n') + ends;
    const [oldText, newText] = [old.join('\n'), changed.join('\n')];
    return { before: whole(old), after: whole(changed), oldText, newText, unit };
  });

type Change = (text: string, edit: Edit) => string;
const each = (text: string, change: (line: string, index: number) => string) =>
  text.split('\n').map(change).join('\n');
const common = ({ oldText }: Edit) =>
  oldText
    .split('\n')
    .map((one) => /^[ \t]*/.exec(one)?.[0] ?? '')
    .reduce((one, two) => (two.length < one.length ? two : one));
const lineOf = ({ before, oldText }: Edit) =>
  before.slice(0, before.indexOf(oldText)).split('\n').length;
const numbered =
  (column: (number: number) => string): Change =>
  (text, edit) =>
    each(text, (one, index) => column(lineOf(edit) + index) + one);
const encoded: Change = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const CHANGES: Record<string, Change> = {
  'no indentation that all lines have': (text, edit) =>
    each(text, (one) => one.slice(common(edit).length)),
  'one level more': (text, { unit }) => each(text, (one) => unit + one),
  'another unit of indentation': (text, { unit }) =>
    each(text, (one) => {
      const levels = (/^[ \t]*/.exec(one)?.[0].length ?? 0) / unit.length;
      return (unit === '\t' ? '    ' : '\t').repeat(levels) + one.trimStart();
    }),
  'no indentation of the first line': (text) => text.trimStart(),
  'trailing whitespace': (text) => each(text, (one) => `${one}  `),
  'a final newline': (text) => `${text}\n`,
  'a leading newline': (text) => `\n${text}`,
  CRLF: (text) => text.replaceAll('\n', '\r\n'),
  'line numbers': numbered((number) => `${String(number).padStart(4)}: `),
  'a column of numbers': numbered((number) => `${number}|`),
  'a code fence': (text) => `\`\`\`\n${text}\n\`\`\``,
  'typographic quotes': (text) =>
    text
      .replace(/(^|[\s([{=:,>])"/gm, '$1“')
      .replaceAll('"', '”')
      .replace(/(^|[\s([{=:,>])'/gm, '$1‘')
      .replaceAll("'", '’'),
  dashes: (text) => text.replaceAll('--', '—').replaceAll('-', '–'),
  'no-break spaces': (text) => text.replace(/(?<=\S) (?=\S)/g, '\u00a0'),
  'an invisible character': (text) => `\u200b${text}`,
  entities: encoded,
  'escaped quotes': (text) => text.replaceAll('"', '\\"'),
  'escaped newlines': (text) => text.replaceAll('\n', '\\n'),
  'a string of JSON': (text) => JSON.stringify(text).slice(1, -1),
};

/** New text in which the change would be meant, as far as anyone can tell. */
const MEANT = new Set(['trailing whitespace', 'a final newline', 'a leading newline']);

/** Signs that a model writes for a plain one. */
const TYPOGRAPHY =
  '\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00a0\u200b';
/**
 * Whether a call with the change in both would be the call of another edit too: the new text has such
 * a sign that the old one has not, or the change writes one that the old text has itself.
 */
const isAnothersCall = ({ oldText, newText }: Edit, changedText: string): boolean =>
  [...TYPOGRAPHY].some((sign) => {
    const count = (text: string) => text.split(sign).length;
    return oldText.includes(sign) ? count(changedText) !== count(newText) : newText.includes(sign);
  });

function outcome({ before, oldText, newText }: Edit): string | undefined {
  const root = temporaryFolder({ 'a.py': before });
  try {
    const args = { path: 'a.py', old_text: oldText, new_text: newText };
    const change = patchFile.prepare(args).check(toolContext(root));
    return change?.after.toString();
  } catch (error) {
    if (error instanceof ToolError) return undefined;
    throw error;
  } finally {
    fs.rmSync(path.join(root, 'a.py'));
  }
}

describe('an edit in another form is the true edit, or refused', () => {
  const rows = Object.entries(CHANGES).flatMap(([name, change]) => [
    { name: `${name} in old_text`, change, both: false },
    ...(MEANT.has(name) ? [] : [{ name: `${name} in both`, change, both: true }]),
  ]);

  it.each(rows)('with $name', ({ change, both }) => {
    fc.assert(
      fc.property(edits, (edit) => {
        const oldText = change(edit.oldText, edit);
        const newText = both ? change(edit.newText, edit) : edit.newText;
        fc.pre(!both || !isAnothersCall(edit, newText));
        fc.pre(oldText !== edit.oldText && oldText !== newText && edit.oldText !== edit.newText);
        // To the letter it would be another edit; only a first line is part of the same one.
        const isPart = edit.oldText.endsWith(oldText);
        fc.pre(edit.before.split(oldText).length === (isPart ? 2 : 1));
        fc.pre(edit.before.split(edit.oldText).length === 2);
        const after = outcome({ ...edit, oldText, newText });
        if (after !== undefined) expect(after).toBe(edit.after);
      }),
      { numRuns: often(10, 500), maxSkipsPerRun: 1_000 },
    );
  });
});
