import { expect, it } from 'vitest';
import { stopAtDenial } from '../../src/cli/demo.ts';
import { never } from '../support/workspace.ts';

const question = { name: 'run_shell', risky: true, args: { command: 'ls' } };
const no = () => Promise.resolve({ allowed: false as const, reason: 'no' });

it.each([
  ['a no ends the demo', never, true],
  ['an interrupt is no denial', AbortSignal.abort(), false],
])('%s', async (_what, signal, expected) => {
  let stopped = false;
  const approval = stopAtDenial(no, () => (stopped = true));
  expect(await approval.ask(question, signal)).toMatchObject({ allowed: false });
  expect([approval.wasDenied, stopped]).toEqual([expected, expected]);
});
