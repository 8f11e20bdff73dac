/** The check, as a person meets it in a terminal. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { final, toolCall } from '../support/ollama-server.ts';
import { inStress } from '../support/stress.ts';
import { AT_PROMPT, terminalScene } from '../support/terminal.ts';

const write = (content: string) => toolCall('write_file', { path: 'a.txt', content });
const patch = toolCall('patch_file', { path: 'a.txt', old_text: 'bad', new_text: 'good' });

/** The program with this script, at its first prompt. */
async function opened(script: string[], args: string[] = []) {
  const terminal = await terminalScene(script, { args });
  await terminal.waitFor(AT_PROMPT);
  return terminal;
}

it('is set with /check, asked about once, shown like a command, and ended with off', async () => {
  const again = toolCall('write_file', { path: 'b.txt', content: '' });
  const script = [write('bad\n'), final('Done.'), patch, final('Mended.'), again, final('More.')];
  const terminal = await opened(script, []);
  terminal.type('/check grep good a.txt\r');
  await terminal.waitFor('The check is: grep good a.txt\nIt runs after the edits of a request');
  terminal.type('go\r');
  await terminal.waitFor('Allow write_file a.txt? [y/N/a]');
  terminal.type('a\r');
  await terminal.waitFor(
    'Done.\n  command: grep good a.txt\n  It runs after edits. A yes is for later ones, too.\nAllow check? [y/N/e]',
  );
  terminal.type('y\r');
  await terminal.waitFor('Allow patch_file a.txt? [y/N/a]');
  terminal.type('y\r');
  await terminal.waitFor(/Mended\.[^]*mini-coding-agent>$/);
  expect(terminal.screen()).toMatch(
    /\[y\/N\/e\] y\n• checked grep good a\.txt · exit 1\n {2}\| --- a\/a\.txt/,
  );
  expect(terminal.screen()).toMatch(
    /\nMended\.\n• checked grep good a\.txt · exit 0\n {2}good\nCheck passed\.\n2 steps · /,
  );
  terminal.type('again\r');
  await terminal.waitFor(/More\.\n• checked[^]*mini-coding-agent>$/);
  expect(terminal.screen().match(/Allow check\?/g)).toHaveLength(1);
  terminal.type('/check\r');
  await terminal.waitFor(/grep good a\.txt\n.* before the answer\. You have allowed it\.\n/);
  terminal.type('/check off\r');
  await terminal.waitFor('There is no check.');
});

inStress('is ended by Ctrl-C like a command, and the conversation stays', async () => {
  const args = ['--approval', 'auto', '--check', 'touch begun; sleep 100'];
  const terminal = await opened([write('x'), final('Done.'), final('Here.')], args);
  terminal.type('go\r');
  await terminal.waitFor(() => fs.existsSync(path.join(terminal.root, 'begun')));
  terminal.type('\u0003');
  await terminal.waitFor(/error: check failed: the user interrupted it\nInterrupted\.[^]*agent>$/);
  terminal.type('/check off\rand?\r');
  await terminal.waitFor('Here.');
});

inStress('is not run after a no, which holds until it is set again', async () => {
  const script = [write('x'), final('One.'), write('y'), final('Two.')];
  const terminal = await opened(script, ['--check', 'touch ran']);
  for (const answer of ['One.', 'Two.']) {
    terminal.type('go\r');
    await terminal.waitFor(/Allow write_file a\.txt\? \[y\/N\/a\]$/);
    terminal.type('y\r');
    if (answer === 'One.') {
      await terminal.waitFor('Allow check? [y/N/e]');
      terminal.type('\r');
    }
    await terminal.waitFor(new RegExp(`${answer}[^]*Check did not run: it was not approved\\.`));
    await terminal.waitFor(/ s\s+mini-coding-agent>$/);
  }
  expect(terminal.screen().match(/Allow check\?/g)).toHaveLength(1);
  expect(fs.existsSync(path.join(terminal.root, 'ran'))).toBe(false);
  terminal.type('/check\r');
  await terminal.waitFor('It does not run, as you said no. Set it again to be asked again.');
});
