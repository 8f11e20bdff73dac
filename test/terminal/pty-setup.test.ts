/** Ollama that does not run, with a person at a terminal. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { ollamaProgram } from '../support/ollama-program.ts';
import { BIN, scriptedServer } from '../support/program.ts';
import { inStress, some } from '../support/stress.ts';
import {
  AT_PROMPT,
  openTerminal,
  terminalScene,
  type TerminalSceneOptions,
} from '../support/terminal.ts';
import { temporaryFolder, temporaryRepository } from '../support/workspace.ts';

const [CTRL_C, CTRL_D] = ['\u0003', '\u0004'];
const START = /Ollama is not running\.\s+Start it\? \[Y\/n\]/;

/** An address of this machine where nobody listens. */
async function emptyAddress(): Promise<string> {
  const server = await scriptedServer();
  await server.close();
  return server.url;
}

/** The PATH of this process with a folder before it. */
const pathWith = (folder: string) => `${folder}${path.delimiter}${process.env['PATH']}`;

/** A PATH that holds git and nothing else. */
function pathWithGitAlone(): string {
  const folder = temporaryFolder();
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const git = folders.map((entry) => path.join(entry, 'git')).find((file) => fs.existsSync(file));
  fs.symlinkSync(git ?? '', path.join(folder, 'git'));
  return folder;
}

async function sceneWithoutServer(PATH: string, options: TerminalSceneOptions = {}) {
  // What Ollama says goes into a folder for temporary files.
  const env = { OLLAMA_HOST: await emptyAddress(), PATH, TMPDIR: temporaryFolder() };
  return terminalScene([], { ...options, env: { ...env, ...options.env } });
}

/** Ollama can be started, and the question whether to do so is open. */
async function sceneAtQuestion(options: TerminalSceneOptions = {}) {
  const terminal = await sceneWithoutServer(pathWith(ollamaProgram().folder), options);
  await terminal.waitFor(START);
  return terminal;
}

describe('a request that is typed at the question', () => {
  const KEPT = 'Kept for the next prompt.\n';
  const UP = '\u001b[A';

  it.each(some(1, [40, 100]))(
    'does not answer it, and after a yes is at the prompt of %i columns, to be sent',
    async (columns) => {
      const terminal = await sceneAtQuestion({ columns });
      terminal.type('no bug in here?\r');
      await terminal.waitFor(/ no bug in here\?\nKept for the next prompt\.\n.*\[Y\/n\]$/);
      terminal.type('\r');
      await terminal.waitFor(/Ollama is ready\.\s+mini-coding-agent> no bug in here\?$/);
      terminal.type('\r');
      await terminal.waitFor('Served.');
    },
  );

  inStress('is there after a no with all the others, and each is in the history', async () => {
    const terminal = await sceneAtQuestion();
    terminal.type('first\r');
    await terminal.waitFor(/first\nKept .*\n.*\[Y\/n\]$/);
    terminal.type('second\r');
    await terminal.waitFor(/second\nKept .*\n.*\[Y\/n\]$/);
    terminal.type(' N\r');
    await terminal.waitFor(/--host[^]*\nmini-coding-agent> first\n\.\.\. second$/);
    terminal.type(CTRL_C);
    await terminal.waitFor(AT_PROMPT);
    terminal.type(UP);
    await terminal.waitFor(/\nmini-coding-agent> second$/);
    terminal.type(UP);
    await terminal.waitFor(/\nmini-coding-agent> first$/);
  });

  inStress('is there with the request that led to the question', async () => {
    const terminal = await sceneAtQuestion();
    terminal.type('n\r');
    await terminal.waitFor(AT_PROMPT);
    terminal.type('hello\r');
    await terminal.waitFor(/> hello\s+Ollama is not running.*\[Y\/n\]$/);
    terminal.type('and more\r');
    await terminal.waitFor(`and more\n${KEPT}`);
    await terminal.waitFor(/\[Y\/n\]$/);
    terminal.type('yes\r');
    await terminal.waitFor(/Ollama is ready\.\s+mini-coding-agent> hello\n\.\.\. and more$/);
  });

  inStress('is there after Ctrl-C, which is a no', async () => {
    const terminal = await sceneAtQuestion();
    terminal.type('a request\r');
    await terminal.waitFor(KEPT);
    await terminal.waitFor(/\[Y\/n\]$/);
    terminal.type(CTRL_C);
    await terminal.waitFor(/Interrupted\.\s+mini-coding-agent> a request$/);
  });

  inStress('is in the history when the input ends there, which is a no', async () => {
    const folder = temporaryFolder();
    const terminal = await sceneAtQuestion({ env: { XDG_STATE_HOME: folder } });
    terminal.type('a request\r');
    await terminal.waitFor(KEPT);
    await terminal.waitFor(/\[Y\/n\]$/);
    terminal.type(CTRL_D);
    expect(await terminal.ended).toBe(0);
    const history = path.join(folder, 'mini-coding-agent', 'history');
    expect(fs.readFileSync(history, 'utf8')).toBe('"a request"\n');
  });

  inStress('does not answer it for a single request either, where no prompt follows', async () => {
    const terminal = await sceneAtQuestion({ args: ['hello'] });
    terminal.type('another one\r');
    await terminal.waitFor(/another one\nPlease answer y or n\.\n.*\[Y\/n\]$/);
    terminal.type('y\r');
    expect(await terminal.ended).toBe(0);
  });
});

