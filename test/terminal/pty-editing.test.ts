/** What line editing does with a real terminal: its modes, other programs, and the next run. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { onlySessionIn, requestsIn } from '../program/session-files.ts';
import { namedPipe, longCommand } from '../support/named-pipe.ts';
import { final, toolCall } from '../support/ollama-server.ts';
import { BIN, scriptedServer } from '../support/program.ts';
import { inStress, some } from '../support/stress.ts';
import { AT_PROMPT, openTerminal, terminalScene } from '../support/terminal.ts';
import { temporaryFolder, temporaryRepository } from '../support/workspace.ts';

const [UP, ESCAPE, CTRL_C, CTRL_D, CTRL_G] = ['\u001b[A', '\u001b', '\u0003', '\u0004', '\u0007'];
const write = toolCall('write_file', { path: 'a.txt', content: 'x' });

inStress(
  'the history has what was typed at the prompt in earlier runs, but no answers to questions',
  async () => {
    const env = { XDG_STATE_HOME: temporaryFolder() };
    const first = await terminalScene([write, final('Done.')], { env });
    await first.waitFor(AT_PROMPT);
    first.type('write a file\\\rnow\r');
    await first.waitFor('Allow write_file a.txt?');
    first.type('y\r');
    await first.waitFor('Done.');
    await first.waitFor(AT_PROMPT);
    first.type('/exit\r');
    expect(await first.ended).toBe(0);

    const second = await terminalScene([final('Again.')], { env });
    await second.waitFor(AT_PROMPT);
    second.type(UP + UP);
    await second.waitFor('mini-coding-agent> write a file\n... now');
    second.type('\r');
    await second.waitFor('Again.');
    expect(requestsIn(second)).toEqual(['write a file\nnow']);
  },
);

inStress('a request that was typed before the first prompt is asked', async () => {
  const terminal = await terminalScene([final('Early.')]);
  terminal.type('early\r');
  await terminal.waitFor('Early.');
  expect(requestsIn(terminal)).toEqual(['early']);
});

it('Tab completes commands, sessions and files, and @path is a path for the model', async () => {
  const files = { 'src/main.ts': '', 'src/my notes.md': '' };
  const terminal = await terminalScene([final('One.'), final('Two.')], { files });
  await terminal.waitFor(AT_PROMPT);
  terminal.type('compare @src/ma\t');
  await terminal.waitFor('> compare @src/main.ts');
  terminal.type('and @src/my\t');
  await terminal.waitFor('@"src/my notes.md"');
  terminal.type('\r');
  await terminal.waitFor('One.');
  expect(requestsIn(terminal)).toEqual(['compare src/main.ts and "src/my notes.md"']);
  await terminal.waitFor(AT_PROMPT);
  terminal.type('/resu\t2\t');
  const { id } = onlySessionIn(terminal.root);
  await terminal.waitFor(`> /resume ${id}`);
});

inStress(
  'lines that are pasted while a request runs are one text for the next prompt',
  async () => {
    const pipe = namedPipe();
    const script = [longCommand(pipe), final('Got it.')];
    const terminal = await terminalScene(script, { args: ['--approval', 'auto'] });
    await terminal.waitFor(AT_PROMPT);
    terminal.type('wait\r');
    await pipe.written;
    // A terminal marks a paste where it was told to, as it was for the prompt.
    expect(terminal.raw()).not.toContain('\u001b[?2004l');
    terminal.type('\u001b[200~one\rtwo\r\u001b[201~');
    terminal.type(CTRL_C);
    await terminal.waitFor('Interrupted.');
    await terminal.waitFor('mini-coding-agent> one\n... two\n...');
    terminal.type('\r');
    await terminal.waitFor('Got it.');
    expect(requestsIn(terminal)).toEqual(['wait', 'one\ntwo']);
  },
);

describe('Esc', () => {
  inStress('interrupts a request; an arrow does not, though it arrives in pieces', async () => {
    const pipe = namedPipe();
    const script = [longCommand(pipe), final('Here again.')];
    const terminal = await terminalScene(script, { args: ['--approval', 'auto'] });
    await terminal.waitFor(AT_PROMPT);
    terminal.type('wait\r');
    await pipe.written;
    for (const byte of UP) terminal.type(byte);
    terminal.type('typed ahead\r');
    terminal.type(ESCAPE);
    await terminal.waitFor('Interrupted.');
    await terminal.waitFor(/\nmini-coding-agent> typed ahead$/);
    terminal.type('\r');
    await terminal.waitFor('Here again.');
  });

  inStress('at the approval question interrupts, and nothing runs', async () => {
    const terminal = await terminalScene([write]);
    await terminal.waitFor(AT_PROMPT);
    terminal.type('write\r');
    await terminal.waitFor('Allow write_file a.txt? [y/N/a]');
    terminal.type(`y${ESCAPE}`);
    await terminal.waitFor(/Interrupted\.[^]*mini-coding-agent>$/);
    expect(fs.existsSync(path.join(terminal.root, 'a.txt'))).toBe(false);
  });
});

describe('Ctrl-G', () => {
  /** An editor, as a shell script. */
  function editorOf(script: string): string {
    const file = path.join(temporaryFolder(), 'my editor');
    fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return file;
  }

  it('opens the text in an editor that has the terminal, and does not send what was saved', async () => {
    const report = path.join(temporaryFolder(), 'report');
    const editor = editorOf(
      `stat -c '%a' "$2" "$(dirname "$2")" > '${report}'; cat "$2" >> '${report}'; ` +
        `stty -a | grep -o -- '-\\?icanon' >> '${report}'; echo "$1 $2" >> '${report}'; ` +
        `printf 'saved\\r\\nlines\\n' > "$2"`,
    );
    const terminal = await terminalScene([final('Done.')], {
      env: { VISUAL: `'${editor}' --wait`, EDITOR: 'false' },
    });
    await terminal.waitFor(AT_PROMPT);
    terminal.type(`draft${CTRL_G}`);
    await terminal.waitFor('mini-coding-agent> saved\n... lines');
    const [fileMode, folderMode, text, mode, args = ''] = fs
      .readFileSync(report, 'utf8')
      .replace('draft', 'draft\n')
      .split('\n');
    expect([fileMode, folderMode, text, mode]).toEqual(['600', '700', 'draft', 'icanon']);
    expect(args).toMatch(/^--wait \/.*\.md$/);
    expect(fs.existsSync(path.dirname(args.slice('--wait '.length)))).toBe(false);
    terminal.type('!\r');
    await terminal.waitFor('Done.');
    expect(requestsIn(terminal)).toEqual(['saved\nlines!']);
  });

  inStress('gives keys to the editor, and Ctrl-C in it does not end the program', async () => {
    // No shell script: a signal ends the read of a shell now and then, which loses a line.
    const script = path.join(temporaryFolder(), 'editor.mjs');
    fs.writeFileSync(
      script,
      `import fs from 'node:fs';
       let text = '';
       process.on('SIGINT', () => console.log('got INT'));
       process.stdin.on('data', (typed) => {
         text += typed;
         if (!text.endsWith('two\\n')) return;
         fs.writeFileSync(process.argv[2], 'two');
         process.exit();
       });
       console.log('ready');`,
    );
    const editor = `'${process.execPath}' '${script}'`;
    const terminal = await terminalScene([], { env: { EDITOR: editor } });
    await terminal.waitFor(AT_PROMPT);
    terminal.type(CTRL_G);
    await terminal.waitFor('ready');
    terminal.type(CTRL_C);
    await terminal.waitFor('got INT');
    terminal.type('one\r');
    terminal.type('two\r');
    await terminal.waitFor('mini-coding-agent> two');
    terminal.type(`${CTRL_C}${CTRL_D}`);
    expect(await terminal.ended).toBe(0);
  });

  it('opens no editor of the repository, whatever the PATH', async () => {
    const script = (what: string) => `#!/bin/sh\necho ${what} > "$2"\n`;
    const name = 'my-editor';
    const theirs = temporaryFolder({ [name]: script('theirs') });
    fs.chmodSync(path.join(theirs, name), 0o755);
    const files = { [`node_modules/.bin/${name}`]: script('planted') };
    const PATH = ['node_modules/.bin', theirs, process.env['PATH']].join(path.delimiter);
    const terminal = await terminalScene([], { files, env: { VISUAL: `${name} --wait`, PATH } });
    fs.chmodSync(path.join(terminal.root, 'node_modules/.bin', name), 0o755);
    await terminal.waitFor(AT_PROMPT);
    terminal.type(CTRL_G);
    await terminal.waitFor(/mini-coding-agent> (theirs|planted)$/);
    expect(terminal.screen()).toMatch(/ theirs$/);
  });

  inStress('is not disturbed when the model is found missing meanwhile', async () => {
    let answer = () => {};
    const answersAfter = new Promise<void>((resolve) => (answer = resolve));
    const editor = editorOf('echo ready; read -r line; echo "$line" > "$1"');
    const terminal = await terminalScene([], {
      env: { EDITOR: `'${editor}'` },
      models: [],
      answersAfter,
    });
    await terminal.waitFor(AT_PROMPT);
    terminal.type(CTRL_G);
    await terminal.waitFor('ready');
    answer();
    // Whatever it says to that, it has said by the time that it has been answered, too.
    await (await fetch(`${terminal.server.url}/api/tags`)).text();
    terminal.type('my request\r');
    await terminal.waitFor(/ollama pull qwen3\.5:4b\s+mini-coding-agent> my request$/);
    expect(terminal.screen()).not.toContain('Pull it?');
  });

  it.each(
    some(1, [
      [
        'that fails leaves the text, and says so',
        'echo lost > "$1"; exit 3',
        'it ended with exit code 3',
      ],
      ['that takes the file away leaves the text', 'rm "$1"', 'ENOENT'],
    ]),
  )('an editor %s', async (_, script, said) => {
    const terminal = await terminalScene([], { env: { EDITOR: `'${editorOf(script)}'` } });
    await terminal.waitFor(AT_PROMPT);
    terminal.type(`draft${CTRL_G}`);
    await terminal.waitFor(said);
    await terminal.waitFor(/changed nothing[^]*\nmini-coding-agent> draft$/);
  });

  inStress('says what to set where there is no editor', async () => {
    const terminal = await terminalScene([], { env: { VISUAL: '', EDITOR: '' } });
    await terminal.waitFor(AT_PROMPT);
    terminal.type(`draft${CTRL_G}`);
    await terminal.waitFor(/Set VISUAL or EDITOR .*\nmini-coding-agent> draft$/);
  });
});

