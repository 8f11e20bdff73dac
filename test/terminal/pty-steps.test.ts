/** The step limit, with a person at a terminal. */
import { describe, expect, it } from 'vitest';
import { final, inTwoParts, toolCall, type ScriptedReply } from '../support/ollama-server.ts';
import { pause } from '../support/pause.ts';
import { inStress, some } from '../support/stress.ts';
import { AT_PROMPT, terminalScene, type TerminalSceneOptions } from '../support/terminal.ts';

const [CTRL_C, CTRL_D, ESC] = ['\u0003', '\u0004', '\u001b'];
const QUESTION = /1 tool call made, and no answer yet\.\s+Go on\? \[Y\/n\]$/;
const STOPPED = /Half done\.\n\nStopped at the step limit \(1\)\. Nothing was edited or run\.\n/;
const read = (path: string) => toolCall('read_file', { path });
const ANSWER = '{"final":"Half done."}';

/** A request has made the one call that it may make, and the question is open. */
async function sceneAtQuestion(script: ScriptedReply[], options: TerminalSceneOptions = {}) {
  const args = ['--max-steps', '1', ...(options.args ?? [])];
  const terminal = await terminalScene([read('a'), ...script], { ...options, args });
  if (!options.args) {
    await terminal.waitFor(AT_PROMPT);
    terminal.type('go\r');
  }
  await terminal.waitFor(QUESTION);
  return terminal;
}

describe('at the step limit', () => {
  it('Enter lets the request go on, and the limit asks again', async () => {
    const terminal = await sceneAtQuestion([read('b'), final('All done.')]);
    terminal.type('\r');
    await terminal.waitFor(/2 tool calls made, and no answer yet\.\s+Go on\? \[Y\/n\]$/);
    terminal.type('y\r');
    await terminal.waitFor(/\nAll done\.\n/);
    expect(terminal.server.calls[2]?.prompt).toContain('The user lets you go on');
  });

  it.each(
    some(1, [
      ['Ctrl-C', CTRL_C],
      ['n', 'n\r'],
      ['Esc', ESC],
    ]),
  )('%s is a no: the request is not interrupted, and ends with an answer', async (_, keys) => {
    const terminal = await sceneAtQuestion([ANSWER, final('Here again.')]);
    terminal.type(keys);
    await terminal.waitFor(STOPPED);
    await terminal.waitFor(AT_PROMPT);
    expect(terminal.screen()).not.toContain('Interrupted');
    terminal.type('again\r');
    await terminal.waitFor('Here again.');
  });

  inStress('the end of input is a no, and the program ends after the answer', async () => {
    const terminal = await sceneAtQuestion([ANSWER]);
    terminal.type(CTRL_D);
    expect(await terminal.ended).toBe(0);
    expect(terminal.screen()).toMatch(STOPPED);
  });

  inStress('Ctrl-C once more interrupts the request', async () => {
    const terminal = await sceneAtQuestion([{ text: '{"final":"Well, ', stall: true }]);
    terminal.type(CTRL_C);
    await terminal.waitFor('writing ·');
    terminal.type(CTRL_C);
    await terminal.waitFor(/Interrupted\.[^]*\nmini-coding-agent>$/);
  });

  inStress('what was typed before, or is no answer, is kept for the next prompt', async () => {
    const { over, goOn } = pause();
    const reply = inTwoParts('Let me look. ', over, read('a'));
    const args = ['--max-steps', '1'];
    const terminal = await terminalScene([reply, ANSWER], { args });
    await terminal.waitFor(AT_PROMPT);
    terminal.type('go\r');
    await terminal.waitFor('Let me look.');
    terminal.type('half a line');
    goOn();
    await terminal.waitFor(QUESTION);
    terminal.type('and the tests\r');
    await terminal.waitFor(/Kept for the next prompt\.\n.*Go on\? \[Y\/n\]$/s);
    terminal.type('n\r');
    await terminal.waitFor(/\nmini-coding-agent> and the tests\n\.\.\. half a line$/);
  });

  inStress('a single request is asked about as well', async () => {
    const terminal = await sceneAtQuestion([final('All done.')], { args: ['go'] });
    terminal.type('\r');
    expect(await terminal.ended).toBe(0);
    expect(terminal.screen()).toMatch(/\nAll done\.$/);
  });
});
