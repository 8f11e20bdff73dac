import { expect, it } from 'vitest';
import { askedEachTime } from '../../../src/cli/replay/replay.ts';
import { never } from '../../support/workspace.ts';

const question = { name: 'run_shell', risky: true, args: { command: 'ls' } };
const no = () => Promise.resolve({ allowed: false as const, reason: 'no' });

it.each([
  ['a no is a denial', never, true],
  ['an interrupt is no denial', AbortSignal.abort(), false],
])('%s', async (_what, signal, expected) => {
  let stopped = false;
  const approval = askedEachTime(no, () => (stopped = true));
  expect(await approval.ask(question, signal)).toMatchObject({ allowed: false });
  expect([approval.wasDenied, stopped]).toEqual([expected, expected]);
});
