import { expect, it } from 'vitest';
import { differenceOf } from '../../../src/cli/replay/difference.ts';

it.each([
  ['exit_code: 0\nstdout:\nok', 'exit_code: 0\nstdout:\nok'],
  ['duration_ms: 1.5\n# duration_ms 164.04', 'duration_ms: 2\n# duration_ms 99'],
  ['passed in 1.25s (30 ms)', 'passed in 0.4s (7 ms)'],
])('%j and %j differ in nothing but time', (recorded, now) => {
  expect(differenceOf(recorded, now)).toBeUndefined();
});

it.each([
  ['a\nb', 'a\nc', 'first in line 2: "c", recorded: "b"'],
  ['a', 'a\nb', 'first in line 2: "b", recorded: no such line'],
  ['  a', ' a', '" a", recorded: "  a"'],
  ['3 passed', '2 passed', 'first in line 1: "2 passed", recorded: "3 passed"'],
  [
    `${'x'.repeat(90)}1`,
    `${'x'.repeat(90)}2`,
    `"…${'x'.repeat(12)}2", recorded: "…${'x'.repeat(12)}1"`,
  ],
])('the first difference between %j and %j is told', (recorded, now, told) => {
  expect(differenceOf(recorded, now)).toContain(told);
});
