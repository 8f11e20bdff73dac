/** The approval question and what was changed, as a person meets them in a terminal. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { onlySessionIn } from '../program/session-files.ts';
import { final, toolCall } from '../support/ollama-server.ts';
import { BIN } from '../support/program.ts';
import { inStress, some } from '../support/stress.ts';
import {
  AT_PROMPT,
  openTerminal,
  terminalScene,
  type TerminalSceneOptions,
} from '../support/terminal.ts';

const shell = (command: string) => toolCall('run_shell', { command });
const patch = toolCall('patch_file', { path: 'a.py', old_text: 'one', new_text: '\u001b[2Jtwo' });
const FILES = { 'a.py': 'zero\none\nthree\n' };

/** The program, with this script, after the request `go`. */
async function asked(script: string[], options: TerminalSceneOptions = {}) {
  const terminal = await terminalScene([...script, final('Done.')], options);
  await terminal.waitFor(AT_PROMPT);
  terminal.type('go\r');
  return terminal;
}

inStress(
  'a file that the model has not read is asked about whatever the policy is, at the second try',
  async () => {
    const write = (content: string) => toolCall('write_file', { path: 'a.py', content });
    const terminal = await asked([write('1\n'), write('2\n')], {
      files: FILES,
      args: ['--approval', 'auto'],
    });
    await terminal.waitFor(
      'The model has not read all of this file.\nAllow write_file a.py? [y/N]',
    );
    const file = path.join(terminal.root, 'a.py');
    expect(fs.readFileSync(file, 'utf8')).toBe(FILES['a.py']);
    expect(terminal.screen()).toContain('  | -zero\n');
    terminal.type('y\r');
    await terminal.waitFor('Done.');
    expect(fs.readFileSync(file, 'utf8')).toBe('2\n');
  },
);

describe('an edit', () => {
  it.each(
    some(1, [
      ['coloured', {}],
      ['without colours', { NO_COLOR: '1' }],
      ['on a dumb terminal', { TERM: 'dumb' }],
    ]),
  )('is shown as a diff, %s', async (what, env) => {
    const terminal = await asked([patch], { files: FILES, env });
    await terminal.waitFor('Allow patch_file a.py? [y/N/a]');
    expect(terminal.screen()).toContain(
      [
        '  | --- a/a.py',
        '  | +++ b/a.py',
        '  | (invisible characters are shown as codes, such as \\x20 for a space)',
        '  | @@ -1,3 +1,3 @@',
        '  |  zero',
        '  | -one',
        '  | +\\x1b[2Jtwo',
        '  |  three',
        'Allow patch_file a.py? [y/N/a]',
      ].join('\n'),
    );
    const isColoured = terminal.raw().includes('\u001b[32m+\\x1b[2Jtwo\u001b[39m');
    expect(isColoured).toBe(what === 'coloured');
    terminal.type('y\r');
    await terminal.waitFor('Done.');
  });

  inStress('of 40 columns has a gutter in every row, and the question is one row', async () => {
    const content = `${'x'.repeat(60)} Allow write_file a.txt? [y/N/a] y\n`;
    const write = toolCall('write_file', { path: 'some-longer-name.txt', content });
    const terminal = await asked([write], { columns: 40 });
    await terminal.waitFor(/\nAllow write_file\? \[y\/N\/a\]$/);
    const rows = terminal.screen().split('\n').slice(-7);
    expect(rows.slice(0, -1).every((row) => /^ {2}[|↳] /.test(row))).toBe(true);
    expect(Math.max(...rows.map((row) => row.length))).toBe(40);
    terminal.type('\r');
    await terminal.waitFor('Done.');
  });

  inStress('that is long is shown whole on v', async () => {
    const content = Array.from({ length: 600 }, (_, index) => `line ${index}\n`).join('');
    const terminal = await asked([toolCall('write_file', { path: 'a.txt', content })]);
    await terminal.waitFor('Allow write_file a.txt? [y/N/a/v]');
    expect(terminal.screen()).toContain('more rows: v shows all');
    expect(terminal.screen()).not.toContain('+line 400\n');
    terminal.type('v\r');
    await terminal.waitFor(/Allow .* v\n[\s\S]*\+line 400\n[\s\S]*Allow write_file a\.txt\?/);
    terminal.type('n\r');
    await terminal.waitFor('Done.');
  });
});

