import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { BIN, scene, startProgram } from '../support/program.ts';
import { some } from '../support/stress.ts';
import { temporaryFolder } from '../support/workspace.ts';
import { variedWord } from '../support/varied.ts';

/** Far more than a pipe holds, in one piece, and no list in which only numbers change. */
const lineOf = (at: number) => `Line ${at} of the answer: ${variedWord(at)}.\n`;
const LINES = Array.from({ length: 3_300 }, (_, at) => lineOf(at));
const response = `<final>${LINES.join('')}</final>`;
const LONG = { raw: [`${JSON.stringify({ response, done: true })}\n`] };

describe('a reader that goes away', () => {
  it.each(
    some(1, [
      ['the answer', "'go on and on' </dev/null", 'Line 0 of the answer: 0.'],
      ['the answer alone', "-p 'go on and on' </dev/null", 'Line 0 of the answer: 0.'],
      [
        'each event',
        "--output-format stream-json 'go on and on' </dev/null",
        expect.stringContaining('"type":"session"'),
      ],
      ['the conversation', '', expect.stringMatching(/^\+=+\+$/)],
    ]),
  )('while it is given %s ends the program without a word', async (_, args, firstLine) => {
    const { root, server } = await scene([LONG, LONG]);
    const program = `"${process.execPath}" "${BIN}" ${args}`;
    const script = `printf 'more\\nand more\\n' | { ${program}; echo "exit code $?" >&2; } | head -1`;
    const env = { ...process.env, NO_COLOR: '1', OLLAMA_HOST: server.url };
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', script], { cwd: root, env });
    expect(stdout.trimEnd()).toEqual(firstLine);
    expect(stderr).toBe('exit code 0\n');
  });
});

it('a reader that begins after the last record is written gets all of a long answer', async () => {
  const { root, server } = await scene([LONG]);
  const program = `"${process.execPath}" "${BIN}" -p 'go on and on' </dev/null`;
  const isOver = `grep -qs '"reason":"answer"' .mini-coding-agent/sessions/*.jsonl`;
  const script = `${program} | { until ${isOver}; do sleep 0.02; done; cat; }`;
  const env = { ...process.env, NO_COLOR: '1', OLLAMA_HOST: server.url };
  const { stdout } = await promisify(execFile)('sh', ['-c', script], { cwd: root, env });
  expect(stdout).toBe(LINES.join(''));
});

it('a closed pipe during the help is not a bug', async () => {
  const program = startProgram(['--help'], { cwd: temporaryFolder() });
  program.child.stdout.destroy();
  expect(await program.ended).toMatchObject({ code: 0, stderr: '' });
});

it.skipIf(!fs.existsSync('/dev/full')).each(some(1, ['-p hi', '--help']))(
  'a full disk is reported, with its own exit code: %s',
  async (args) => {
    const { root, server } = await scene(['<final>Hello.</final>']);
    const script = `"${process.execPath}" "${BIN}" ${args} </dev/null >/dev/full; echo "exit code $?"`;
    const env = { ...process.env, NO_COLOR: '1', OLLAMA_HOST: server.url };
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', script], { cwd: root, env });
    expect(stdout).toBe('exit code 74\n');
    expect(stderr).toMatch(/^mini-coding-agent: Cannot write the output: ENOSPC[^\n]*\n$/);
  },
);
