/** Keys of newer terminals, long pastes, the bell and the colours, with the built program. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { requestsIn } from '../program/session-files.ts';
import { longCommand, namedPipe } from '../support/named-pipe.ts';
import { final, toolCall } from '../support/ollama-server.ts';
import { BIN, scriptedServer } from '../support/program.ts';
import { inStress, some } from '../support/stress.ts';
import { AT_PROMPT, terminalScene } from '../support/terminal.ts';
import { temporaryFolder, temporaryRepository } from '../support/workspace.ts';

describe('in the forms of kitty, which a program that was killed leaves on,', () => {
  const [ESCAPE, CTRL_C, CTRL_D] = ['\u001b[27u', '\u001b[99;5u', '\u001b[100;5u'];

  it('Esc stops a request, Ctrl-C clears the prompt, Ctrl-D quits; and they are switched off', async () => {
    const pipe = namedPipe();
    const script = [longCommand(pipe), final('Never.')];
    const terminal = await terminalScene(script, { args: ['--approval', 'auto'] });
    await terminal.waitFor(AT_PROMPT);
    expect(terminal.raw()).toContain('\u001b[=0u\u001b[>4m');
    terminal.type('wait\r');
    await pipe.written;
    terminal.type(ESCAPE);
    await terminal.waitFor(/Interrupted\.[^]*mini-coding-agent>$/);
    terminal.type(`half\u001b]11;rgb:1e/1e/1e\u001b\\`);
    await terminal.waitFor(/> half$/);
    terminal.type(CTRL_C);
    await terminal.waitFor(AT_PROMPT);
    terminal.type(CTRL_D);
    expect(await terminal.ended).toBe(0);
  });

  inStress('Ctrl-C twice quits', async () => {
    const terminal = await terminalScene();
    await terminal.waitFor(AT_PROMPT);
    terminal.type(CTRL_C);
    await terminal.waitFor('Press Ctrl-C again');
    terminal.type('\u001b[27;5;99~');
    expect(await terminal.ended).toBe(130);
  });
});

inStress(
  'a long paste is one thing at the prompt, is sent whole, and is in the history whole',
  async () => {
    const env = { XDG_STATE_HOME: temporaryFolder() };
    const terminal = await terminalScene([final('Read.')], { env });
    await terminal.waitFor(AT_PROMPT);
    const text = Array.from({ length: 200 }, (_, index) => `line ${index}`).join('\n');
    terminal.type(`what is \u001b[200~${text.replaceAll('\n', '\r')}\u001b[201~?`);
    await terminal.waitFor(/> what is \[200 lines pasted\]\?$/);
    terminal.type('\r');
    await terminal.waitFor('Read.');
    expect(requestsIn(terminal)).toEqual([`what is ${text}?`]);
    const history = path.join(env.XDG_STATE_HOME, 'mini-coding-agent/history');
    expect(fs.readFileSync(history, 'utf8')).toBe(`${JSON.stringify(`what is ${text}?`)}\n`);
    expect(terminal.screen()).not.toContain('line 1');
  },
);

it('a bare exit or quit leaves, and is no request', async () => {
  for (const word of some(1, ['exit', 'quit'])) {
    const terminal = await terminalScene([final('To what?')]);
    await terminal.waitFor(AT_PROMPT);
    terminal.type(`${word} now\r`);
    await terminal.waitFor('To what?');
    await terminal.waitFor(AT_PROMPT);
    terminal.type(` ${word}\r`);
    expect(await terminal.ended).toBe(0);
    expect(requestsIn(terminal)).toEqual([`${word} now`]);
  }
});

inStress(
  'a bare exit that is typed while the agent works waits for the end, and then leaves',
  async () => {
    const wait = toolCall('run_shell', { command: 'until [ -e go ]; do sleep 0.05; done' });
    const args = ['--approval', 'auto'];
    const terminal = await terminalScene([wait, final('Done.')], { args });
    await terminal.waitFor(AT_PROMPT);
    terminal.type('work\r');
    await terminal.waitFor('running until');
    terminal.type('exit\r');
    await terminal.waitFor('waiting: exit');
    fs.writeFileSync(path.join(terminal.root, 'go'), '');
    expect(await terminal.ended).toBe(0);
    expect(terminal.screen()).toMatch(/Done\.\n[^]*mini-coding-agent> exit\n/);
    expect(requestsIn(terminal)).toEqual(['work']);
  },
);

inStress.each([
  ['--no-color', ['--no-color'], {}],
  ['NO_COLOR', [], { NO_COLOR: '1' }],
  ['CLICOLOR=0', [], { CLICOLOR: '0' }],
] as [string, string[], NodeJS.ProcessEnv][])(
  'a request has a colour; with %s nothing has, and a rule is above it',
  async (_, args, env) => {
    // eslint-disable-next-line no-control-regex
    const colour = /\u001b\[\d+m/;
    const coloured = await terminalScene([final('Done.')]);
    await coloured.waitFor(AT_PROMPT);
    coloured.type('work\r');
    await coloured.waitFor('Done.');
    expect(coloured.raw()).toContain(
      '\u001b[1m\u001b[36mmini-coding-agent> work\u001b[39m\u001b[22m',
    );
    expect(coloured.screen()).toMatch(/\n\nmini-coding-agent> work\n/);

    const plain = await terminalScene([final('Done.')], { args, env });
    await plain.waitFor(AT_PROMPT);
    plain.type('work\r');
    await plain.waitFor('Done.');
    expect(plain.raw()).not.toMatch(colour);
    expect(plain.screen()).toMatch(/\n\n═{40}\nmini-coding-agent> work\n/);
  },
);

describe('the bell', () => {
  /** A clock that is a hundred times as fast. */
  const CLOCK = `
    const now = performance.now.bind(performance);
    performance.now = () => now() * 100;
  `;

  async function hears(...args: string[]): Promise<boolean> {
    const clock = path.join(temporaryFolder({ 'clock.mjs': CLOCK }), 'clock.mjs');
    const wait = toolCall('run_shell', { command: 'until [ -e go ]; do sleep 0.05; done' });
    const terminal = await terminalScene([wait, final('Done.')], {
      args: ['--approval', 'auto', ...args],
      env: { NODE_OPTIONS: `--import ${clock}` },
    });
    await terminal.waitFor(AT_PROMPT);
    terminal.type('work\r');
    await terminal.waitFor(/running .*(?:[2-9]\d|\d{3,}) s/);
    expect(terminal.raw()).not.toContain('\u0007');
    fs.writeFileSync(path.join(terminal.root, 'go'), '');
    await terminal.waitFor(/Done\.[^]*mini-coding-agent>$/);
    return terminal.raw().includes('\u0007');
  }

  inStress('rings when a request of more than 20 seconds ends', async () => {
    expect(await hears()).toBe(true);
  });

  inStress('does not ring with --no-bell', async () => {
    expect(await hears('--no-bell')).toBe(false);
  });
});