describe('Ollama that is not running', () => {
  it('is started after a yes, and keeps running after the program', async () => {
    const { folder, pid } = ollamaProgram();
    const terminal = await sceneWithoutServer(pathWith(folder));
    await terminal.waitFor(START);
    terminal.type('\r');
    await terminal.waitFor(
      /ollama\s+serve\s+is\s+running\s+and\s+keeps\s+running[^]* kill \d+\n[^]*Ollama is ready\.\n/,
    );
    expect(terminal.screen()).toContain(`kill ${pid()}\n`);
    await terminal.waitFor(AT_PROMPT);
    terminal.type('hello\r');
    await terminal.waitFor('Served.');
    await terminal.waitFor(AT_PROMPT);
    terminal.type(CTRL_D);
    expect(await terminal.ended).toBe(0);
    expect(process.kill(pid(), 0)).toBe(true);
  });

  inStress('is started for a request, which is then at the prompt again', async () => {
    const { folder } = ollamaProgram();
    const terminal = await sceneWithoutServer(pathWith(folder));
    await terminal.waitFor(START);
    terminal.type('n\r');
    await terminal.waitFor(/Start\s+it,\s+or\s+name\s+another\s+server/);
    await terminal.waitFor(AT_PROMPT);
    terminal.type('hello\r');
    await terminal.waitFor(/> hello\s+Ollama is not running/);
    terminal.type('y\r');
    await terminal.waitFor(/Ollama is ready\.\s+mini-coding-agent> hello$/);
    terminal.type('\r');
    await terminal.waitFor('Served.');
  });

  it('is not started without one; the conversation continues, and the next request asks again', async () => {
    const { folder } = ollamaProgram();
    const terminal = await sceneWithoutServer(pathWith(folder), { columns: 40 });
    await terminal.waitFor(START);
    terminal.type('n\r');
    await terminal.waitFor(/Start\s+it,\s+or\s+name\s+another\s+server/);
    await terminal.waitFor(AT_PROMPT);
    terminal.type('hello\r');
    await terminal.waitFor(/> hello\s+Ollama is not running\.\s+Start it\? \[Y\/n\]/);
    terminal.type(CTRL_C);
    await terminal.waitFor(/Interrupted\.\s+mini-coding-agent>$/);
    expect(fs.existsSync(path.join(folder, 'pid'))).toBe(false);
  });

  inStress('is started for a single request, which is then answered', async () => {
    const { folder } = ollamaProgram();
    const terminal = await sceneWithoutServer(pathWith(folder), { args: ['hello'] });
    await terminal.waitFor(START);
    terminal.type('y\r');
    expect(await terminal.ended).toBe(0);
    expect(terminal.screen()).toMatch(/\nServed\.$/);
  });

  inStress('and does not start is reported in its own words', async () => {
    const { folder } = ollamaProgram("console.error('no \\u001b[31mdisk'); process.exit(3);");
    const terminal = await sceneWithoutServer(pathWith(folder), { args: ['hello'] });
    await terminal.waitFor(START);
    terminal.type('\r');
    expect(await terminal.ended).toBe(1);
    expect(terminal.screen()).toMatch(/ended without serving: no \\x1b\[31mdisk\. Its\smessages/);
  });

  inStress('and is slow to start is not waited for after Ctrl-C', async () => {
    const { folder, pid } = ollamaProgram(
      "require('node:fs').writeFileSync(__dirname + '/pid', String(process.pid));" +
        'setTimeout(() => undefined, 60_000);',
    );
    const terminal = await sceneWithoutServer(pathWith(folder), { args: ['hello'] });
    await terminal.waitFor(START);
    terminal.type('\r');
    await terminal.waitFor('Waiting for ollama serve');
    await vi.waitUntil(() => fs.existsSync(path.join(folder, 'pid')));
    terminal.type(CTRL_C);
    expect(await terminal.ended).toBe(130);
    expect(terminal.screen()).toContain(`is still starting. kill ${pid()} stops it.`);
  });

  it('and is not installed leads to a message about where to get it, and the demo', async () => {
    const terminal = await sceneWithoutServer(pathWithGitAlone(), { columns: 200 });
    await terminal.waitFor(
      /https:\/\/ollama\.com\/download\.[^]*\snode\s\S*dist\/cli\.cjs\s--demo\n/,
    );
    await terminal.waitFor(AT_PROMPT);
    expect(terminal.screen()).not.toContain('[Y/n]');
  });

  it('is never a program from the repository, wherever that is in the PATH', async () => {
    const root = temporaryRepository({ 'bin/ollama': '#!/bin/sh\n' });
    fs.chmodSync(path.join(root, 'bin/ollama'), 0o755);
    const outside = temporaryFolder();
    fs.symlinkSync(path.join(root, 'bin/ollama'), path.join(outside, 'ollama'));
    const PATH = [path.join(root, 'bin'), 'bin', outside, pathWithGitAlone()].join(path.delimiter);
    const env = { OLLAMA_HOST: await emptyAddress(), PATH };
    const here = openTerminal([process.execPath, BIN, 'hello'], root, { env });
    expect(await here.ended).toBe(1);
    expect(here.screen()).not.toContain('[Y/n]');
    const elsewhere = openTerminal([process.execPath, BIN, 'hello'], temporaryFolder(), { env });
    await elsewhere.waitFor(START);
  });

  inStress('on another machine is not offered to be started', async () => {
    const { folder } = ollamaProgram();
    const env = { OLLAMA_HOST: 'http://ollama.invalid:1', PATH: pathWith(folder) };
    const terminal = await terminalScene([], { args: ['hello'], env });
    expect(await terminal.ended).toBe(1);
    expect(terminal.screen()).toContain('http://ollama.invalid:1');
    expect(terminal.screen()).not.toMatch(/\[Y\/n\]|ollama\.com/);
  });

  inStress('is only reported with --print: nobody is asked', async () => {
    const { folder } = ollamaProgram();
    const terminal = await sceneWithoutServer(pathWith(folder), { args: ['-p', 'hello'] });
    expect(await terminal.ended).toBe(1);
    expect(terminal.screen()).toContain('ollama serve is not running');
    expect(terminal.screen()).not.toContain('[Y/n]');
  });
});
