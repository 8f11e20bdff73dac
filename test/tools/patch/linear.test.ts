import { describe, expect, it } from 'vitest';
import { findMatch } from '../../../src/tools/patch/locate.ts';
import { refusal } from '../../../src/tools/patch/refusal.ts';
import { often, some } from '../../support/stress.ts';

/**
 * The work has to grow linearly with the file and the texts: at a megabyte anything else takes
 * minutes. What is measured is the processor's time, which other work does not lengthen.
 */
describe('a patch is worked out within a second for each megabyte', () => {
  const CHARS = often(200_000, 1_000_000);
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
      const whole = unit.repeat(Math.ceil(CHARS / unit.length));
      const oldText = copy(unit.repeat(Math.ceil(CHARS / 2 / unit.length)));
      const newText = `${oldText.slice(0, 1_000)}x${oldText.slice(1_000)}`;
      for (const content of [Buffer.from(whole), Buffer.from(`${whole}\n!${oldText}\n`)]) {
        const took = () => {
          const began = process.cpuUsage();
          const found = findMatch(content, { oldText, newText });
          if (found.type !== 'match') {
            refusal(found, { before: content, oldText, shown: 'a', misses: 2 });
          }
          const { user, system } = process.cpuUsage(began);
          return (user + system) / 1_000;
        };
        const limit = 1_000 * Math.max(1, (content.length + 2 * oldText.length) / 1_000_000);
        // Other work on the machine may lengthen one of them.
        const ms = took();
        expect(ms < limit ? ms : took(), copy('…')).toBeLessThan(limit);
      }
    }
  });
});