describe('a command', () => {
  it('can be edited; what was last shown runs, and is in the session', async () => {
    const terminal = await asked([shell('echo one')]);
    await terminal.waitFor('Allow run_shell? [y/N/a/b/e]');
    terminal.type('e\r');
    await terminal.waitFor('Command: echo one');
    terminal.type('\u007f\u007f\u007ftwo > out.txt\r');
    await terminal.waitFor(/command: echo two > out\.txt\n.*\nAllow run_shell\? \[y\/N\/a\/e\]$/);
    expect(fs.existsSync(path.join(terminal.root, 'out.txt'))).toBe(false);
    terminal.type('y\r');
    await terminal.waitFor('Done.');
    expect(fs.readFileSync(path.join(terminal.root, 'out.txt'), 'utf8')).toBe('two\n');
    const call = onlySessionIn(terminal.root).records.find(({ type }) => type === 'tool');
    expect(call?.['args']).toMatchObject({ command: 'echo two > out.txt' });
    expect(terminal.server.calls.at(-1)?.prompt).toContain(
      'The user changed the command to: echo two > out.txt',
    );
  });

  inStress('that is edited to nothing is asked about unchanged', async () => {
    const terminal = await asked([shell('echo one')]);
    await terminal.waitFor('Allow run_shell?');
    terminal.type('e\r');
    await terminal.waitFor('Command: echo one');
    terminal.type('\u0015\r');
    await terminal.waitFor(/Command: *\nAllow run_shell\? \[y\/N\/a\/b\/e\]$/);
    terminal.type('n\r');
    await terminal.waitFor('Done.');
  });

  inStress('of several lines, with characters that no key types, can be edited', async () => {
    const terminal = await asked([shell("printf '\u001b[A' > a.txt\ntouch b")]);
    await terminal.waitFor('Allow run_shell?');
    terminal.type('e\r');
    await terminal.waitFor(/Command: printf '\\x1b\[A' > a\.txt\n\.\.\. touch b$/);
    terminal.type('.txt\r');
    await terminal.waitFor(/\| touch b\.txt[\s\S]*Allow run_shell\?/);
    terminal.type('y\r');
    await terminal.waitFor('Done.');
    expect(fs.readFileSync(path.join(terminal.root, 'a.txt'), 'utf8')).toBe('\u001b[A');
    expect(fs.existsSync(path.join(terminal.root, 'b.txt'))).toBe(true);
  });

  inStress('that is being edited is denied by Ctrl-C, and the conversation continues', async () => {
    const terminal = await asked([shell('touch ran.txt')]);
    await terminal.waitFor('Allow run_shell?');
    terminal.type('e\r');
    await terminal.waitFor('Command: touch ran.txt');
    terminal.type('\u0003');
    await terminal.waitFor('Interrupted.');
    await terminal.waitFor(AT_PROMPT);
    expect(fs.existsSync(path.join(terminal.root, 'ran.txt'))).toBe(false);
    terminal.type('again\r');
    await terminal.waitFor('Done.');
  });
});

inStress('any other text is a no, and the model is told why', async () => {
  const terminal = await asked([shell('npm i left-pad')]);
  await terminal.waitFor('Allow run_shell?');
  terminal.type('no network here, write it yourself\r');
  await terminal.waitFor('Done.');
  expect(terminal.server.calls.at(-1)?.prompt).toContain(
    'error: run_shell was not approved: the user said: no network here, write it yourself',
  );
});

inStress('what is always allowed is shown by /approval, and can be revoked', async () => {
  const terminal = await asked([shell('echo one'), shell('echo one'), final('Twice.')]);
  await terminal.waitFor('Allow run_shell?');
  terminal.type('a\r');
  await terminal.waitFor('Twice.');
  await terminal.waitFor(AT_PROMPT);
  expect(terminal.screen().match(/Allow run_shell\?/g)).toHaveLength(1);
  terminal.type('/approval\r');
  await terminal.waitFor(/The approval policy is ask\.\n.*\n {2}1 {2}run_shell: echo one\n/);
  terminal.type('/approval forget 1\r');
  await terminal.waitFor('Asked about again: run_shell: echo one');
  terminal.server.push(shell('echo one'), final('Again.'));
  terminal.type('again\r');
  await terminal.waitFor('Done.');
  terminal.type('and again\r');
  await terminal.waitFor(/Asked about again[\s\S]*Allow run_shell\?/);
  terminal.type('n\r');
  await terminal.waitFor('Again.');
});

