/** Ctrl-C, Ctrl-D, Ctrl-Z and signals, with a person at a terminal. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { onlySessionIn } from '../program/session-files.ts';
import { longCommand, namedPipe } from '../support/named-pipe.ts';
import { lastTurnOf, transcriptOf } from '../support/conversation.ts';
import { final, toolCall } from '../support/ollama-server.ts';
import { BIN, scriptedServer } from '../support/program.ts';
import { inStress, some } from '../support/stress.ts';
import { AT_PROMPT, openTerminal, terminalScene, type Terminal } from '../support/terminal.ts';
import { temporaryRepository } from '../support/workspace.ts';

const [CTRL_C, CTRL_D, CTRL_Z] = ['\u0003', '\u0004', '\u001a'];
const AUTO = ['--approval', 'auto'];
const write = toolCall('write_file', { path: 'a.txt', content: 'x' });

/** Types a request once there is a prompt. */
async function request(terminal: Terminal, text: string): Promise<void> {
  await terminal.waitFor(AT_PROMPT);
  terminal.type(`${text}\r`);
}

function endsIn(root: string) {
  return onlySessionIn(root)
    .records.filter(({ type }) => type === 'assistant')
    .map(({ reason }) => reason);
}

describe('Ctrl-C', () => {
  it('while the model replies hangs up on the server, and the conversation continues', async () => {
    const terminal = await terminalScene([
      { text: '<final>Well, ', stall: true },
      final('Here again.'),
    ]);
    const { root, server } = terminal;
    await request(terminal, 'first');
    await terminal.waitFor('Well,');
    terminal.type(CTRL_C);
    await (
      await server.arrived(1)
    ).closed; // the first call is the warm-up's
    await terminal.waitFor('Interrupted.');
    await request(terminal, 'second');
    await terminal.waitFor('Here again.');
    terminal.type(CTRL_D);
    expect(await terminal.ended).toBe(0);
    expect(endsIn(root)).toEqual(['interrupted', 'answer']);
    expect(transcriptOf(server.calls.at(-1)?.prompt ?? '')).toMatch(
      /^\[user\] first\n\[assistant\] <final>Well, \n\[user\] The user interrupted you here\.\n\nRequest: second$/,
    );
  });

  inStress('that arrives together with the request stops it too', async () => {
    const terminal = await terminalScene([{ text: '<final>Well, ', stall: true }]);
    await terminal.waitFor(AT_PROMPT);
    terminal.type(`first\r${CTRL_C}`);
    await terminal.waitFor(/> first\nInterrupted\.\n[^]*\nmini-coding-agent>$/);
    expect(endsIn(terminal.root)).toEqual(['interrupted']);
  });

  it('while a command runs ends it with all it started, and the conversation continues', async () => {
    const pipe = namedPipe();
    const terminal = await terminalScene([longCommand(pipe), final('Here again.')], { args: AUTO });
    await request(terminal, 'wait');
    await pipe.written;
    terminal.type(CTRL_C);
    await pipe.released;
    await terminal.waitFor('error: run_shell failed: the user interrupted it');
    await request(terminal, 'second');
    await terminal.waitFor('Here again.');
    await terminal.waitFor(AT_PROMPT);
    expect(endsIn(terminal.root)).toEqual(['interrupted', 'answer']);
  });

  inStress('at the approval question denies, even after a yes was typed', async () => {
    const terminal = await terminalScene([write, final('Here again.')]);
    const { root } = terminal;
    await request(terminal, 'write');
    await terminal.waitFor('Allow write_file a.txt? [y/N/a]');
    terminal.type('y');
    await terminal.waitFor('[y/N/a] y');
    terminal.type(CTRL_C);
    await terminal.waitFor('error: write_file was not approved: the user interrupted');
    await request(terminal, 'second');
    await terminal.waitFor('Here again.');
    await terminal.waitFor(AT_PROMPT);
    expect(fs.existsSync(path.join(root, 'a.txt'))).toBe(false);
    expect(endsIn(root)).toEqual(['interrupted', 'answer']);
    // The yes is gone: it is not the beginning of the next request.
    expect(onlySessionIn(root).records).toContainEqual(
      expect.objectContaining({ type: 'user', content: 'second' }),
    );
  });

  it('at the prompt clears what was typed, then warns, then quits with exit code 130', async () => {
    const terminal = await terminalScene();
    await terminal.waitFor(AT_PROMPT);
    terminal.type('half a request');
    await terminal.waitFor('> half a request');
    terminal.type(CTRL_C);
    await terminal.waitFor(AT_PROMPT);
    terminal.type(CTRL_C);
    await terminal.waitFor(/Press Ctrl-C again, or \/exit, to quit\.\nmini-coding-agent>$/);
    terminal.type(CTRL_C);
    expect(await terminal.ended).toBe(130);
    expect(terminal.server.calls.length).toBeLessThanOrEqual(1); // the warm-up, if it got that far
  });

  it.each(
    some(1, [
      ['the model replies', { text: '<final>Well, ', stall: true }, 'Well,'],
      ['the question is open', write, 'Allow write_file a.txt? [y/N/a]'],
    ]),
  )('while %s in a single request quits with exit code 130', async (_, reply, shown) => {
    const terminal = await terminalScene([reply], { args: ['write'] });
    await terminal.waitFor(shown);
    terminal.type(CTRL_C);
    expect(await terminal.ended).toBe(130);
    expect(fs.existsSync(path.join(terminal.root, 'a.txt'))).toBe(false);
    expect(endsIn(terminal.root)).toEqual(['interrupted']);
  });
});

