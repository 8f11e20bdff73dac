import xterm from '@xterm/headless';
import { Chalk } from 'chalk';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderQuestion } from '../../../src/terminal/question/question.ts';
import { linesShown } from '../../support/question-rows.ts';
import { some } from '../../support/stress.ts';

const chalk = new Chalk({ level: 0 });

/** Of a call that edits no file. */
function questionOf(name: string, args: Record<string, unknown>, columns?: number) {
  return renderQuestion({ name, risky: true, args }, { chalk, columns });
}

/** Of a call that makes the one text of the other. */
function editOf(path: string, before: string | undefined, after: string, columns?: number) {
  const change = {
    path,
    before: before === undefined ? undefined : Buffer.from(before),
    after: Buffer.from(after),
  };
  return renderQuestion({ name: 'write_file', risky: true, args: {}, change }, { chalk, columns });
}

it('names the tool and shows every argument, short ones beside their names', async () => {
  const { details, prompt } = await questionOf('run_shell', { command: 'npm test', timeout: 60 });
  expect(details).toBe('  command: npm test\n  timeout: 60');
  expect(prompt).toBe('Allow run_shell? [y/N/a] ');
});

it('shows a text of several lines whole, line by line', async () => {
  const { details } = await questionOf('write_file', {
    path: 'a.py',
    content: 'def f():\n  pass\n',
  });
  expect(details).toBe('  path: a.py\n  content:\n  | def f():\n  |   pass');
});

/** The exact lines of the command that a person can read from a question about it. */
function linesOfCommand(details: string): string[] {
  const [first = '', ...rows] = details.split('\n');
  const beside = /^ {2}command: (.*)$/s.exec(first);
  if (beside) return [beside[1] ?? ''];
  expect(first).toBe('  command:');
  const notes = rows.findIndex((row) => row.startsWith('  | '));
  expect(['', NOTE]).toContain(
    rows
      .slice(0, notes)
      .map((row) => row.trim())
      .join(' '),
  );
  return linesShown(rows.slice(notes), 0, notes > 0);
}

const NOTE = '(invisible characters are shown as codes, such as \\x20 for a space)';

it('shows all of any command, except for a last newline, escaped', async () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    fc.constantFrom(
      'ls',
      '漢',
      '\\',
      '\\x1b',
      '\\t',
      'x20',
      '[20 spaces]',
      '[4 blank lines]',
      '  ↳ ',
    ),
    fc.constantFrom('  | ', '\ufe0f', '[9 lines of \\x20]', '[9 × \\xa0]', '(invisible', '\u202e'),
  );
  const between = fc.oneof(
    fc.constantFrom('', ' ', '\n', ' && ', '\u001b[1A', '\t', '\r\n', '[', '\u00a0'),
    fc
      .tuple(
        fc.constantFrom(' ', '\t', '\n', ' \n', '\u3000', '-'),
        fc.integer({ min: 1, max: 90 }),
      )
      .map(([blank, times]) => blank.repeat(times)),
  );
  const text = fc
    .array(fc.tuple(word, between), { maxLength: 30, size: 'max' })
    .map((parts) => parts.flat().join(''));
  const widths = fc.oneof(fc.integer({ min: 20, max: 200 }), fc.constant(undefined));
  await fc.assert(
    fc.asyncProperty(text, widths, async (command, columns) => {
      const { details } = await questionOf('run_shell', { command }, columns);
      expect(linesOfCommand(details)).toEqual(command.replace(/\n$/, '').split('\n'));
      expect(details).not.toContain('\u001b');
    }),
    { examples: [['\r\r\n', 80]] },
  );
});

it.each([20, 40, 80, 120, 200])(
  'at %i columns shows whether a line ends or goes on where the row does',
  async (columns) => {
    const first = `npm test # ${'-'.repeat(columns - '  | npm test # '.length)}`;
    const shown = async (command: string) =>
      (await questionOf('run_shell', { command }, columns)).details.split('\n').slice(1);
    const end = columns === 20 ? ['rm -rf build dis', '  ↳ t'] : ['rm -rf build dist'];
    expect(await shown(`${first}\nrm -rf build dist`)).toEqual([
      `  | ${first}`,
      `  | ${end[0]}`,
      ...end.slice(1),
    ]);
    expect(await shown(`${first}rm -rf build dist`)).toEqual([
      `  | ${first}`,
      `  ↳ ${end[0]}`,
      ...end.slice(1),
    ]);
  },
);