inStress(
  'a beginning that is allowed runs unasked with names after it, until it is taken back',
  async () => {
    const terminal = await asked([
      shell('echo one two'),
      shell('echo one three'),
      shell('echo one; touch ran'),
      shell('echo two'),
    ]);
    await terminal.waitFor(
      '  timeout: 20 s\n  b always allows: echo one …\nAllow run_shell? [y/N/a/b/e]',
    );
    terminal.type('b\r');
    await terminal.waitFor('  echo one … will not be asked about again in this session.');
    await terminal.waitFor('• ran echo one three · exit 0 · always: echo one …\n  one three\n');
    await terminal.waitFor(
      /command: echo one; touch ran\n {2}timeout: 20 s\nAllow run_shell\? \[y\/N\/a\/e\]$/,
    );
    terminal.type('n\r');
    await terminal.waitFor(/command: echo two\n[^]*Allow run_shell\? \[y\/N\/a\/b\/e\]$/);
    terminal.type('n\r');
    await terminal.waitFor('Done.');
    await terminal.waitFor(AT_PROMPT);
    expect(fs.existsSync(path.join(terminal.root, 'ran'))).toBe(false);
    terminal.type('/approval never\r');
    await terminal.waitFor(
      /now never\.\nAlways allowed again once .*\n {2}1 {2}run_shell: echo one …\n/,
    );
    terminal.server.push(shell('echo one'), final('Never.'), shell('echo one'), final('Asked.'));
    terminal.type('go\r');
    await terminal.waitFor(/approval policy is never[^]*Never\./);
    await terminal.waitFor(AT_PROMPT);
    terminal.type('/approval ask\r');
    await terminal.waitFor(/now ask\.\nAlways allowed .*\n {2}1 {2}run_shell: echo one …\n/);
    terminal.type('/approval forget 1\r');
    await terminal.waitFor('Asked about again: run_shell: echo one …');
    terminal.type('go\r');
    await terminal.waitFor(/\[y\/N\/a\/b\/e\]$/);
    terminal.type('\r');
    await terminal.waitFor('Asked.');
  },
);

inStress('/approval applies to the next call', async () => {
  const script = [shell('echo one'), final('Auto.'), shell('echo two'), final('Never.')];
  const terminal = await terminalScene(script);
  await terminal.waitFor(AT_PROMPT);
  terminal.type('/approval auto\r');
  await terminal.waitFor('approval auto: the model may change files here');
  terminal.type('go\r');
  await terminal.waitFor('Auto.');
  terminal.type('/approval never\r');
  await terminal.waitFor('The approval policy is now never.');
  terminal.type('go\r');
  await terminal.waitFor('Never.');
  expect(terminal.screen()).toContain('run_shell was not approved: the approval policy is never');
  expect(terminal.screen()).not.toContain('Allow run_shell?');
});

inStress(
  '/diff, /undo and /redo work on what the agent changed, also in a resumed session',
  async () => {
    const write = toolCall('write_file', { path: 'new.txt', content: 'new\n' });
    const args = ['--approval', 'auto'];
    const first = await asked([patch, shell('true'), write], { files: FILES, args });
    await first.waitFor('Done.');
    await first.waitFor(AT_PROMPT);
    first.type('/diff\r');
    await first.waitFor(/\+\+\+ b\/a\.py\n[\s\S]*\n {2}\| \+\\x1b\[2Jtwo\n[\s\S]*\n {2}\| \+new\n/);
    first.type('/exit\r');
    await first.ended;

    const { root, server } = first;
    const command = [process.execPath, BIN, '-c', ...args];
    const second = openTerminal(command, root, { env: { OLLAMA_HOST: server.url } });
    await second.waitFor(AT_PROMPT);
    second.type('/undo\r');
    await second.waitFor(
      'Undone: go\n  a.py: restored\n  new.txt: deleted\nChanges made by shell commands are not covered.',
    );
    const text = (name: string) => fs.readFileSync(path.join(root, name), 'utf8');
    expect(text('a.py')).toBe(FILES['a.py']);
    second.type('/redo\r');
    await second.waitFor('Redone: go');
    expect(text('new.txt')).toBe('new\n');
    fs.writeFileSync(path.join(root, 'a.py'), 'mine\n');
    second.type('/undo\r');
    await second.waitFor('Nothing undone:\n  a.py has changed since\n');
    expect([text('a.py'), text('new.txt')]).toEqual(['mine\n', 'new\n']);

    // The model must look again before it writes over what it has not seen.
    server.push(toolCall('write_file', { path: 'a.py', content: 'over it' }), final('Well.'));
    second.type('write\r');
    await second.waitFor('Well.');
    expect(text('a.py')).toBe('mine\n');
  },
);
