/** Commands that ask, wait, or are interrupted, in a real terminal. */
import { describe, expect, it } from 'vitest';
import { onlySessionIn } from '../program/session-files.ts';
import { final } from '../support/ollama-server.ts';
import { BIN, scriptedServer } from '../support/program.ts';
import { AT_PROMPT, openTerminal, terminalScene, type Terminal } from '../support/terminal.ts';
import { inStress, some } from '../support/stress.ts';
import { temporaryRepository } from '../support/workspace.ts';

const rowsOf = (terminal: Terminal) => {
  const [, list = ''] = terminal.screen().split('Resume which?');
  return list.split('\n');
};

describe('/resume', () => {
  it('shows all sessions, filtered by what is typed, and how the picked one ended', async () => {
    const script = [final('**Blue**, mostly.'), final('Yes, red.'), final('Green.')];
    const terminal = await terminalScene(script, { columns: 40 });
    await terminal.waitFor(AT_PROMPT);
    terminal.type('what colour is the sky over the sea on a day like this?\r');
    await terminal.waitFor(/Blue, mostly\.[^]*mini-coding-agent>$/);
    terminal.type('/exit\r');
    await terminal.ended;
    const { root, server } = terminal;
    const env = { OLLAMA_HOST: server.url };
    const next = openTerminal([process.execPath, BIN], root, { columns: 40, env });
    await next.waitFor(AT_PROMPT);
    next.type('and fire?\r');
    await next.waitFor(/Yes, red\.[^]*mini-coding-agent>$/);
    next.type('/resume\r');
    await next.waitFor(/Resume which\?\s+1 .*\n.*and fire\?\n> {3}2 [^]*Enter/);
    expect(rowsOf(next).filter((row) => row.length > 40)).toEqual([]);
    next.type('SKY');
    await next.waitFor(/Resume which\? SKY\n> {3}2 .* · 1 request · .*\n {7}what colour[^\n]*…\n/);
    next.type('\r');
    await next.waitFor(
      /Resumed \d{8}-\d{6}-[0-9a-f]{6}\.\n> what colour[^]*this\?\nBlue, mostly\.\s+mini-coding-agent>$/,
    );
    next.type('and grass?\r');
    await next.waitFor('Green.');
    expect(server.calls.at(-1)?.prompt).toContain('mostly.');
    expect(server.calls.at(-1)?.prompt).not.toContain('Yes, red.');
  });

  inStress('is left by Ctrl-C and by Esc, and the conversation goes on', async () => {
    const terminal = await terminalScene([final('Blue.'), final('Still blue.')]);
    await terminal.waitFor(AT_PROMPT);
    terminal.type('what colour?\r');
    await terminal.waitFor(/Blue\.[^]*mini-coding-agent>$/);
    for (const key of ['\u0003', '\u001b']) {
      terminal.type('/resume\r');
      await terminal.waitFor(/Resume which\?\s+> {3}1 .*\(this one\)[^]*cancels$/);
      terminal.type(`x${key}`);
      await terminal.waitFor(/Resume which\?.*\s+mini-coding-agent>$/);
    }
    terminal.type('/resume\r');
    await terminal.waitFor(/cancels$/);
    terminal.type('\r');
    await terminal.waitFor('You are already in this session.');
    terminal.type('really?\r');
    await terminal.waitFor('Still blue.');
  });

  inStress('is a list with numbers where the terminal cannot redraw it', async () => {
    const terminal = await terminalScene([final('Blue.')], { env: { TERM: 'dumb' } });
    await terminal.waitFor(AT_PROMPT);
    terminal.type('what colour?\r');
    await terminal.waitFor(/Blue\.[^]*mini-coding-agent>$/);
    terminal.type('/resume\r');
    await terminal.waitFor(
      / {2}1 .*\n {5}what colour\?\nResume which\? \(number, Enter cancels\)$/,
    );
    terminal.type('1\r');
    await terminal.waitFor('You are already in this session.');
  });
});

describe('the end of a conversation', () => {
  const ways: [name: string, keys: string, code: number][] = [
    ['Ctrl-C twice', '\u0003', 130],
    ['/exit', '/exit\r', 0],
    ['Ctrl-D', '\u0004', 0],
  ];

  it.each(some(1, ways))('by %s says how to come back', async (_, keys, code) => {
    const terminal = await terminalScene([final('Blue.')], { columns: 200 });
    await terminal.waitFor(AT_PROMPT);
    terminal.type('what colour?\r');
    await terminal.waitFor(/Blue\.[^]*mini-coding-agent>$/);
    terminal.type(keys);
    if (code !== 0) {
      await terminal.waitFor('Press Ctrl-C again');
      terminal.type(keys);
    }
    expect(await terminal.ended).toBe(code);
    const [, how = '', id = ''] =
      /^To resume this session: (.*) --resume (\S+)$/m.exec(terminal.screen()) ?? [];
    expect(how).toBe(`node ${BIN}`);
    expect(onlySessionIn(terminal.root).id).toBe(id);
  });

  it('says with it which server a flag has named', async () => {
    const { url } = await scriptedServer([final('Blue.')]);
    const command = [process.execPath, BIN, '--host', url];
    const terminal = openTerminal(command, temporaryRepository(), { columns: 200 });
    await terminal.waitFor(AT_PROMPT);
    terminal.type('what colour?\r');
    await terminal.waitFor(/Blue\.[^]*mini-coding-agent>$/);
    terminal.type('/exit\r');
    expect(await terminal.ended).toBe(0);
    expect(terminal.screen()).toContain(
      `\nTo resume this session: node ${BIN} --host ${url} --resume `,
    );
  });

  inStress('says nothing of a session without a request that reached a model', async () => {
    const terminal = await terminalScene();
    await terminal.waitFor(AT_PROMPT);
    terminal.server.push({ status: 500, body: '{"error":"broken"}' });
    terminal.type('hello\r');
    await terminal.waitFor(/broken[^]*mini-coding-agent>$/);
    terminal.type('/exit\r');
    expect(await terminal.ended).toBe(0);
    expect(terminal.screen()).not.toContain('To resume');
  });
});

inStress('Tab offers the models of the server, and the paths behind !', async () => {
  const terminal = await terminalScene([], {
    models: ['qwen3.5:4b', 'gemma3:4b'],
    files: { 'to do.txt': 'milk\n' },
  });
  await terminal.waitFor(AT_PROMPT);
  terminal.type('/model g\t');
  await terminal.waitFor(/\/model gemma3:4b$/);
  terminal.type('\r');
  await terminal.waitFor('Switched to gemma3:4b');
  terminal.type('!cat to\t\r');
  await terminal.waitFor(/!cat to\\ do\.txt\s+milk\s+exit 0/);
});

inStress('Ctrl-C ends a command of the person, and keeps what it printed', async () => {
  const terminal = await terminalScene([final('Seen.')]);
  await terminal.waitFor(AT_PROMPT);
  terminal.type('!echo begun; sleep 100\r');
  await terminal.waitFor(/^begun$/m);
  terminal.type('\u0003');
  await terminal.waitFor(/interrupted · \d+\.\d s\s+mini-coding-agent>$/);
  terminal.type('what was it?\r');
  await terminal.waitFor('Seen.');
  expect(terminal.server.calls.at(-1)?.prompt).toContain('exit_code: none\nstdout:\nbegun\n');
});