it('says where codes stand for characters, and tells them from text that looks like them', async () => {
  expect((await questionOf('run_shell', { command: "printf '\\x1b'" })).details).toBe(
    "  command: printf '\\x1b'",
  );
  expect((await questionOf('run_shell', { command: "printf '\\x1b\u001b' \\d" })).details).toBe(
    `  command:\n  ${NOTE}\n  | printf '\\x5cx1b\\x1b' \\d`,
  );
});

it('lets no line of an argument look like the question', async () => {
  const command = 'rm -rf .\n  command: ls\nAllow run_shell? [y/N] y';
  const { details, prompt } = await questionOf('run_shell', { command });
  expect(
    details
      .split('\n')
      .slice(1)
      .every((line) => line.startsWith('  | ')),
  ).toBe(true);
  expect((await questionOf('a\nb\u001b[2J', {})).prompt).toBe('Allow a\\nb\\x1b[2J? [y/N/a] ');
  expect(prompt).not.toContain('\n');
});

/** The rows that a terminal makes of this, and whether each continues the one before. */
async function rowsIn(columns: number, text: string) {
  const terminal = new xterm.Terminal({
    cols: columns,
    rows: 4,
    scrollback: 10_000,
    convertEol: true,
    allowProposedApi: true,
  });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const { active } = terminal.buffer;
  const rows = Array.from({ length: active.baseY + active.cursorY + 1 }, (_, row) => {
    const line = active.getLine(row);
    return { text: line?.translateToString() ?? '', goesOn: line?.isWrapped ?? false };
  });
  terminal.dispose();
  return rows;
}

