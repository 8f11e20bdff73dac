import { expect, it } from 'vitest';
import { LoopGuard } from '../../src/tools/loop-guard.ts';

/** Makes calls, `A1` being call A with the result 1, and marks those that are refused. */
function made(calls: string): string {
  const history = new LoopGuard();
  const marks = calls.split(' ').map(([call = '', result = '']) => {
    const cycle = history.refusedCycle(call);
    if (cycle === undefined) history.add(call, result);
    return cycle ?? '-';
  });
  return marks.join('');
}

it.each([
  ['the same call', 'A1 A1 A1', '--1'],
  ['the same call, whatever its results', 'A1 A2 A3', '--1'],
  ['the same call five times', 'A1 A1 A1 A1 A1', '--111'],
  ['two alternating calls', 'A1 B2 A1 B2 A1 B2', '-----2'],
  ['two alternating calls that continue', 'A1 B2 A1 B2 A1 B2 A1 B2', '-----222'],
  ['three calls in rotation', 'A1 B2 C3 A1 B2 C3 A1 B2 C3', '--------3'],
  ['four calls in rotation', 'A1 B2 C3 D4 A1 B2 C3 D4 A1 B2 C3 D4', '-----------4'],
  ['a cycle after other calls', 'X0 Y0 A1 B2 A1 B2 A1 B2', '-------2'],
  ['a cycle that contains a pair', 'A1 A1 B2 A1 A1 B2 A1 A1 B2', '--------3'],
])('refuses %s in the third round', (_, calls, marks) => {
  expect(made(calls)).toBe(marks);
});

it.each([
  ['a call between equal ones', 'A1 A1 B2 A1 A1'],
  ['two rounds', 'A1 B2 A1 B2 A1'],
  ['a cycle in which a result changes', 'A1 B2 A1 B3 A1 B2'],
  ['a cycle of five', 'A1 B2 C3 D4 E5 A1 B2 C3 D4 E5 A1 B2 C3 D4 E5'],
  ['another call at the end of the third round', 'A1 B2 A1 B2 A1 C2'],
])('lets %s pass', (_, calls) => {
  expect(made(calls)).toMatch(/^-+$/);
});