describe('the terminal', () => {
  inStress('is taken again when the program was suspended from outside and continues', async () => {
    const terminal = await terminalScene([final('Here.')]);
    await terminal.waitFor(AT_PROMPT);
    terminal.type('half');
    await terminal.waitFor('> half');
    terminal.kill('SIGCONT');
    await terminal.waitFor(/> half\nmini-coding-agent> half$/);
    terminal.type(' and half\r');
    await terminal.waitFor('Here.');
    expect(requestsIn(terminal)).toEqual(['half and half']);
  });

  inStress('still works after Ctrl-Z without a shell to resume the program', async () => {
    const terminal = await terminalScene([final('Here.')]);
    await terminal.waitFor(AT_PROMPT);
    terminal.type('half\u001a');
    await terminal.waitFor(/> half\nmini-coding-agent> half$/);
    terminal.type(' and half\r');
    await terminal.waitFor('Here.');
    expect(requestsIn(terminal)).toEqual(['half and half']);
  });

  it('is restored after a crash', async () => {
    const server = await scriptedServer();
    const crash = path.join(temporaryFolder({ 'crash.mjs': CRASH }), 'crash.mjs');
    const settings = 'echo "tty $(stty -g)"';
    const terminal = openTerminal(
      [
        'sh',
        '-c',
        `${settings}; '${process.execPath}' --import '${crash}' '${BIN}'; echo "code $?"; ${settings}`,
      ],
      temporaryRepository(),
      { env: { OLLAMA_HOST: server.url } },
    );
    await terminal.waitFor(AT_PROMPT);
    terminal.type('\u0007');
    await terminal.ended;
    expect(terminal.screen()).toContain('\ncode 70\n');
    const [before, after] = terminal.screen().match(/^tty .*/gm) ?? [];
    expect(before).toMatch(/^tty ./);
    expect(after).toBe(before);
    const [on, off] = ['\u001b[?2004h', '\u001b[?2004l'];
    expect(terminal.raw().lastIndexOf(off)).toBeGreaterThan(terminal.raw().lastIndexOf(on));
  });
});

/** A bug that shows when Ctrl-G is pressed. */
const CRASH = `
process.stdin.on('data', (bytes) => {
  if (bytes.includes(7)) throw new Error('a bug');
});
process.stdin.pause();
`;
