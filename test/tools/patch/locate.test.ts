import fs from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { findMatch } from '../../../src/tools/patch/locate.ts';
import { patchFile } from '../../../src/tools/patch-file.ts';
import { temporaryFolder, toolContext } from '../../support/workspace.ts';
import { runTool } from '../../support/run-tool.ts';
import { often } from '../../support/stress.ts';

const NUMBERS = /once its line numbers were taken off/;
const SHIFT = /at another indentation/;

/** What the text looks like: without trailing whitespace, typographic quotes and CR. */
function toTheEye(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(/[ \t]+$/gm, '')
    .replace(/[‘’‚‛]/g, "'")
    .replace(/[“”„‟]/g, '"');
}

const withoutNumbers = (text: string) => text.replace(/^ *\d+: ?/gm, '');
const withoutIndent = (text: string) => text.replace(/^[ \t]+/gm, '');

/** How often a text appears in another, overlaps included. */
function countOf(text: string, whole: string): number {
  let count = 0;
  for (let at = whole.indexOf(text); at !== -1; at = whole.indexOf(text, at + 1)) count++;
  return count;
}

it('replaces only what looks like old_text, and only when no earlier way found anything', () => {
  const piece = fc.constantFrom('a', 'b', '“', '"', ' ', '  ', '\t', '\n', '\n', '\r\n', '   1: ');
  const text = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));
  const start = fc.stringMatching(/^[ \t]{0,2}["“ab]$/);
  const seen = new Set<string>();
  fc.assert(
    fc.property(text, start, text, (content, first, rest) => {
      const oldText = first + rest;
      const bytes = Buffer.from(content);
      const found = findMatch(bytes, { oldText, newText: `${first.slice(0, -1)}new` });
      const way = found.type === 'match' ? (found.how ?? 'exact') : found.type;
      seen.add(way);

      // What ends with an indented tag is looked for without the indentation of that.
      const isLaidOut = /\n[ \t]+$/.test(oldText);
      const exact = countOf(oldText.replaceAll('\r\n', '\n'), content.replaceAll('\r\n', '\n'));
      if (exact > 1 && !isLaidOut) expect(found).toMatchObject({ type: 'several', count: exact });
      if (exact === 1 && !isLaidOut) expect(['exact', 'unclear']).toContain(way);
      if (exact === 0) expect(way).not.toBe('exact');
      if (found.type !== 'match') return;

      const replaced = toTheEye(bytes.toString('utf8', found.from, found.to));
      const wanted = toTheEye(NUMBERS.test(way) ? withoutNumbers(oldText) : oldText);
      expect(withoutIndent(replaced).trim()).toBe(withoutIndent(wanted).trim());
    }),
    { numRuns: often(1_500, 50_000) },
  );
  expect(seen.size).toBeGreaterThanOrEqual(6);
});

it('fails for no bytes and no texts', () => {
  const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));
  const marks = '`|```|&lt;|\\n|\\"|-|+|1: |2|\t| |\n|\r|\ufeff|\u0301|e|\ud800|“|…|\u00a0|{|}|:';
  const text = fc
    .array(fc.constantFrom(...marks.split('|'), '|'), { maxLength: 16 })
    .map((pieces) => pieces.join(''));
  const content = fc.oneof(
    bytes,
    text.map((some) => Buffer.from(some)),
    text.map((some) => Buffer.from(some, 'latin1')),
  );
  const types = new Set<string>();
  fc.assert(
    fc.property(content, text, text, (file, oldText, newText) => {
      fc.pre(oldText !== '');
      const found = findMatch(file, { oldText, newText });
      types.add(found.type);
      if (found.type !== 'match') return;
      expect(found.from).toBeLessThanOrEqual(found.to);
      expect(found.to).toBeLessThanOrEqual(file.length);
    }),
    { numRuns: often(1_500, 100_000) },
  );
  expect(types).toContain('match');
});

/** A block of lines in a file, and a copy of it that differs in everything that may differ. */
const copies = fc
  .record({
    before: fc.uint8Array({ maxLength: 20 }),
    after: fc.uint8Array({ maxLength: 20 }),
    indents: fc.array(fc.constantFrom('', '  ', '\t', '    ', '  \t'), {
      minLength: 1,
      maxLength: 8,
    }),
    newline: fc.constantFrom('\n', '\r\n'),
    shift: fc.constantFrom('', '  ', '\t', ' \t '),
    isDeeperInFile: fc.boolean(),
    spaceInFile: fc.infiniteStream(fc.constantFrom('', ' ', '\t ')),
    spaceInCopy: fc.infiniteStream(fc.constantFrom('', ' ', '\t ')),
    firstNumber: fc.constantFrom(null, null, 7, 998),
    hasPlainQuotes: fc.boolean(),
  })
  .map(({ indents, newline, shift, firstNumber, ...some }) => {
    const inFile = some.isDeeperInFile ? shift : '';
    const inCopy = some.isDeeperInFile ? '' : shift;
    const column = (index: number) =>
      firstNumber === null ? '' : `${String(firstNumber + index).padStart(4)}: `;
    const block = indents.map((indent, index) => `${indent}<“é${index}”>`);
    const copy = block
      .map((line, index) => column(index) + inCopy + line + some.spaceInCopy.next().value)
      .join('\n');
    return {
      before: Buffer.concat([some.before, Buffer.from('\n')]),
      block: block.map((line) => inFile + line + some.spaceInFile.next().value).join(newline),
      after: Buffer.concat([Buffer.from(newline), some.after]),
      oldText: some.hasPlainQuotes ? copy.replace(/[“”]/g, '"') : copy,
      newText: `${column(0)}${inCopy}${indents[0]}new`,
      shifted: `${inFile}${indents[0]}new`,
    };
  });

it('always finds a copy with other whitespace, quotes, numbers and indentation, and changes no more', async () => {
  const seen = new Set<string>();
  const root = temporaryFolder();
  await fc.assert(
    fc.asyncProperty(copies, async ({ before, block, after, oldText, newText, shifted }) => {
      fs.writeFileSync(
        path.join(root, 'a.txt'),
        Buffer.concat([before, Buffer.from(block), after]),
      );
      const args = { path: 'a.txt', old_text: oldText, new_text: newText };
      const said = await runTool(patchFile, toolContext(root), args);
      seen.add(said);
      const bytes = fs.readFileSync(path.join(root, 'a.txt'));
      expect(bytes.subarray(0, before.length)).toEqual(before);
      expect(bytes.subarray(-after.length)).toEqual(after);
      const middle = bytes.toString('latin1', before.length, bytes.length - after.length);
      // Whitespace around it stays where old_text does not include it.
      expect(middle.trim()).toBe('new');
      if (SHIFT.test(said)) expect(middle.trimEnd()).toBe(shifted);
    }),
    { numRuns: often(60, 300) },
  );
  const laterSteps = [...seen].filter((said) => said.includes('('));
  expect(laterSteps.length).toBeGreaterThanOrEqual(4);
});
