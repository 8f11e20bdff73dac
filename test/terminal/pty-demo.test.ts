/** The demo as a person sees it, in a real terminal. */
import { expect } from 'vitest';
import { BIN } from '../support/program.ts';
import { inStress } from '../support/stress.ts';
import { openTerminal } from '../support/terminal.ts';
import { temporaryFolder } from '../support/workspace.ts';

function demo(...flags: string[]) {
  const cwd = temporaryFolder();
  const command = [process.execPath, BIN, '--demo', ...flags];
  return openTerminal(command, cwd, { env: { TMPDIR: cwd } });
}

inStress('shows what each request cost, counted from its own start', async () => {
  const terminal = demo('--approval', 'auto');
  expect(await terminal.ended).toBe(0);
  const costs = terminal.screen().match(/^\d+ steps(?= · )/gm);
  expect(costs).toEqual(['3 steps', '2 steps', '4 steps']);
});

inStress('ends at a no with one message, which does not call it an interrupt', async () => {
  const terminal = demo();
  await terminal.waitFor(/Allow .+\?/);
  terminal.type('n\r');
  expect(await terminal.ended).toBe(0);
  expect(terminal.screen()).toContain('You said no, so it did not run.');
  expect(terminal.screen()).not.toContain('Interrupted');
});
