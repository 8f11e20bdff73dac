import xterm from '@xterm/headless';
import { Chalk } from 'chalk';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeForTerminal } from '../../../src/terminal/text/escape.ts';
import { renderQuestion } from '../../../src/terminal/question/question.ts';

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

it('shows all of any command, except for a last newline, escaped', async () => {
  const word = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
  const text = fc
    .array(fc.tuple(word, fc.constantFrom(' ', '\n', ' && ', '\u001b[1A', '\t')), {
      maxLength: 30,
      size: 'max',
    })
    .map((parts) => parts.flat().join(''))
    .filter((command) => !/\s{4,}/.test(command));
  await fc.assert(
    fc.asyncProperty(text, async (command) => {
      const { details } = await questionOf('run_shell', { command });
      const shown = details.replace(/^ {2}command:[ \n]/, '').replace(/^ {2}\| /gm, '');
      expect(shown).toBe(escapeForTerminal(command).replace(/\n$/, ''));
      expect(details).not.toContain('\u001b');
    }),
    { examples: [['\r\r\n']] },
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
  const WIDTHS = [20, 40, 80, 200];
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
    .map((runs) => `ls\n${runs.map(([one, times]) => one.repeat(times)).join('')}`);

  it.each(WIDTHS)('%i, no row of an argument begins without its prefix', async (columns) => {
    await fc.assert(
      fc.asyncProperty(commands, async (text) => {
        const { details } = await questionOf('run_shell', { command: text }, columns);
        const [name, ...rows] = await rowsIn(columns, details);
        expect(name?.text.trimEnd()).toBe('  command:');
        for (const row of rows) {
          expect(row.text.startsWith('  | ')).toBe(true);
          expect(row.goesOn).toBe(false);
        }
      }),
    );
  });

  it('any number, the rows without their prefixes are the whole text', async () => {
    await fc.assert(
      fc.asyncProperty(commands, fc.integer({ min: 1, max: 200 }), async (text, columns) => {
        const { details: whole } = await questionOf('run_shell', { command: text });
        const { details } = await questionOf('run_shell', { command: text }, columns);
        let rest = whole.replace(/^ {2}command:\n/, '').replace(/^ {2}\| /gm, '');
        for (const row of details.split('\n').slice(1)) {
          expect(row.startsWith('  | ')).toBe(true);
          const shown = row.slice('  | '.length);
          expect(rest.startsWith(shown)).toBe(true);
          rest = rest.slice(shown.length).replace(/^\n/, '');
        }
        expect(rest).toBe('');
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
    expect(details.replaceAll('\n  | ', '')).toContain(`+++ b/${path}`);
    expect((await editOf('a.txt', undefined, 'x\n', 80)).prompt).toBe(
      'Allow write_file a.txt? [y/N/a] ',
    );
  });
});

describe('long whitespace cannot push the end of a command out of sight:', () => {
  it.each([
    ['spaces', ' '.repeat(500), ' [500 whitespace characters] '],
    ['tabs', '\t'.repeat(100), ' [100 whitespace characters] '],
    ['alternating spaces and tabs', ' \t'.repeat(200), ' [400 whitespace characters] '],
    ['no-break spaces', '\u00a0'.repeat(500), ' [500 whitespace characters] '],
    ['ideographic spaces', '\u3000'.repeat(500), ' [500 whitespace characters] '],
    ['em spaces', '\u2003'.repeat(500), ' [500 whitespace characters] '],
    ['braille blanks', '\u2800'.repeat(500), ' [500 whitespace characters] '],
    ['Hangul fillers', '\u3164'.repeat(500), ' [500 whitespace characters] '],
    ['newlines', '\n'.repeat(200), '\n[200 newlines]\n'],
    ['blanks and newlines in turn', ' \n'.repeat(200), '\n[200 newlines]\n'],
    ['CRLF', '\r\n'.repeat(200), '\n[200 newlines]\n'],
    [
      'an indentation that leaves the screen',
      `\n${' '.repeat(80)}`,
      '\n [80 whitespace characters] ',
    ],
  ])('%s', async (_what, blanks, shown) => {
    const { details } = await questionOf('run_shell', { command: `ls${blanks}rm -rf .` });
    const text = details.replace(/^ {2}command:[ \n]/, '').replace(/^ {2}\| /gm, '');
    expect(text).toBe(`ls${shown}rm -rf .`);
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

it('offers to edit commands, and nothing else', async () => {
  const args = { command: 'ls', timeout: 20 };
  const { prompt } = await renderQuestion(
    { name: 'run_shell', risky: true, args, command: 'ls' },
    { chalk, columns: 40 },
  );
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
