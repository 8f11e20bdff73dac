/** What is typed, and when: answers to questions, pasted text, long lines. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { requestsIn } from '../program/session-files.ts';
import { final, inTwoParts, toolCall } from '../support/ollama-server.ts';
import { pause } from '../support/pause.ts';
import { inStress, some } from '../support/stress.ts';
import { AT_PROMPT, terminalScene, type TerminalScene } from '../support/terminal.ts';

const QUESTION = 'Allow write_file a.txt? [y/N/a]';
const write = (name: string) => toolCall('write_file', { path: name, content: 'x' });
const exists = ({ root }: TerminalScene, name: string) => fs.existsSync(path.join(root, name));

/** A model that stops in the middle of its reply, so that something can be typed meanwhile. */
function pausedReply(rest: string) {
  const { over, goOn } = pause();
  return { reply: inTwoParts('Let me write. ', over, rest), goOn };
}

describe('a yes that was typed while the model replies', () => {
  it.each(
    some(1, [
      ['in the conversation', []],
      ['to a single request', ['write']],
    ]),
  )('does not answer the question %s; one that is typed after it does', async (_, args) => {
    // What is typed is shown at the next prompt alone: a call of its own gives it time to arrive.
    const { reply, goOn } = pausedReply(toolCall('list_files'));
    const script = [reply, write('a.txt'), write('b.txt'), final('Done.')];
    const terminal = await terminalScene(script, { args });
    if (args.length === 0) {
      await terminal.waitFor(AT_PROMPT);
      terminal.type('write\r');
    }
    await terminal.waitFor('Let me write.');
    terminal.type('y\ry');
    goOn();
    await terminal.waitFor(QUESTION);
    terminal.type('\r');
    await terminal.waitFor('error: write_file was not approved: the user said no');
    await terminal.waitFor('Allow write_file b.txt? [y/N/a]');
    terminal.type('y\r');
    await terminal.waitFor('Done.');
    expect([exists(terminal, 'a.txt'), exists(terminal, 'b.txt')]).toEqual([false, true]);
  });
});

inStress('a question is allowed only by y and yes', async () => {
  const answers = { y: true, n: false, '': false, 'y n': false, YES: true };
  const names = Object.keys(answers).map((_, index) => `file-${index}`);
  const terminal = await terminalScene([...names.map(write), final('Done.')]);
  await terminal.waitFor(AT_PROMPT);
  terminal.type('write\r');
  for (const [index, answer] of Object.keys(answers).entries()) {
    await terminal.waitFor(`Allow write_file file-${index}? [y/N/a]`);
    terminal.type(`${answer}\r`);
  }
  await terminal.waitFor('Done.');
  expect(names.map((name) => exists(terminal, name))).toEqual(Object.values(answers));
});

inStress('a padded command cannot fake a question at the beginning of a row', async () => {
  const command = `echo ${'x'.repeat(28 + 36)}Allow read_file README.md? [y/N]`;
  const terminal = await terminalScene([toolCall('run_shell', { command }), final('Done.')], {
    columns: 40,
  });
  await terminal.waitFor(AT_PROMPT);
  terminal.type('go\r');
  await terminal.waitFor('Allow run_shell? [y/N/a/e]');
  const rows = terminal.screen().split('  command:\n')[1]?.split('\n') ?? [];
  expect(rows.map((row) => row.slice(0, 4))).toEqual(['  | ', '  ↳ ', '  ↳ ', '  ti', 'Allo']);
  expect(Math.max(...rows.map((row) => row.length))).toBe(40);
  terminal.type('n\r');
  await terminal.waitFor('Done.');
});

inStress('a request that was typed ahead is asked when its turn comes', async () => {
  const { reply, goOn } = pausedReply('<final>One.</final>');
  const terminal = await terminalScene([reply, final('Two.')]);
  await terminal.waitFor(AT_PROMPT);
  terminal.type('first\r');
  await terminal.waitFor('Let me write.');
  terminal.type('second\r');
  goOn();
  await terminal.waitFor(/\nmini-coding-agent> second\nTwo\.\n/);
  expect(requestsIn(terminal)).toEqual(['first', 'second']);
});

it('what is typed while an answer arrives erases nothing of it, and is at the prompt', async () => {
  const { reply, goOn } = pausedReply('<final>One.</final>');
  const terminal = await terminalScene([reply, final('Two.')]);
  await terminal.waitFor(AT_PROMPT);
  terminal.type('first\r');
  await terminal.waitFor('Let me write.');
  const [backspace, left, home] = ['\u007f', '\u001b[D', '\u001b[H'];
  const long = 'd'.repeat(100);
  terminal.type(`secomm${backspace}${backspace}n${long}${left}${home}a`);
  goOn();
  await terminal.waitFor(`\nmini-coding-agent> asecon${long}`);
  expect(terminal.screen()).toContain('Let me write.\nOne.\n');
  terminal.type('\r');
  await terminal.waitFor('Two.');
  expect(requestsIn(terminal)).toEqual(['first', `asecon${long}`]);
});

inStress(
  'a paste is one request, sent by Enter; without its marks each line is a request',
  async () => {
    const terminal = await terminalScene([final('One.'), final('Two.'), final('Three.')]);
    await terminal.waitFor(AT_PROMPT);
    terminal.type('\u001b[200~first\rsecond\r\nthird\u001b[201~');
    await terminal.waitFor('mini-coding-agent> first\n... second\n... third');
    terminal.type('\r');
    await terminal.waitFor('One.');
    await terminal.waitFor(AT_PROMPT);
    terminal.type('fourth\rfifth\rsixth');
    await terminal.waitFor('Three.');
    await terminal.waitFor('mini-coding-agent> sixth');
    expect(requestsIn(terminal)).toEqual(['first\nsecond\nthird', 'fourth', 'fifth']);
  },
);

inStress('a line of 10,000 characters arrives whole', async () => {
  const terminal = await terminalScene([final('Read.')]);
  const line = Array.from({ length: 2_000 }, (_, index) => String(index).padStart(5))
    .join('')
    .trim();
  await terminal.waitFor(AT_PROMPT);
  terminal.type(`${line}\r`);
  await terminal.waitFor('Read.');
  expect(requestsIn(terminal)).toEqual([line]);
});

inStress('characters whose bytes arrive one by one are put together', async () => {
  const terminal = await terminalScene([final('Read.')]);
  const line = 'é漢😀👩‍👩‍👧!';
  await terminal.waitFor(AT_PROMPT);
  for (const byte of Buffer.from(line)) terminal.type(Buffer.of(byte));
  terminal.type('\r');
  await terminal.waitFor('Read.');
  expect(requestsIn(terminal)).toEqual([line]);
});
