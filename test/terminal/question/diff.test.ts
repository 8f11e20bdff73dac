import { Chalk } from 'chalk';
import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderDiff } from '../../../src/terminal/question/diff.ts';
import { linesShown } from '../../support/question-rows.ts';

const PREFIX = '  | ';

type Content = string | Buffer | undefined;

/** The rows of a diff. */
function rowsOf(before: Content, after: Content, { columns, level = 0, path = 'a.txt' }: How = {}) {
  const bytes = (content: Content) => (content === undefined ? undefined : Buffer.from(content));
  const diff = { path, before: bytes(before), after: bytes(after) };
  return renderDiff(diff, { chalk: new Chalk({ level }), columns });
}

/** The rows of a diff, none of which is wrapped, without their prefixes. */
async function diffOf(before: Content, after: Content, how: How = {}) {
  return (await rowsOf(before, after, how)).map((row) => {
    expect(row.startsWith(PREFIX)).toBe(true);
    return row.slice(PREFIX.length);
  });
}

interface How {
  columns?: number | undefined;
  level?: 0 | 1;
  path?: string;
}

it('is a unified diff with three lines around each change', async () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
  const before = `${lines.join('\n')}\n`;
  const after = `${lines.with(9, 'another').join('\n')}\n`;
  expect(await diffOf(before, after)).toMatchInlineSnapshot(`
    [
      "--- a/a.txt",
      "+++ b/a.txt",
      "@@ -7,7 +7,7 @@",
      " line 7",
      " line 8",
      " line 9",
      "-line 10",
      "+another",
      " line 11",
      " line 12",
      " line 13",
    ]
  `);
});

it.each([
  [
    'a new file',
    undefined,
    'a\nb\n',
    ['--- /dev/null', '+++ b/a.txt', '@@ -0,0 +1,2 @@', '+a', '+b'],
  ],
  ['a file that is emptied', 'a\n', '', ['--- a/a.txt', '+++ b/a.txt', '@@ -1,1 +0,0 @@', '-a']],
  ['a new empty file', undefined, '', ['--- /dev/null', '+++ b/a.txt', '(the file is empty)']],
  ['a file that goes', 'a\n', undefined, ['--- a/a.txt', '+++ /dev/null', '@@ -1,1 +0,0 @@', '-a']],
  ['no change', 'a\n', 'a\n', ['--- a/a.txt', '+++ b/a.txt', '(no change)']],
])('shows %s', async (_what, before, after, rows) => {
  expect(await diffOf(before, after)).toEqual(rows);
});

describe('notes what lines do not show:', () => {
  it.each([
    ['a last line without its end', 'a\n', 'a', ['-a', '+a', '\\ No newline at end of file']],
    ['a last line with its end', 'a', 'a\n', ['-a', '\\ No newline at end of file', '+a']],
  ])('%s', async (_what, before, after, rows) => {
    expect((await diffOf(before, after)).slice(3)).toEqual(rows);
  });

  it.each([
    ['line ends that change', 'a\n', 'a\r\n', ['-a', '+a\\x0d']],
    ['line ends that are mixed', 'a\r\nb\n', 'a\r\nc\n', [' a\\x0d', '-b', '+c']],
    ['a byte order mark', 'a\n', '\ufeffa\n', ['-a', '+\\ufeffa']],
    ['spaces at the end of a line', 'a\n', 'a  \n', ['-a', '+a \\x20']],
    ['a tab at the end of a line', 'a\n', 'a\t\n', ['-a', '+a\\t']],
    ['a tab within a line', 'a b\n', 'a\tb\n', ['-a b', '+a\\tb']],
    ['a no-break space', 'a b\n', 'a\u00a0b\n', ['-a b', '+a\\xa0b']],
    ['tabs in place of spaces', '        a\n', '\ta\n', ['-        a', '+\\ta']],
    [
      'blanks in blank lines',
      '\n\n\n\n',
      ' \n \n \n \n',
      ['-[4 blank lines]', '+[4 lines of \\x20]'],
    ],
    ['a code that is text', 'a\u202e\n', 'a\\u202e\n', ['-a\\u202e', '+a\\x5cu202e']],
  ])('%s, by codes', async (_what, before, after, rows) => {
    const [note, , ...shown] = (await diffOf(before, after)).slice(2);
    expect(note).toBe('(invisible characters are shown as codes, such as \\x20 for a space)');
    expect(shown).toEqual(rows);
  });

  it('but tabs that lines begin with stay tabs', async () => {
    expect((await diffOf('\ta\n', '\ta\n\tb\n')).slice(2)).toEqual([
      '@@ -1,1 +1,2 @@',
      ' \ta',
      '+\tb',
    ]);
  });

  it('line ends that are all CRLF, once', async () => {
    expect((await diffOf('a\r\nb\r\n', 'a\r\nc\r\n')).slice(2)).toEqual([
      '(lines end in CRLF)',
      '@@ -1,2 +1,2 @@',
      ' a',
      '-b',
      '+c',
    ]);
  });

  it('bytes that are no UTF-8', async () => {
    const [before, after] = [Buffer.from([0x61, 0xe9, 0x0a]), Buffer.from([0x61, 0xe8, 0x0a])];
    expect((await diffOf(before, after)).slice(2)).toEqual([
      '(not UTF-8: shown byte by byte)',
      '@@ -1,1 +1,1 @@',
      '-aé',
      '+aè',
    ]);
  });

  it('a binary file that is replaced by text', async () => {
    expect((await diffOf(Buffer.from([0, 1, 2, 255]), 'déjà\n')).slice(2)).toEqual([
      '(a binary file of 4 bytes is replaced)',
      '@@ -0,0 +1,1 @@',
      '+déjà',
    ]);
  });

  it('NUL does not hide the text behind it', async () => {
    expect((await diffOf(undefined, 'rm -rf ~ \0\n')).at(-1)).toBe('+rm -rf ~ \\x00');
  });
});

