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
