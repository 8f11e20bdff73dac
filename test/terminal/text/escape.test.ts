import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { escapeForTerminal, escapeLine } from '../../../src/terminal/text/escape.ts';
import { often } from '../../support/stress.ts';

/** Signs of scripts that count as format characters and can be seen. */
const VISIBLE_FORMAT =
  /[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}\u{13430}-\u{1343f}]/u;

/** What may not reach a terminal, by the names that Unicode has for it. */
function isUnsafe(character: string): boolean {
  if (['\n', '\t', '\ufe0f'].includes(character) || VISIBLE_FORMAT.test(character)) return false;
  return /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u.test(
    character,
  );
}

const any = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      ...'\u001b\u009b\u0007\r\n\t\0\u007f\u0085\u202e\u2066\u200b\u200d\ufeff\u00ad\u061c\u2028',
      '\ud800',
      '\udfff',
      '[31m',
      ']0;title',
      'a',
      '😀',
      '\u{e0041}',
    ),
  }),
);

it('escapes every control, bidi, zero-width and format character and half of a pair', () => {
  fc.assert(
    fc.property(any, (text) => {
      const safe = escapeForTerminal(text);
      expect([...safe].filter(isUnsafe)).toEqual([]);
      expect(escapeForTerminal(safe)).toBe(safe);
      expect(escapeLine(text)).not.toMatch(/[\n\t]/);
    }),
    { numRuns: often(500, 2_000) },
  );
});

it('covers every character of Unicode', () => {
  const passed: string[] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    const character = String.fromCodePoint(code);
    if (isUnsafe(character) && escapeForTerminal(character) === character) {
      passed.push(`U+${code.toString(16)}`);
    }
  }
  expect(passed).toEqual([]);
});

it.each([
  ['plain text, é漢😀 and tabs\t\n stay', 'plain text, é漢😀 and tabs\t\n stay'],
  ['\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
  ['\u001b]0;title\u0007', '\\x1b]0;title\\x07'],
  ['\u009b2J', '\\x9b2J'],
  ['safe\rnot safe', 'safe\\x0dnot safe'],
  ['line\r\nline', 'line\nline'],
  ['\u202Egnp.exe', '\\u202egnp.exe'],
  ['a\u200bb\u2060c\ufeff', 'a\\u200bb\\u2060c\\ufeff'],
  ['\ud83d and \ude00', '\\ud83d and \\ude00'],
  ['\u{e0041}', '\\u{e0041}'],
  ['a Hangul filler \u3164', 'a Hangul filler \\u3164'],
  ['❤️ and \u0600 stay', '❤️ and \u0600 stay'],
  ['\b\b\b\u007f', '\\x08\\x08\\x08\\x7f'],
])('shows %j as %j', (text, shown) => {
  expect(escapeForTerminal(text)).toBe(shown);
});

it('keeps one line one line', () => {
  expect(escapeLine('a\nb\r\nc\td\re\u2028f')).toBe('a\\nb\\nc\\td\\x0de\\u2028f');
});
