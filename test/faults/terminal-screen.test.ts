/** What reaches the terminal, of any kind and size, and in what state it is left. */
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { FOREIGN_MODES_OFF } from '../../src/terminal/text/sequences.ts';
import { final, inTwoParts, toolCall } from '../support/ollama-server.ts';
import { pause } from '../support/pause.ts';
import { BIN, scriptedServer } from '../support/program.ts';
import {
  AT_PROMPT,
  openTerminal,
  terminalScene,
  type Terminal,
  type TerminalSceneOptions,
} from '../support/terminal.ts';
import { inStress, some } from '../support/stress.ts';
import { temporaryRepository } from '../support/workspace.ts';

/**
 * The escape sequences that are ours. Colours: bold, dim, red, green, yellow, cyan and their ends.
 * The status row is erased, and a shorter one written over it, also below an open row: the cursor goes
 * down and comes back. Line editing puts the cursor somewhere and clears from there, and has pastes
 * marked while the terminal is its own.
 */
const OURS =
  // eslint-disable-next-line no-control-regex
  /\u001b\[(?:1|2|22|31|32|33|36|39)m|\r?\u001b\[K|\u001b\[0J|\u001b\[\d+[AC]|\u001b[D78]|\u001b\[\?2004[hl]/g;
/** What came out, without that and without what switches foreign modes off. */
const withoutOurs = (terminal: Terminal) =>
  terminal.raw().replaceAll(FOREIGN_MODES_OFF, '').replace(OURS, '');
/** Everything that controls a terminal, except line ends. */
// eslint-disable-next-line no-control-regex
const STEERING = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u202e]/;

/** A conversation with a tool that reads, one that asks and is allowed, and an answer. */
async function conversation(options: TerminalSceneOptions = {}) {
  const script = [
    toolCall('list_files', { path: 'missing' }),
    toolCall('run_shell', { command: 'echo hello' }),
    final('Done, all of it.'),
  ];
  const terminal = await terminalScene(script, options);
  await terminal.waitFor(AT_PROMPT);
  terminal.type('go\r');
  await terminal.waitFor(/Allow(?: run_shell)?\? \[y\/N\/a\/b\/e\]/);
  terminal.type('y\r');
  await terminal.waitFor(AT_PROMPT);
  terminal.type('\u0004');
  expect(await terminal.ended).toBe(0);
  return terminal;
}

/** The screen without what differs from one run to the next. */
function withoutChance({ root, screen }: { root: string; screen(): string }): string {
  return screen()
    .replaceAll(root, 'ROOT')
    .replace(/\d{8}-\d{6}-[0-9a-f]{6}/g, 'SESSION')
    .replace(/\d+\.\d s$/gm, 'TIME');
}

describe('the screen', () => {
  inStress('has the same text with colours and, if NO_COLOR is set, without', async () => {
    // eslint-disable-next-line no-control-regex
    const colour = /\u001b\[[\d;]*m/;
    const [plain, coloured] = await Promise.all([
      conversation({ env: { NO_COLOR: '1' } }),
      conversation(),
    ]);
    expect(plain.raw()).not.toMatch(colour);
    expect(coloured.raw()).toMatch(colour);
    // Instead of its colour, a request has a rule above it.
    expect(withoutChance(plain).replace(/^═+\n/gm, '')).toBe(withoutChance(coloured));
    expect(withoutChance(plain)).toContain('\nDone, all of it.\n');
  });

  inStress('of a dumb terminal gets no escape sequences', async () => {
    const terminal = await conversation({ env: { TERM: 'dumb' } });
    expect(terminal.raw()).not.toMatch(STEERING);
    expect(terminal.screen()).toContain(
      'Allow run_shell? [y/N/a/b/e] y\n• ran echo hello · exit 0\n  hello\n',
    );
  });

  inStress(
    'of a dumb terminal keeps the prompt above a message that arrives during typing',
    async () => {
      const terminal = await terminalScene([], {
        env: { TERM: 'dumb' },
        args: ['--num-ctx', '40000'],
        contextLength: 32_768,
      });
      await terminal.waitFor(
        /mini-coding-agent> ?\nmini-coding-agent: [^>]*more\sthan\sthe\smodel\shas[^>]*\n+mini-coding-agent>/,
      );
      expect(terminal.raw()).not.toMatch(STEERING);
    },
  );

  inStress.each([24, 40, 80, 200])(
    'of %i columns is wide enough for everything that is shown',
    async (columns) => {
      const { screen } = await conversation({ columns });
      const wide = screen()
        .split('\n')
        // The terminal wraps the last command, so that it can be copied as one line.
        .filter(
          (line) => stringWidth(line) > columns && !line.startsWith('To resume this session'),
        );
      expect(wide).toEqual([]);
    },
  );

  inStress('of a single column does not make the program fail', async () => {
    const terminal = await terminalScene([final('Ok.')], { columns: 1, rows: 1 });
    await terminal.waitFor(/mini-coding-agent>/);
    terminal.type('go\r');
    await terminal.waitFor('Ok.');
    await terminal.waitFor(/Ok\.\n[\s\S]*mini-coding-agent>/);
    terminal.type('\u0004');
    expect(await terminal.ended).toBe(0);
  });
});

describe('a window that is resized', () => {
  inStress('during a question keeps the question and what was typed', async () => {
    const terminal = await terminalScene([
      toolCall('run_shell', { command: 'echo hello' }),
      final('Done.'),
    ]);
    await terminal.waitFor(AT_PROMPT);
    terminal.type('go\r');
    await terminal.waitFor('Allow run_shell? [y/N/a/b/e]');
    terminal.type('ye');
    await terminal.waitFor('[y/N/a/b/e] ye');
    terminal.resize(34, 10);
    terminal.type('s');
    await terminal.waitFor('[y/N/a/b/e] yes');
    terminal.resize(120, 40);
    terminal.type('\r');
    await terminal.waitFor('Done.');
    await terminal.waitFor(AT_PROMPT);
    expect(terminal.screen()).toMatch(
      /\[y\/N\/a\/b\/e\] yes\n• ran echo hello · exit 0\n {2}hello\nDone\.\n/,
    );
  });

  inStress('while an answer arrives loses nothing of it', async () => {
    const { over, goOn } = pause();
    const terminal = await terminalScene([
      inTwoParts('<final>One line.\nThe beginning', over, ' and the end.</final>'),
    ]);
    await terminal.waitFor(AT_PROMPT);
    terminal.type('go\r');
    await terminal.waitFor('The beginning');
    terminal.resize(60, 20);
    // What is typed after the resize is processed after it, and shown when the answer is complete.
    terminal.type('x');
    goOn();
    await terminal.waitFor(/mini-coding-agent> x$/);
    expect(terminal.screen()).toMatch(/One line\.\nThe beginning and the end\.\n/);
  });
});

describe('escape sequences', () => {
  const HOSTILE = [
    '\u001b]52;c;cm0gLXJm\u0007', // puts something on the clipboard
    '\u001b]0;title\u001b\\',
    '\u001b[2J\u001b[1;1H\u001b[8m',
    '\u001b[?1049h\u001b[?25l',
    '\u001bP+q544e\u001b\\\u001b_x\u001b\\',
    '\u009b31m\u009d0;title\u009c',
    '\u0008\u007f\rover\u202e',
  ].join('');
  const escaped = '\\x1b]52;c;cm0gLXJm\\x07\\x1b]0;title\\x1b\\\\x1b[2J';

  it('of the model, of files and of commands are shown as text', async () => {
    const script = [
      toolCall('list_files'),
      toolCall('read_file', { path: HOSTILE, start: 1 }),
      toolCall('read_file', { path: 'plain' }),
      toolCall(HOSTILE, { [HOSTILE]: HOSTILE }),
      toolCall('run_shell', { command: `printf '%s' '${HOSTILE}' >&2` }),
      toolCall('write_file', { path: 'b', content: `${HOSTILE}\n${HOSTILE}` }),
      `${HOSTILE}<tool>{`,
      final(`An answer. ${HOSTILE}`),
    ];
    const name = HOSTILE.replaceAll('/', '');
    const files = { [name]: HOSTILE, plain: `${HOSTILE}\n` };
    const terminal = await terminalScene(script, { files, args: ['--max-steps', '20'] });
    await terminal.waitFor(AT_PROMPT);
    terminal.type('go\r');
    await terminal.waitFor('Allow run_shell?');
    terminal.type('y\r');
    await terminal.waitFor('Allow write_file b?');
    terminal.type('n\r');
    await terminal.waitFor(/An answer\.[\s\S]*mini-coding-agent>$/);
    terminal.type('/memory\r');
    await terminal.waitFor(/- notes:[\s\S]*mini-coding-agent>$/);
    expect(withoutOurs(terminal)).not.toMatch(STEERING);
    const shown = terminal.screen().split(escaped).length - 1;
    expect(shown).toBeGreaterThanOrEqual(8);
  });

  it.each(
    some(1, [
      ['a session id', ['--resume', HOSTILE], 2],
      ['a model', ['-m', HOSTILE], 0],
      ['a folder', ['--cwd', HOSTILE], 2],
    ]),
  )('of %s are shown as text', async (_, args, code) => {
    const terminal = await terminalScene([], { args: ['--cwd', '.', ...args] });
    await terminal.waitFor('\\x1b]52;c;');
    if (code === 0) await terminal.waitFor(AT_PROMPT);
    terminal.type('\u0004');
    expect(await terminal.ended).toBe(code);
    expect(withoutOurs(terminal)).not.toMatch(STEERING);
  });

  inStress('of the server are shown as text', async () => {
    const failure = { status: 500, body: JSON.stringify({ error: HOSTILE }) };
    const terminal = await terminalScene([failure]);
    await terminal.waitFor(AT_PROMPT);
    terminal.type('go\r');
    await terminal.waitFor(escaped);
    await terminal.waitFor(AT_PROMPT);
    expect(withoutOurs(terminal)).not.toMatch(STEERING);
  });
});

inStress('a terminal without a size still shows a welcome, a question and an answer', async () => {
  const server = await scriptedServer([toolCall('run_shell', { command: 'true' }), final('Done.')]);
  const terminal = openTerminal(
    ['sh', '-c', 'stty cols 0 rows 0; exec "$@"', 'sh', process.execPath, BIN],
    temporaryRepository(),
    { env: { OLLAMA_HOST: server.url } },
  );
  await terminal.waitFor(AT_PROMPT);
  expect(terminal.screen()).toMatch(/\| MODEL +qwen3\.5:4b +\|/);
  terminal.type('go\r');
  await terminal.waitFor('Allow run_shell?');
  terminal.type('y\r');
  await terminal.waitFor('Done.\n');
});

describe('at its end the program restores the terminal', () => {
  const stopped = toolCall('run_shell', { command: 'kill -TERM $PPID; sleep 300' });
  const ENDS: [how: string, args: string, keys: string, code: number][] = [
    ['by Ctrl-D', '', '\u0004', 0],
    ['by /exit', '', '/exit\r', 0],
    ['by Ctrl-C', '', '\u0003\u0003', 130],
    ['by SIGTERM while a command runs', '--approval auto', 'go\r', 143],
  ];

  it.each(some(1, ENDS))('%s', async (_, args, keys, code) => {
    const server = await scriptedServer([stopped]);
    const settings = 'echo "tty $(stty -g)"';
    const command = `'${process.execPath}' '${BIN}' ${args}; echo "code $?"`;
    const terminal = openTerminal(
      ['sh', '-c', `${settings}; ${command}; ${settings}`],
      temporaryRepository(),
      { env: { OLLAMA_HOST: server.url } },
    );
    await terminal.waitFor(AT_PROMPT);
    terminal.type(keys);
    await terminal.ended;
    const screen = terminal.screen();
    expect(screen).toContain(`\ncode ${code}\n`);
    const [before, after] = screen.match(/^tty .*/gm) ?? [];
    expect(before).toMatch(/^tty ./);
    expect(after).toBe(before);
    const [pasteOn, pasteOff] = ['\u001b[?2004h', '\u001b[?2004l'];
    expect(terminal.raw().lastIndexOf(pasteOff)).toBeGreaterThan(
      terminal.raw().lastIndexOf(pasteOn),
    );
    // No other mode of the terminal is ever set: neither its cursor hidden nor its screen changed.
    expect(stripVTControlCharacters(withoutOurs(terminal))).toBe(withoutOurs(terminal));
  });
});
