/** What a person types while the agent works, as they see it. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { requestsIn } from '../program/session-files.ts';
import { longCommand, namedPipe } from '../support/named-pipe.ts';
import { final } from '../support/ollama-server.ts';
import { pause } from '../support/pause.ts';
import { inStress, some } from '../support/stress.ts';
import { AT_PROMPT, terminalScene, type TerminalScene } from '../support/terminal.ts';
import { temporaryFolder } from '../support/workspace.ts';

const [CTRL_C, CTRL_U, ESCAPE, UP, LEFT] = ['\u0003', '\u0015', '\u001b', '\u001b[A', '\u001b[D'];
const BACKSPACE = '\u007f';

/** Stops what the terminal does: no command is left running. */
async function stop(terminal: TerminalScene): Promise<void> {
  terminal.type(ESCAPE);
  await terminal.waitFor('Interrupted.');
}

/** A command that runs until it is stopped. */
async function sceneWithCommand(columns = 80) {
  const pipe = namedPipe();
  const script = [longCommand(pipe), final('Here again.')];
  const terminal = await terminalScene(script, { columns, args: ['--approval', 'auto'] });
  await terminal.waitFor(AT_PROMPT);
  terminal.type('wait\r');
  await pipe.written;
  return terminal;
}

describe('below what the agent does', () => {
  it.each(some(1, [40, 80, 200]))(
    'text and lines that were sent are shown, in %i columns',
    async (columns) => {
      const terminal = await sceneWithCommand(columns);
      terminal.type(`\r \ruse tabs\rhal${LEFT}${LEFT}X${BACKSPACE}s${UP}`);
      await terminal.waitFor(/\n\S running exec [^\n]*\nwaiting: use tabs\n> hsal$/);
      for (const line of ['b', 'c', 'd']) terminal.type(`${CTRL_U}${line}\r`);
      await terminal.waitFor(/\nwaiting: use tabs\nwaiting: bal\n… and 2 more$/);
      await stop(terminal);
    },
  );

  inStress('a text that is too long shows the part around the cursor', async () => {
    const terminal = await sceneWithCommand(40);
    terminal.type(`${'漢'.repeat(50)} end`);
    await terminal.waitFor(/\n> …漢+ end$/);
    terminal.type('\u0001');
    await terminal.waitFor(/\n> 漢+…$/);
    await stop(terminal);
  });
});

describe('below an answer that arrives', () => {
  inStress('the text is shown, and is no part of the answer', async () => {
    const [first, second] = [pause(), pause()];
    const words = Array.from({ length: 30 }, (_, at) => `word${at}`).join(' ');
    const parts = ['<final>One ', first.over, `two\n${words}`, second.over, ' last</final>'];
    const terminal = await terminalScene([{ parts }], { columns: 40, rows: 10 });
    await terminal.waitFor(AT_PROMPT);
    terminal.type('go\r');
    await terminal.waitFor('One');
    terminal.type('typed');
    await terminal.waitFor(/\nOne\n\S writing · [^\n]*\n> typed$/);
    first.goOn();
    await terminal.waitFor(/\nOne two\n[^]*word29\n\S writing · [^\n]*\n> typed$/);
    terminal.type(' on');
    second.goOn();
    await terminal.waitFor(/\nmini-coding-agent> typed on$/);
    const [, answer = ''] = /> go\n([^]*?)\n0 steps/.exec(terminal.screen()) ?? [];
    expect(answer.replace(/\s+/g, ' ')).toBe(`One two ${words} last`);
  });
});

describe('lines that were sent and not heard', () => {
  it.each(
    some(1, [
      ['Esc', ESCAPE],
      ['Ctrl-C', CTRL_C],
    ]),
  )('are at the prompt again after %s, and in the history', async (_, key) => {
    const terminal = await sceneWithCommand();
    terminal.type('second\rthird\rhalf');
    await terminal.waitFor(/\nwaiting: second\nwaiting: third\n> half$/);
    terminal.type(key);
    await terminal.waitFor(
      /\nInterrupted\.\n[^]*\nmini-coding-agent> second\n\.\.\. third\n\.\.\. half$/,
    );
    expect(terminal.screen()).not.toMatch(/waiting:|Esc stops it/);
    terminal.type(`${CTRL_U}${BACKSPACE}${CTRL_U}${BACKSPACE}${CTRL_U}${UP}`);
    await terminal.waitFor(/\nmini-coding-agent> third$/);
    terminal.type(UP);
    await terminal.waitFor(/\nmini-coding-agent> second$/);
    terminal.type('\r');
    await terminal.waitFor('Here again.');
    expect(requestsIn(terminal)).toEqual(['wait', 'second']);
  });

  inStress('are in the history where the program was ended meanwhile', async () => {
    const state = temporaryFolder();
    const options = { env: { XDG_STATE_HOME: state } };
    const terminal = await terminalScene([{ silent: true }], options);
    await terminal.waitFor(AT_PROMPT);
    terminal.type('wait\rsecond\rthird\r');
    await terminal.waitFor(/\nwaiting: second\nwaiting: third$/);
    terminal.kill('SIGHUP');
    await terminal.ended;
    const history = fs.readFileSync(path.join(state, 'mini-coding-agent', 'history'), 'utf8');
    expect(history).toBe('"wait"\n"second"\n"third"\n');
  });
});

it('a command of the person has what is typed below it, and how to stop it', async () => {
  const pipe = namedPipe();
  const terminal = await terminalScene([]);
  await terminal.waitFor(AT_PROMPT);
  terminal.type(`!printf 'one\\ntwo'; echo on > '${pipe.path}'; sleep 300\r`);
  await pipe.written;
  terminal.type('/memory\rnext');
  await terminal.waitFor('two'); // its line goes on: nothing may be written there
  expect(terminal.screen()).not.toContain('> next');
  terminal.type(ESCAPE);
  await terminal.waitFor(
    /\none\ntwo\ninterrupted · [^]*\nmini-coding-agent> \/memory\n\.\.\. next$/,
  );
});

inStress('Ctrl-O in the middle of an answer shows the thought below it', async () => {
  const { over, goOn } = pause();
  const line = (response: string, done = false) =>
    `${JSON.stringify({ model: 'scripted', response, done })}\n`;
  const said = [line('<think>So it is.</think>'), line('<final>One **bold')];
  const raw = [...said, over, line(' word** here.</final>'), line('', true)];
  const terminal = await terminalScene([{ raw }]);
  await terminal.waitFor(AT_PROMPT);
  terminal.type('go\r');
  await terminal.waitFor(/shows it\nOne\n/);
  terminal.type('\u000f');
  await terminal.waitFor(/\n {2}the thought comes below the answer$/);
  goOn();
  await terminal.waitFor(
    /shows it\nOne bold word here\.\n[^]*\n {2}~ So it is\.\n\nmini-coding-agent>$/,
  );
});
