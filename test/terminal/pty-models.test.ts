/** Models that are not on the server, and those that are, with a person at a terminal. */
import { describe, expect, it } from 'vitest';
import { SessionStore } from '../../src/session/store.ts';
import { final, pullLines } from '../support/ollama-server.ts';
import { inStress } from '../support/stress.ts';
import { AT_PROMPT, terminalScene } from '../support/terminal.ts';
import { temporaryRepository } from '../support/workspace.ts';

const CTRL_C = '\u0003';
const PULL = /qwen3\.5:4b is not on the server\.\s+Pull it\? \[Y\/n\]/;

/** A pull of a layer of 100 bytes that stays at so many. */
const stalledAt = (completed: number) => () => ({
  raw: pullLines({ status: 'pulling a', digest: 'a', total: 100, completed }),
  stall: true,
});

describe('a model that is not on the server', () => {
  it('is pulled after a yes, and then answers', async () => {
    const terminal = await terminalScene([final('Here.')], { models: ['other:7b'] });
    await terminal.waitFor(/On the server: other:7b\..*\n/);
    await terminal.waitFor(PULL);
    terminal.type('yes\r');
    await terminal.waitFor('qwen3.5:4b is on the server.');
    await terminal.waitFor(AT_PROMPT);
    terminal.type('hello\r');
    await terminal.waitFor('Here.');
    expect(terminal.server.pulls.map(({ model }) => model)).toEqual(['qwen3.5:4b']);
  });

  inStress('is said to be that of the session, where it is', async () => {
    const root = temporaryRepository();
    const store = new SessionStore({ workspaceRoot: root, warn: (text) => expect.fail(text) });
    const session = store.create('old:1b');
    session.record({ type: 'user', content: 'first' });
    session.close();
    const args = ['--cwd', root, '-c'];
    const terminal = await terminalScene([final('Here.')], { models: ['new:7b'], args });
    await terminal.waitFor(/On the server: new:7b\. Pick one with \/model or --model\./);
    await terminal.waitFor(
      /old:1b, the model of this session, is not on the\s+server\.\s+Pull it\?/,
    );
    terminal.type('n\r');
    await terminal.waitFor(/by --model\s+NAME, or /);
    await terminal.waitFor(AT_PROMPT);
    terminal.type('/model new:7b\r');
    await terminal.waitFor('Switched to new:7b');
    terminal.type('hello\r');
    await terminal.waitFor('Here.');
  });

  inStress('is asked about in whole words', async () => {
    const terminal = await terminalScene([], { models: [], columns: 24 });
    await terminal.waitFor(/\nqwen3\.5:4b is not on the\nserver\.\nPull it\? \[Y\/n\]$/);
  });

  inStress.each([40, 80, 200])('shows the progress in one row of %i columns', async (columns) => {
    const terminal = await terminalScene([], { models: [], columns, pull: stalledAt(45) });
    await terminal.waitFor(PULL);
    terminal.type('\r');
    await terminal.waitFor(/\n█* ?░* +45% {2}45\/100 B$/);
    terminal.type(CTRL_C);
    await terminal.waitFor('The pull was stopped.');
    await terminal.server.pulls[0]?.closed;
    await terminal.waitFor(/The\sdownload\s+resumes\s+next\s+time\.\s+mini-coding-agent>$/);
    expect(terminal.screen()).not.toContain('45%');
  });

  inStress('is not pulled by what was typed before the question', async () => {
    const terminal = await terminalScene([], { args: ['hello'], models: [] });
    terminal.type('y\r\r');
    await terminal.waitFor(PULL);
    terminal.type('no\r');
    expect(await terminal.ended).toBe(1);
    expect(terminal.server.pulls).toEqual([]);
    expect(terminal.screen()).toContain('ollama pull qwen3.5:4b');
  });

  inStress('is neither pulled nor refused by a request that is typed at the question', async () => {
    const terminal = await terminalScene([final('Here.')], { models: [] });
    await terminal.waitFor(PULL);
    terminal.type('yes we can\r');
    await terminal.waitFor(/yes we can\nKept for the next prompt\.\n.*Pull it\? \[Y\/n\]$/);
    expect(terminal.server.pulls).toEqual([]);
    terminal.type('\r');
    await terminal.waitFor(/Ollama is ready\.\s+mini-coding-agent> yes we can$/);
    terminal.type('\r');
    await terminal.waitFor('Here.');
    expect(terminal.server.calls.at(-1)?.prompt).toContain('\nyes we can');
  });

  inStress('and that nobody has ends with a message and exit code 1', async () => {
    const pull = () => ({ raw: pullLines({ error: 'pull model manifest: file does not exist' }) });
    const args = ['-m', 'nix:1b', 'hello'];
    const terminal = await terminalScene([], { args, models: [], pull });
    await terminal.waitFor(/nix:1b is not on the server\. Pull it\?/);
    terminal.type('\r');
    expect(await terminal.ended).toBe(1);
    expect(terminal.screen()).toContain('There is no model nix:1b to pull.');
  });

  inStress('is a single request interrupted by Ctrl-C at the question: exit code 130', async () => {
    const terminal = await terminalScene([], { args: ['hello'], models: [] });
    await terminal.waitFor(PULL);
    terminal.type(CTRL_C);
    expect(await terminal.ended).toBe(130);
  });
});

describe('/model', () => {
  inStress('lists the models, and switches to another', async () => {
    const models = ['qwen3.5:4b', 'big:70b'];
    const terminal = await terminalScene([final('From big.')], { models });
    await terminal.waitFor(AT_PROMPT);
    terminal.type('/model\r');
    await terminal.waitFor('* qwen3.5:4b  3.4 GB\n  big:70b     3.4 GB\n');
    await terminal.waitFor(AT_PROMPT);
    terminal.type('/model big:70b\r');
    await terminal.waitFor('Switched to big:70b;');
    await terminal.waitFor(AT_PROMPT);
    terminal.type('hello\r');
    await terminal.waitFor('From big.');
    expect(terminal.server.calls.at(-1)?.body).toMatchObject({ model: 'big:70b' });
  });

  inStress('pulls another model after a yes', async () => {
    const terminal = await terminalScene([final('New.')], { models: ['qwen3.5:4b'] });
    await terminal.waitFor(AT_PROMPT);
    terminal.type('/model new:1b\r');
    await terminal.waitFor(/new:1b is not on the server\. Pull it\? \[Y\/n\]/);
    terminal.type('\r');
    await terminal.waitFor(/new:1b is on the server\.\nSwitched to new:1b;/);
  });
});

inStress('--quiet leaves out the welcome and the cost', async () => {
  const terminal = await terminalScene([final('Here.')], { args: ['--quiet'] });
  await terminal.waitFor(AT_PROMPT);
  terminal.type('hello\r');
  await terminal.waitFor(/Here\.\n\nmini-coding-agent>$/);
  expect(terminal.screen()).toMatch(/^\nmini-coding-agent> hello\n/);
});
