import xterm from '@xterm/headless';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isYes, renderQuestion } from '../../src/terminal/ask-approval.ts';
import { escapeForTerminal } from '../../src/terminal/escape.ts';

it('names the tool and shows every argument, short ones beside their names', () => {
  const { details, prompt } = renderQuestion('run_shell', { command: 'npm test', timeout: 60 });
  expect(details).toBe('  command: npm test\n  timeout: 60');
  expect(prompt).toBe('Allow run_shell? [y/N] ');
});

it('shows a text of several lines whole, line by line', () => {
  const { details } = renderQuestion('write_file', { path: 'a.py', content: 'def f():\n  pass\n' });
  expect(details).toBe('  path: a.py\n  content:\n  | def f():\n  |   pass');
});

it('shows the whole of any command, but for a last newline, and nothing raw', () => {
  const word = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
  const text = fc
    .array(fc.tuple(word, fc.constantFrom(' ', '\n', ' && ', '\u001b[1A', '\t')), {
      maxLength: 30,
      size: 'max',
    })
    .map((parts) => parts.flat().join(''))
    .filter((command) => !/\s{4,}/.test(command));
  fc.assert(
    fc.property(text, (command) => {
      const { details } = renderQuestion('run_shell', { command });
      const shown = details.replace(/^ {2}command:[ \n]/, '').replace(/^ {2}\| /gm, '');
      expect(shown).toBe(escapeForTerminal(command).replace(/\n$/, ''));
      expect(details).not.toContain('\u001b');
    }),
  );
});

it('lets no line of an argument pass for the question', () => {
  const command = 'rm -rf .\n  command: ls\nAllow run_shell? [y/N] y';
  const { details, prompt } = renderQuestion('run_shell', { command });
  expect(
    details
      .split('\n')
      .slice(1)
      .every((line) => line.startsWith('  | ')),
  ).toBe(true);
  expect(renderQuestion('a\nb\u001b[2J', {}).prompt).toBe('Allow a\\nb\\x1b[2J? [y/N] ');
  expect(prompt).not.toContain('\n');
});

/** The rows that a terminal makes of this, and whether each goes on with the one before. */
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
    fc.constantFrom('☁', '©', '\u1aff', 'क\u093e', '\u20d0', '\u0e33', '𠀀', '\u{1fabf}'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  );
  /** A few runs of one character each. */
  const commands = fc
    .array(fc.tuple(character, fc.nat(90)), { minLength: 1, maxLength: 8 })
    .map((runs) => `ls\n${runs.map(([one, times]) => one.repeat(times)).join('')}`);

  it.each(WIDTHS)('%i, no row of an argument begins without its prefix', async (columns) => {
    await fc.assert(
      fc.asyncProperty(commands, async (text) => {
        const { details } = renderQuestion('run_shell', { command: text }, columns);
        const [name, ...rows] = await rowsIn(columns, details);
        expect(name?.text.trimEnd()).toBe('  command:');
        for (const row of rows) {
          expect(row.text.startsWith('  | ')).toBe(true);
          expect(row.goesOn).toBe(false);
        }
      }),
    );
  });

  it('any number, the rows without their prefixes are the whole text', () => {
    fc.assert(
      fc.property(commands, fc.integer({ min: 1, max: 200 }), (text, columns) => {
        const whole = renderQuestion('run_shell', { command: text }).details;
        const { details } = renderQuestion('run_shell', { command: text }, columns);
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

  it('20, a short text that does not fit beside its name stands below it', () => {
    const command = 'ls -l the/folder';
    expect(renderQuestion('run_shell', { command }, 27).details).toBe(`  command: ${command}`);
    const { details } = renderQuestion('run_shell', { command }, 26);
    expect(details).toBe(`  command:\n  | ${command}`);
  });

  it('80, a file name that does not fit into the question is among the arguments alone', () => {
    const path = `${'a '.repeat(37)}Allow read_file README.md`;
    const { details, prompt } = renderQuestion('write_file', { path }, 80);
    expect(prompt).toBe('Allow write_file? [y/N] ');
    expect(details.replaceAll('\n  | ', '')).toBe(`  path:${path}`);
    expect(renderQuestion('write_file', { path: 'a.txt' }, 80).prompt).toContain(' a.txt?');
  });
});

describe('a long run of blanks cannot push the end of a command out of sight:', () => {
  it.each([
    ['blanks', ' '.repeat(500), ' [500 blanks] '],
    ['tabs', '\t'.repeat(100), ' [100 blanks] '],
    ['blanks and tabs in turn', ' \t'.repeat(200), ' [400 blanks] '],
    ['no-break spaces', '\u00a0'.repeat(500), ' [500 blanks] '],
    ['ideographic spaces', '\u3000'.repeat(500), ' [500 blanks] '],
    ['em spaces', '\u2003'.repeat(500), ' [500 blanks] '],
    ['braille blanks', '\u2800'.repeat(500), ' [500 blanks] '],
    ['Hangul fillers', '\u3164'.repeat(500), ' [500 blanks] '],
    ['newlines', '\n'.repeat(200), '\n[200 newlines]\n'],
    ['blanks and newlines in turn', ' \n'.repeat(200), '\n[200 newlines]\n'],
    ['CRLF', '\r\n'.repeat(200), '\n[200 newlines]\n'],
    ['an indentation that leaves the screen', `\n${' '.repeat(80)}`, '\n [80 blanks] '],
  ])('%s', (_what, blanks, shown) => {
    const { details } = renderQuestion('run_shell', { command: `ls${blanks}rm -rf .` });
    const text = details.replace(/^ {2}command:[ \n]/, '').replace(/^ {2}\| /gm, '');
    expect(text).toBe(`ls${shown}rm -rf .`);
  });

  it('but an indentation and a few empty lines stay as they are', () => {
    const content = `if x:\n${' '.repeat(40)}y\n\n\nz`;
    const { details } = renderQuestion('write_file', { content });
    expect(details.replace(/^ {2}\| /gm, '')).toBe(`  content:\n${content}`);
  });
});

it.each([
  ['y', true],
  ['Y', true],
  ['yes', true],
  [' YES \t', true],
  ['', false],
  ['n', false],
  ['no', false],
  ['yy', false],
  ['yes please', false],
  ['yep', false],
  ['y\nn', false],
  ['ok', false],
  [undefined, false],
])('of the answers, %j is a yes: %s', (answer, yes) => {
  expect(isYes(answer)).toBe(yes);
});
