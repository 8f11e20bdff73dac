/** An answer that comes slowly, as a person sees it: it stays clear that more is on its way. */
import { expect, it } from 'vitest';
import { inTwoParts } from '../support/ollama-server.ts';
import { pause } from '../support/pause.ts';
import { some } from '../support/stress.ts';
import { AT_PROMPT, terminalScene } from '../support/terminal.ts';

it.each(some(1, [40, 80]))(
  'the row is below the open row of an answer in %i columns, also at the bottom of the screen, and gone after it',
  async (columns) => {
    const { over, goOn } = pause();
    const lines = ['- one', '- two', '- three', 'So much for the list.', ''].join('\n');
    const reply = inTwoParts(`<final>${lines}\nIt goes `, over, 'on and **on**.</final>');
    const terminal = await terminalScene([reply], { columns, rows: 7 });
    await terminal.waitFor(AT_PROMPT);
    terminal.type('go\r');
    await terminal.waitFor(/\nIt goes\n\S writing · \d+ s · ~\d+ tokens$/);
    await terminal.waitFor(/\nIt goes\n\S writing · 2 s/);
    goOn();
    await terminal.waitFor(AT_PROMPT);
    expect(terminal.screen()).toMatch(
      /> go\n- one\n- two\n- three\n\s*So much for the list\.\n+\s*It goes on and on\.\n(?:[^\n]+\n)?\nmini-coding-agent>$/,
    );
  },
);