describe('in a terminal of so many columns', () => {
  const WIDTHS = some(2, [20, 80, 40, 200]);
  /** Of every width, and some whose width terminals do not agree on. */
  const character = fc.oneof(
    fc.constantFrom(
      'x',
      ' ',
      '\t',
      '\n',
      'é',
      'e\u0301',
      '漢',
      '한',
      'ｱ',
      '😀',
      '👩🏽',
      '🇩🇪',
      '❤\ufe0f',
    ),
    fc.constantFrom(
      '☁',
      '©',
      '\u1aff',
      'क\u093e',
      '\u20d0',
      '\u0e33',
      '𠀀',
      '\u{1fabf}',
      '\u3248',
      '\u2e9a',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  );
  /** A few runs of one character each. */
  const commands = fc
    .array(fc.tuple(character, fc.nat(90)), { minLength: 1, maxLength: 8 })
    .map((runs) => `ls\nx${runs.map(([one, times]) => one.repeat(times)).join('')}`);

  it.each(WIDTHS)('%i, no row of an argument begins without its gutter', async (columns) => {
    await fc.assert(
      fc.asyncProperty(commands, async (text) => {
        const { details } = await questionOf('run_shell', { command: text }, columns);
        const rows = await rowsIn(columns, details);
        expect(rows.some((row) => row.goesOn)).toBe(false);
        const texts = rows.map((row) => row.text);
        expect(texts[0]?.trimEnd()).toBe('  command:');
        const first = texts.findIndex((row) => row.startsWith('  | '));
        for (const row of texts.slice(first)) expect(row).toMatch(/^ {2}[|↳] /);
        expect(texts).toHaveLength(details.split('\n').length);
      }),
    );
  });

  it('20, a short text that does not fit beside its name goes below it', async () => {
    const command = 'ls -l the/folder';
    const beside = await questionOf('run_shell', { command }, 27);
    expect(beside.details).toBe(`  command: ${command}`);
    const { details } = await questionOf('run_shell', { command }, 26);
    expect(details).toBe(`  command:\n  | ${command}`);
  });

  it('80, a file name that does not fit into the question is only in the diff', async () => {
    const path = `${'a '.repeat(37)}Allow read_file README.md`;
    const { details, prompt } = await editOf(path, undefined, 'x\n', 80);
    expect(prompt).toBe('Allow write_file? [y/N/a] ');
    expect(details.replaceAll('\n  ↳ ', '')).toContain(`+++ b/${path}`);
    expect((await editOf('a.txt', undefined, 'x\n', 80)).prompt).toBe(
      'Allow write_file a.txt? [y/N/a] ',
    );
  });
});

describe('long whitespace cannot push the end of a command out of sight:', () => {
  it.each([
    ['spaces', ' '.repeat(500), ' [500 spaces] '],
    ['tabs', '\t'.repeat(100), ' [100 tabs] '],
    ['alternating spaces and tabs', ' \t'.repeat(20), ' \\t'.repeat(20)],
    ['no-break spaces', '\u00a0'.repeat(500), ' [500 × \\xa0] '],
    ['ideographic spaces', '\u3000'.repeat(500), ' [500 × \\u3000] '],
    ['em spaces', '\u2003'.repeat(500), ' [500 × \\u2003] '],
    ['braille blanks', '\u2800'.repeat(500), ' [500 × \\u2800] '],
    ['Hangul fillers', '\u3164'.repeat(500), ' [500 × \\u3164] '],
    ['newlines', '\n'.repeat(200), '\n[199 blank lines]\n'],
    ['blanks and newlines in turn', ' \n'.repeat(200), '\\x20\n[199 lines of \\x20]\n'],
    ['CRLF', '\r\n'.repeat(200), '\\x0d\n[199 lines of \\x0d]\n'],
    ['an indentation that leaves the screen', `\n${' '.repeat(80)}`, '\n [80 spaces] '],
  ])('%s', async (_what, blanks, shown) => {
    const { details } = await questionOf('run_shell', { command: `ls${blanks}rm -rf .` });
    const rows = details.split('\n').filter((row) => row.startsWith('  | '));
    expect(rows.map((row) => row.slice(4)).join('\n')).toBe(`ls${shown}rm -rf .`);
  });

  it('but an indentation and a few empty lines stay as they are', async () => {
    const content = `if x:\n${' '.repeat(40)}y\n\n\nz`;
    const { details } = await questionOf('write_file', { content });
    expect(details.replace(/^ {2}\| /gm, '')).toBe(`  content:\n${content}`);
  });
});

it('for an edit shows the diff to the current file', async () => {
  const { details, whole } = await editOf('a.py', 'a\nb\nc\n', 'a\nB\nc\n');
  expect(details.split('\n')).toEqual([
    '  | --- a/a.py',
    '  | +++ b/a.py',
    '  | @@ -1,3 +1,3 @@',
    '  |  a',
    '  | -b',
    '  | +B',
    '  |  c',
  ]);
  expect(whole).toBeUndefined();
});

it('offers to edit commands, and nothing else, and shows numbers with their units', async () => {
  const args = { command: 'ls', timeout: 20 };
  const { details, prompt } = await renderQuestion(
    { name: 'run_shell', risky: true, args, command: 'ls', units: { timeout: 's' } },
    { chalk, columns: 40 },
  );
  expect(details).toBe('  command: ls\n  timeout: 20 s');
  expect(prompt).toBe('Allow run_shell? [y/N/a/e] ');
  expect((await editOf('a.txt', undefined, 'x')).prompt).not.toContain('/e');
});

it('for a long diff shows head and tail, how many rows are left out, and how to see them', async () => {
  const lines = Array.from({ length: 1_000 }, (_, index) => `line ${index}`);
  const { details, whole, prompt } = await editOf('a.txt', undefined, `${lines.join('\n')}\n`);
  const rows = details.split('\n');
  expect(rows).toContain('… 603 more rows: v shows all');
  expect(rows).toHaveLength(401);
  expect(rows.at(-1)).toBe('  | +line 999');
  expect(prompt).toBe('Allow write_file a.txt? [y/N/a/v] ');
  expect(whole?.split('\n').slice(3)).toEqual(lines.map((line) => `  | +${line}`));
});

it('never cuts a command', async () => {
  const command = Array.from({ length: 1_000 }, (_, index) => `echo ${index}`).join('\n');
  const { details, whole } = await questionOf('run_shell', { command });
  expect([details.split('\n').length, whole]).toEqual([1_001, undefined]);
});