describe.skipIf(!hasTmux())('in tmux', () => {
  inStress.each([40, 80])(
    'of %i columns, redraws leave no copy in the scrollback',
    async (columns) => {
      const server = await scriptedServer();
      const socket = path.join(temporaryFolder(), 'tmux');
      const tmux = (...args: string[]) =>
        execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' });
      const command = `OLLAMA_HOST=${server.url} XDG_STATE_HOME=${temporaryFolder()} '${process.execPath}' '${BIN}' --quiet`;
      const where = ['-x', String(columns), '-y', '12', '-c', temporaryRepository()];
      tmux('new-session', '-d', ...where, command);
      onTestFinished(() => void tmux('kill-server'));
      const history = () => tmux('capture-pane', '-p', '-S', '-');
      const shows = (text: string | RegExp) =>
        vi.waitFor(() => expect(history()).toMatch(text), { timeout: 10_000, interval: 50 });
      await shows(/mini-coding-agent>/);
      tmux('send-keys', 'C-l'); // the prompt is in the first row of the window
      const word = 'fold';
      for (let count = 1; count <= 20; count++) tmux('send-keys', '-l', `${word}${count} `);
      await shows('fold20');
      for (const key of ['C-a', 'x', 'C-e', 'BSpace', 'C-w', 'Left', 'z']) tmux('send-keys', key);
      tmux('send-keys', '-l', '!');
      await shows('z!');
      expect(history().match(/fold1 /g)).toHaveLength(1);
    },
  );
});

function hasTmux(): boolean {
  try {
    execFileSync('tmux', ['-V']);
    return true;
  } catch {
    return false;
  }
}
