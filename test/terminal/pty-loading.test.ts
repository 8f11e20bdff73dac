/** Enter while the server still loads the model, as a person sees it. */
import { expect, it, vi } from 'vitest';
import { final } from '../support/ollama-server.ts';
import { pause } from '../support/pause.ts';
import { startProgram } from '../support/program.ts';
import { inStress, some } from '../support/stress.ts';
import { AT_PROMPT, terminalScene } from '../support/terminal.ts';

const CTRL_C = '\u0003';
const LOADING = /> go\n\S loading the model… · \d+ s$/;

it.each(some(1, [40, 100]))(
  'the row shows it in %i columns, then of the prompt, and leaves no trace',
  async (columns) => {
    const [load, reply] = [pause(), pause()];
    const script = [{ raw: [reply.over, '{"response":"<final>Done.</final>","done":true}\n'] }];
    const terminal = await terminalScene(script, { columns, answersAfter: load.over });
    await terminal.waitFor(AT_PROMPT);
    terminal.type('go\r');
    await terminal.waitFor(LOADING);
    load.goOn();
    await terminal.waitFor(/> go\n\S reading the prompt · \d+ s/);
    reply.goOn();
    await terminal.waitFor(/> go\nDone\.\n[^]*\nmini-coding-agent>$/);
    expect(terminal.screen()).not.toMatch(/loading|reading/);
  },
);

inStress(
  'the row tells when the server no longer loads, but reads the beginning of the prompt',
  async () => {
    const [load, ahead, reply] = [pause(), pause(), pause()];
    const script = [{ raw: [reply.over, '{"response":"<final>Done.</final>","done":true}\n'] }];
    const waits = { answersAfter: load.over, warmUpAfter: ahead.over };
    const terminal = await terminalScene(script, waits);
    await terminal.waitFor(AT_PROMPT);
    terminal.type('go\r');
    await terminal.waitFor(LOADING);
    load.goOn();
    await terminal.waitFor(/> go\n\S reading the prompt · \d+ s · ~\S+ tokens$/);
    ahead.goOn();
    await terminal.waitFor(/> go\n\S reading the prompt · \d+ s · ~\d+ of ~\S+ tokens are new$/);
    reply.goOn();
    await terminal.waitFor(/> go\nDone\.\n[^]*\nmini-coding-agent>$/);
  },
);

inStress('Ctrl-C removes the row, and the prompt returns', async () => {
  const { over, goOn } = pause();
  const terminal = await terminalScene([], { answersAfter: over });
  await terminal.waitFor(AT_PROMPT);
  terminal.type('go\r');
  await terminal.waitFor(LOADING);
  terminal.type(CTRL_C);
  await terminal.waitFor(/> go\nInterrupted\.\n[^]*\nmini-coding-agent>$/);
  expect(terminal.screen()).not.toContain('loading');
  goOn();
});

inStress('a load that fails replaces the row with a message', async () => {
  const { over, goOn } = pause();
  const script = [{ status: 500, body: '{"error":"no memory left"}' }];
  const terminal = await terminalScene(script, { answersAfter: over });
  await terminal.waitFor(AT_PROMPT);
  terminal.type('go\r');
  await terminal.waitFor(LOADING);
  goOn();
  await terminal.waitFor(/> go\nmini-coding-agent: [^]*no memory left[^]*\nmini-coding-agent>$/);
  expect(terminal.screen()).not.toContain('loading');
});

inStress('piped input never shows the row, however long the model loads', async () => {
  const { over, goOn } = pause();
  const script = [final('Done.'), final('Done.'), final('Done.')];
  const terminal = await terminalScene(script, { answersAfter: over });
  const where = { cwd: terminal.root, host: terminal.server.url };
  const print = startProgram(['-p', 'go'], where);
  const piped = startProgram([], where);
  print.child.stdin.end();
  piped.child.stdin.end('go\n');
  const shows = () => terminal.server.paths.filter((path) => path === '/api/show');
  await vi.waitUntil(() => shows().length === 3, 10_000); // the terminal's warm-up is one
  await terminal.waitFor(AT_PROMPT);
  terminal.type('go\r');
  await terminal.waitFor('loading the model… · 1 s'); // a row would be there long since
  goOn();
  expect(await print.ended).toEqual({ code: 0, stdout: 'Done.\n', stderr: '' });
  const { stdout, stderr } = await piped.ended;
  expect(stdout).toMatch(/\nmini-coding-agent> go\nDone\.\n\nmini-coding-agent> \n$/);
  expect(stdout + stderr).not.toContain('loading');
});
