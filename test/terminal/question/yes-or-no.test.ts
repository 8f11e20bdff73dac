import { expect, it } from 'vitest';
import { yesOrNo } from '../../../src/terminal/question/yes-or-no.ts';

it.each([
  ['', true],
  [' \t', true],
  ['y', true],
  [' YES ', true],
  ['n', false],
  ['No', false],
  ['no tests?', undefined],
  ['yes please', undefined],
  ['y\nn', undefined],
  ['/exit', undefined],
])('to a question that Enter answers with yes, %j says %j', (line, answer) => {
  expect(yesOrNo(line)).toBe(answer);
});