it('shows all of a change that is too large to compare line by line', async () => {
  const lines = (word: string) => Array.from({ length: 3_000 }, (_, index) => `${word} ${index}`);
  const [old, now] = [lines('old'), lines('new')];
  const rows = await diffOf(`${old.join('\n')}\n`, now.join('\n'));
  expect(rows.slice(2)).toEqual([
    '@@ -1,3000 +1,3001 @@',
    ...old.map((line) => `-${line}`),
    ...now.map((line) => `+${line}`),
    '\\ No newline at end of file',
  ]);
});

it('colours added and removed lines, after escaping', async () => {
  const [, , , hunk, old, now] = await diffOf('a\n', '\u001b[31mb\n', { level: 1 });
  expect(hunk).toBe('\u001b[36m@@ -1,1 +1,1 @@\u001b[39m');
  expect(old).toBe('\u001b[31m-a\u001b[39m');
  expect(now).toBe('\u001b[32m+\\x1b[31mb\u001b[39m');
});

it('counts long runs of whitespace and of blank lines, which could push the rest out of sight', async () => {
  const text = `a${' '.repeat(90)}b\n${'\n'.repeat(200)}${' \n'.repeat(10)}\n\n\nc\n\n\n\nd\n`;
  expect((await diffOf(undefined, text)).slice(4)).toEqual([
    '+a [90 spaces] b',
    '+[200 blank lines]',
    '+[10 lines of \\x20]',
    '+',
    '+',
    '+',
    '+c',
    '+',
    '+',
    '+',
    '+d',
  ]);
});

it('keeps any name of a file in the header', async () => {
  const rows = await diffOf('a\n', 'b\n', { path: 'a\n+++ b/c\u001b[2J.txt' });
  expect(rows.slice(0, 2)).toEqual([
    '--- a/a\\n+++ b/c\\x1b[2J.txt',
    '+++ b/a\\n+++ b/c\\x1b[2J.txt',
  ]);
});

const word = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    '',
    '\u001b[2J',
    'Allow write_file? [y/N] y',
    '漢',
    '\t',
    ' ',
    '    x',
    '\tx',
    'x \\x1b',
    '[4 blank lines]',
    '+',
    '-',
    '@@',
  ),
  fc.string({ unit: 'binary', maxLength: 5 }).map((text) => text.replace(/[\r\n]/g, '')),
);
const text = fc
  .tuple(fc.array(word, { maxLength: 25 }), fc.constantFrom('', '\n'))
  .map(([lines, end]) => `${lines.join('\n')}${end}`)
  .filter((value) => value.isWellFormed());

const linesOf = (value: string) => (value === '' ? [] : value.replace(/\n$/, '').split('\n'));

/** What a diff makes of the lines of a file. */
function applied(before: readonly string[], rows: readonly string[]): string[] {
  const after: string[] = [];
  let at = 0;
  for (const row of rows) {
    const hunk = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@$/.exec(row);
    if (hunk) {
      const start = Number(hunk[1]) - (hunk[2] === '0' ? 0 : 1);
      after.push(...before.slice(at, start));
      expect(Number(hunk[3]) - (hunk[4] === '0' ? 0 : 1)).toBe(after.length);
      at = start;
    } else if (row.startsWith('\\')) continue;
    else {
      if (!row.startsWith('+')) expect(row.slice(1)).toBe(before[at++]);
      if (!row.startsWith('-')) after.push(row.slice(1));
    }
  }
  return [...after, ...before.slice(at)];
}

it('whatever changes, the old file and the diff are the new one, to the letter', async () => {
  await fc.assert(
    // A file that is no text is told, not shown.
    fc.asyncProperty(
      fc
        .tuple(text, text, text)
        .filter(([head, old, tail]) => !`${head}${old}${tail}`.includes('\0')),
      text,
      fc.constantFrom(undefined, 20, 40, 80, 120),
      async ([head, old, tail], now, columns) => {
        const [before, after] = [old, now].map((part) => `${head}${part}${tail}`) as [
          string,
          string,
        ];
        const rows = await rowsOf(before, after, { columns });
        const start = rows.findIndex((row) => row.startsWith('  | @@'));
        const hasCodes = rows.slice(0, start).some((row) => row.includes('(invisible'));
        const changes = start === -1 ? [] : linesShown(rows.slice(start), 1, hasCodes);
        expect(applied(linesOf(before), changes)).toEqual(linesOf(after));
        expect(changes.length === 0).toBe(before === after);
      },
    ),
  );
});

it('in a terminal of any width no row is raw, or wider than the terminal', async () => {
  const widths = fc.constantFrom(20, 40, 80);
  await fc.assert(
    fc.asyncProperty(text, text, widths, async (before, after, columns) => {
      for (const row of await rowsOf(before, after, { columns })) {
        // eslint-disable-next-line no-control-regex
        expect(row).not.toMatch(/[\u0000-\u0008\n\r\u001b\u007f-\u009f]/);
        expect(stringWidth(row.replaceAll('\t', ' '))).toBeLessThanOrEqual(columns);
      }
    }),
  );
});