describe('Ctrl-D', () => {
  inStress('quits with exit code 0, but not from a line with text', async () => {
    const terminal = await terminalScene([final('Here.')]);
    await terminal.waitFor(AT_PROMPT);
    terminal.type(`hi${CTRL_D}\r`);
    await terminal.waitFor('Here.');
    await terminal.waitFor(AT_PROMPT);
    terminal.type(CTRL_D);
    expect(await terminal.ended).toBe(0);
  });

  inStress('at the approval question denies, and quits when the request has ended', async () => {
    const terminal = await terminalScene([write, final('I was not allowed.')]);
    await request(terminal, 'write');
    await terminal.waitFor('Allow write_file a.txt? [y/N/a]');
    terminal.type(CTRL_D);
    expect(await terminal.ended).toBe(0);
    expect(terminal.screen()).toContain('I was not allowed.');
    expect(fs.existsSync(path.join(terminal.root, 'a.txt'))).toBe(false);
  });
});

it('Ctrl-Z gives the terminal back to the shell, and fg brings the conversation back', async () => {
  const server = await scriptedServer([final('Here again.')]);
  const settings = 'echo "tty $(stty -g)"';
  const program = `'${process.execPath}' '${BIN}'`;
  const steps = [
    'set -m',
    settings,
    program,
    settings,
    'read -r',
    'fg >/dev/null',
    'echo "code $?"',
  ];
  const terminal = openTerminal(['bash', '-c', steps.join('; ')], temporaryRepository(), {
    env: { OLLAMA_HOST: server.url },
  });
  await terminal.waitFor(AT_PROMPT);
  terminal.type('half');
  await terminal.waitFor('> half');
  terminal.type(CTRL_Z);
  await terminal.waitFor(/> half\n[\s\S]*\ntty .*\S$/);
  const [before, stopped] = terminal.screen().match(/^tty .*/gm) ?? [];
  expect(stopped).toBe(before);
  terminal.type('\r');
  await terminal.waitFor(/\nmini-coding-agent> half$/);
  terminal.type(' and half\r');
  await terminal.waitFor('Here again.');
  await terminal.waitFor(AT_PROMPT);
  terminal.type(CTRL_D);
  await terminal.waitFor('code 0');
  expect(lastTurnOf(server.calls.at(-1)?.prompt ?? '')).toBe('half and half');
});

describe('while a command runs', () => {
  const ENDS: [what: string, end: (terminal: Terminal) => void, code?: number][] = [
    // Node aborts when it cannot restore a terminal that is gone: nobody is left to see that code.
    ['closing the window', (terminal) => terminal.hangUp()],
    ['SIGTERM', (terminal) => terminal.kill('SIGTERM'), 143],
    ['SIGHUP', (terminal) => terminal.kill('SIGHUP'), 129],
  ];

  it.each(some(1, ENDS))(
    '%s ends everything, and the session is complete',
    async (_, end, code) => {
      const pipe = namedPipe();
      const terminal = await terminalScene([longCommand(pipe)], { args: AUTO });
      await request(terminal, 'wait');
      await pipe.written;
      end(terminal);
      await pipe.released;
      const ended = await terminal.ended;
      if (code !== undefined) expect(ended).toBe(code);
      const { records } = onlySessionIn(terminal.root);
      expect(records.at(-2)).toMatchObject({ type: 'tool', name: 'run_shell', ok: false });
      expect(records.at(-1)).toMatchObject({ type: 'assistant', reason: 'interrupted' });
    },
  );
});

describe('closing the window', () => {
  inStress(
    'while the model replies hangs up on the server, and the session is complete',
    async () => {
      const terminal = await terminalScene([{ text: '<final>Well, ', stall: true }]);
      await request(terminal, 'hi');
      await terminal.waitFor('Well,');
      terminal.hangUp();
      await (
        await terminal.server.arrived(1)
      ).closed;
      await terminal.ended;
      expect(endsIn(terminal.root)).toEqual(['interrupted']);
    },
  );

  inStress('at the approval question denies, and the session is complete', async () => {
    const terminal = await terminalScene([write]);
    await request(terminal, 'write');
    await terminal.waitFor('Allow write_file a.txt? [y/N/a]');
    terminal.hangUp();
    await terminal.ended;
    expect(fs.existsSync(path.join(terminal.root, 'a.txt'))).toBe(false);
    expect(endsIn(terminal.root)).toEqual(['interrupted']);
  });
});
