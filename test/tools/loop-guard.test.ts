import { expect, it } from 'vitest';
import { LoopGuard } from '../../src/tools/loop-guard.ts';

/** Makes calls, `A1` being call A with the result 1, and marks those that were refused. */
function made(calls: string): string {
  const history = new LoopGuard();
  const marks = calls.split(' ').map(([call = '', result = '']) => {
    const cycle = history.refusesAsCycle(call);
    if (cycle === undefined) history.add(call, result);
    return cycle ?? '-';
  });
  return marks.join('');
}

it.each([
  ['the same call', 'A1 A1 A1', '--1'],
  ['the same call, whatever came of it', 'A1 A2 A3', '--1'],
  ['the same call again and again', 'A1 A1 A1 A1 A1', '--111'],
  ['two calls in turns', 'A1 B2 A1 B2 A1 B2', '-----2'],
  ['two calls in turns that go on', 'A1 B2 A1 B2 A1 B2 A1 B2', '-----222'],
  ['three calls in turns', 'A1 B2 C3 A1 B2 C3 A1 B2 C3', '--------3'],
  ['four calls in turns', 'A1 B2 C3 D4 A1 B2 C3 D4 A1 B2 C3 D4', '-----------4'],
  ['a circle after other calls', 'X0 Y0 A1 B2 A1 B2 A1 B2', '-------2'],
  ['a circle with a pair in it', 'A1 A1 B2 A1 A1 B2 A1 A1 B2', '--------3'],
])('refuses %s in the third round', (_, calls, marks) => {
  expect(made(calls)).toBe(marks);
});

it.each([
  ['a call between equal ones', 'A1 A1 B2 A1 A1'],
  ['two rounds', 'A1 B2 A1 B2 A1'],
  ['a circle in which a result changes', 'A1 B2 A1 B3 A1 B2'],
  ['a circle of five', 'A1 B2 C3 D4 E5 A1 B2 C3 D4 E5 A1 B2 C3 D4 E5'],
  ['another call at the end of the third round', 'A1 B2 A1 B2 A1 C2'],
])('lets %s pass', (_, calls) => {
  expect(made(calls)).toMatch(/^-+$/);
});
