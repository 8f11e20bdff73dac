/** Commands that ask, wait, or are interrupted, in a real terminal. */
import { expect, it } from 'vitest';
import { final } from '../support/ollama-server.ts';
import { AT_PROMPT, terminalScene } from '../support/terminal.ts';
import { inStress } from '../support/stress.ts';

it('/sessions asks which one to resume, and a number is enough', async () => {
  const terminal = await terminalScene([final('Blue.'), final('Still blue.')], { columns: 40 });
  await terminal.waitFor(AT_PROMPT);
  terminal.type('what colour is the sky over the sea on a day like this?\r');
  await terminal.waitFor(/Blue\.[^]*mini-coding-agent>$/);
  terminal.type('/sessions\r');
  await terminal.waitFor('Resume which? (number, Enter cancels)');
  const rows = terminal.screen().split('\n');
  expect(rows.filter((row) => row.includes('what colour')).map((row) => row.length <= 40)).toEqual([
    false, // the request as it was typed
    true,
  ]);
  terminal.type('1\r');
  await terminal.waitFor('You are already in this session.');
  terminal.type('/sessions\r');
  await terminal.waitFor(/Resume which[^]*Resume which\? \(number, Enter cancels\)$/);
  terminal.type('\u0003');
  await terminal.waitFor(/cancels\).*\s+mini-coding-agent>$/);
});

inStress('Ctrl-C ends a command of the person, and keeps what it printed', async () => {
  const terminal = await terminalScene([final('Seen.')]);
  await terminal.waitFor(AT_PROMPT);
  terminal.type('!echo begun; sleep 100\r');
  await terminal.waitFor(/^begun$/m);
  terminal.type('\u0003');
  await terminal.waitFor(/interrupted · \d+\.\d s\s+mini-coding-agent>$/);
  terminal.type('what was it?\r');
  await terminal.waitFor('Seen.');
  expect(terminal.server.calls.at(-1)?.prompt).toContain('exit_code: none\nstdout:\nbegun\n');
});
