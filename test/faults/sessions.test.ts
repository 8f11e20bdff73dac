/** Session files that somebody else wrote. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { final } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { inStress } from '../support/stress.ts';

const ID = '20260401-144025-2dd0aa';
const created_at = '2026-04-01T14:40:25.000Z';
const HOSTILE = '\u001b]52;c;cm0gLXJm\u0007\u009b2J\u202e\u200b\rover';
const SHOWN = '\\x1b]52;c;cm0gLXJm\\x07\\x9b2J\\u202e\\u200b';
/** Everything that steers a terminal or hides text, except line ends. */
// eslint-disable-next-line no-control-regex
const STEERING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e]/;

/** A repository that brings a session of these records, and the program in it. */
async function withSession(workspaceRoot: string | undefined, records: object[]) {
  const { root, server, run } = await scene();
  const header = { type: 'session', version: 1, id: ID, model: 'm', parent: null, created_at };
  const lines = [{ ...header, workspace_root: workspaceRoot ?? root }, ...records];
  const folder = path.join(root, '.mini-coding-agent/sessions');
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${ID}.jsonl`);
  fs.writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return { root, server, run, folder, file };
}

it('the text of a session is shown escaped, wherever it appears', async () => {
  const { server, run } = await withSession(undefined, [
    { type: 'user', content: HOSTILE, created_at },
    {
      type: 'tool',
      name: 'read_file',
      args: { path: HOSTILE },
      content: HOSTILE,
      ok: true,
      created_at,
    },
    { type: 'note', content: HOSTILE, created_at },
    { type: 'assistant', content: HOSTILE, reason: 'answer', created_at },
  ]);
  server.push(final('Hello.'));
  const { code, stdout, stderr } = await run(['-c'], '/memory\n/context\n/session\nhi\n/memory\n');
  expect(code).toBe(0);
  expect(stdout).toContain(`task: ${SHOWN}`);
  expect(stdout + stderr).not.toMatch(STEERING);
  expect(server.calls[0]?.prompt).toContain(HOSTILE.slice(0, 10)); // so it was read
});

inStress('the workspace that a session names is shown escaped', async () => {
  const other = fs.mkdtempSync(`/tmp/mca-test-\u001b[2J\u202e`);
  try {
    const records = [{ type: 'user', content: 'hi', created_at }];
    const { run, folder } = await withSession(other, records);
    // Only there it is another's: otherwise, the folder was moved.
    fs.cpSync(path.dirname(folder), path.join(other, '.mini-coding-agent'), { recursive: true });
    const { code, stdout, stderr } = await run(['--resume', ID]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('belongs to another workspace, /tmp/mca-test-\\x1b[2J\\u202e');
    expect(stderr).not.toMatch(STEERING);
  } finally {
    fs.rmSync(other, { recursive: true });
  }
});

inStress('a FIFO with the name of a session delays nothing', async () => {
  const { root, server, run, folder, file } = await withSession(undefined, []);
  fs.rmSync(file);
  execFileSync('mkfifo', [file]);
  const named = await run(['--resume', ID, 'hi']);
  expect(named).toMatchObject({ code: 2, stderr: expect.stringContaining('Cannot read') });
  server.push(final('Hello.'));
  expect(await run(['-c', 'hi'])).toMatchObject({ code: 0, stdout: 'Hello.\n' });
  expect(fs.readdirSync(folder).filter((name) => name.endsWith('.jsonl'))).toHaveLength(2);
  expect(fs.readdirSync(root)).toContain('.mini-coding-agent');
});
