import { describe, expect, it } from 'vitest';
import { findMatch } from '../../../src/tools/patch/locate.ts';
import { refusal } from '../../../src/tools/patch/refusal.ts';
import { isLinear } from '../../support/linear.ts';
import { often, some } from '../../support/stress.ts';

describe('the time to work out a patch grows with the file and the texts alone', () => {
  const CHARS = often(100_000, 400_000);
  const UNITS: readonly string[] = [
    'a',
    'a\n',
    '  a\n a\n\ta\n',
    ' ',
    '\n',
    'ab',
    '\r\n',
    '“',
    'e\u0301',
    '\u0301',
    '\u200b',
    '\u00a0',
    '…',
    '   1: a\n',
    '1\ta\n',
    '-',
    '-a\n',
    '```\n',
    '` ',
    '&lt;',
    '\\n',
    '\\"',
    '\\',
    '"',
    '\ud83d\ude00',
    'x = 1  \n',
  ];
  /** What the model makes of half of the file. */
  const COPIES: readonly ((half: string) => string)[] = [
    (half) => half,
    (half) => `${half}!`,
    (half) => `!${half}`,
    (half) => `  ${half.replaceAll('\n', '\n  ')}`,
    (half) => `${half}\n`,
    (half) => `\n${half} `,
    () => 'a',
    () => '  a\n  b',
  ];

  it.each(some(6, UNITS))('of %j', (unit) => {
    for (const copy of some(2, COPIES)) {
      const patch = (chars: number) => {
        const oldText = copy(unit.repeat(Math.ceil(chars / 2 / unit.length)));
        const newText = `${oldText.slice(0, 1_000)}x${oldText.slice(1_000)}`;
        const whole = unit.repeat(Math.ceil(chars / unit.length));
        for (const content of [Buffer.from(whole), Buffer.from(`${whole}\n!${oldText}\n`)]) {
          const found = findMatch(content, { oldText, newText });
          if (found.type !== 'match') {
            refusal(found, { before: content, oldText, shown: 'a', misses: 2 });
          }
        }
      };
      expect(isLinear(patch, CHARS), copy('…')).toBe(true);
    }
  });
});
