import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { lineSchema, resultSchema, type OutputLine } from '../../src/cli/json-lines.ts';
import { final, toolCall } from '../support/ollama-server.ts';
import { BIN, scene, type ProgramResult } from '../support/program.ts';
import { inStress, some } from '../support/stress.ts';
import { onlySessionIn, sessionsIn } from './session-files.ts';
import { variedWord } from '../support/varied.ts';

const STREAM = ['--output-format', 'stream-json'];
const JSON_ONLY = ['--output-format', 'json'];

/** The lines of an output; each must have a documented form. */
function linesOf({ stdout }: Pick<ProgramResult, 'stdout'>): OutputLine[] {
  expect(stdout).toMatch(/\n$/);
  return stdout
    .slice(0, -1)
    .split('\n')
    .map((line) => lineSchema.parse(JSON.parse(line)));
}

const typesOf = (lines: OutputLine[]) => [...new Set(lines.map(({ type }) => type))];

describe('--output-format stream-json', () => {
  it('writes each event on its own line, the session first and the end last', async () => {
    const replies = [toolCall('list_files'), '', final('One "file".\nReally.')];
    const { root, run } = await scene(replies, { 'a.txt': '' });
    const result = await run([...STREAM, 'how', 'many?']);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const lines = linesOf(result);
    const { id } = onlySessionIn(root);
    const { version } = packageJson;
    expect(lines[0]).toEqual({
      type: 'session',
      version,
      session: id,
      workspace: root,
      model: 'qwen3.5:4b',
    });
    expect(typesOf(lines).join(' ')).toBe(
      'session model_start model_delta model_end tool_start tool_end malformed final',
    );
    expect(lines).toContainEqual({ type: 'tool_start', name: 'list_files', args: {} });
    expect(lines.at(-1)).toMatchObject({
      type: 'final',
      reason: 'answer',
      text: 'One "file".\nReally.',
      exit_code: 0,
      session: id,
      steps: 1,
      usage: { model_calls: 3 },
    });
    const raw = lines.flatMap((line) => (line.type === 'model_delta' ? [line.raw] : []));
    expect(raw.join('')).toBe(replies.join(''));
  });

  inStress('marks what a delegate does', async () => {
    const delegate = toolCall('delegate', { task: 'look', max_steps: 2 });
    const replies = [delegate, toolCall('list_files'), final('Nothing.'), final('It is empty.')];
    const { run } = await scene(replies);
    const lines = linesOf(await run([...STREAM, 'look']));
    const calls = lines.filter(({ type }) => type === 'tool_start');
    expect(calls.map((line) => 'depth' in line && line.depth)).toEqual([false, 1]);
    expect(lines).toContainEqual({ type: 'final', reason: 'answer', text: 'Nothing.', depth: 1 });
    expect(lines.at(-1)).toMatchObject({ reason: 'answer', steps: 1, usage: { model_calls: 4 } });
  });

  it('denies what would need approval, and says so in the result and on standard error', async () => {
    const write = toolCall('write_file', { path: 'a.txt', content: 'x' });
    const { run } = await scene([write, final('It was not allowed.')]);
    const result = await run([...STREAM, 'write'], 'y\n');
    expect(result).toMatchObject({ code: 0, stderr: expect.stringContaining('--approval auto') });
    expect(linesOf(result)).toContainEqual(
      expect.objectContaining({
        type: 'tool_end',
        ok: false,
        content: expect.stringContaining('was not approved: with --print nobody can be asked'),
      }),
    );
  });

  inStress('reports the kind of a server failure, and ends with exit code 1', async () => {
    const { server, run } = await scene([{ status: 500, body: '{"error":"crashed"}' }]);
    const failed = await run([...STREAM, 'hi']);
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('crashed') });
    const [error, end] = linesOf(failed).slice(-2);
    expect(error).toMatchObject({ type: 'error', kind: 'protocol' });
    expect(end).toMatchObject({ type: 'final', reason: 'error', exit_code: 1 });
    await server.close();
    const away = linesOf(await run([...STREAM, 'hi']));
    expect(typesOf(away)).toEqual(['session', 'error', 'final']);
    expect(away[1]).toMatchObject({ kind: 'unreachable' });
  });

  inStress('ends with exit code 3 without an answer', async () => {
    const { run } = await scene([toolCall('list_files'), toolCall('list_files')]);
    const result = await run([...STREAM, '--max-steps', '1', 'hi']);
    expect(result.code).toBe(3);
    expect(linesOf(result).at(-1)).toMatchObject({ reason: 'step_limit', exit_code: 3, steps: 1 });
  });

  it.each(
    some(1, [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const),
  )('reports %s, and ends with exit code %i', async (signal, code) => {
    const { server, start } = await scene([{ text: 'Well, ', stall: true }]);
    const program = start([...STREAM, 'hi']);
    program.child.stdin.end();
    await server.arrived(0);
    await program.shows('Well');
    program.child.kill(signal);
    const result = await program.ended;
    expect(result.code).toBe(code);
    const last = linesOf(result).at(-1);
    expect(last).toMatchObject({ type: 'final', reason: 'interrupted', exit_code: code });
  });

  inStress('does not wait for a reader when interrupted', async () => {
    const lines = Array.from(
      { length: 3_000 },
      (_, at) => `${variedWord(at)} is a word of the reply.\n`,
    );
    const response = lines.join(''); // far more than a pipe holds
    const raw = [`${JSON.stringify({ response })}\n`];
    const { root, server } = await scene([{ raw, stall: true }]);
    const env = { ...process.env, OLLAMA_HOST: server.url };
    const child = spawn(process.execPath, [BIN, ...STREAM, 'hi'], { cwd: root, env });
    child.stdin.end();
    child.stdout.on('readable', () => undefined); // nothing is read
    await vi.waitUntil(() => child.stdout.readableLength > 10_000, { timeout: 5_000 });
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(onlySessionIn(root).records.at(-1)).toMatchObject({ reason: 'interrupted' });
  });

  it('is JSON without control characters, whatever the model says', async () => {
    const hostile = 'red \u001b[31m back \u202e \u009b2J \u{e0041} 漢字';
    const { run } = await scene([final(hostile)]);
    const result = await run([...STREAM, 'hi']);
    // eslint-disable-next-line no-control-regex
    expect(result.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]|\u{e0041}/u);
    expect(linesOf(result).at(-1)).toMatchObject({ text: hostile });
    expect(result.stdout).toContain('漢字');
  });
});

describe('--output-format json', () => {
  it('prints the result alone', async () => {
    const { root, run } = await scene([toolCall('list_files'), final('Empty.')]);
    const { code, stdout, stderr } = await run(JSON_ONLY, 'What is here?\n');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(resultSchema.parse(JSON.parse(stdout))).toMatchObject({
      reason: 'answer',
      text: 'Empty.',
      exit_code: 0,
      session: onlySessionIn(root).id,
      steps: 1,
    });
  });

  inStress('prints it for a failure too', async () => {
    const { server, run } = await scene();
    await server.close();
    const { code, stdout } = await run([...JSON_ONLY, 'hi']);
    expect(code).toBe(1);
    const result = resultSchema.parse(JSON.parse(stdout));
    expect(result).toMatchObject({ reason: 'error', exit_code: 1, steps: 0 });
  });

  it('without a request is wrong usage, and prints nothing', async () => {
    const { root, run } = await scene();
    const { code, stdout } = await run(JSON_ONLY, '');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(sessionsIn(root)).toEqual([]);
  });
});

it('is documented in docs/scripting.md, each line with each of its keys', () => {
  const docs = fs.readFileSync(
    path.resolve(import.meta.dirname, '../../docs/scripting.md'),
    'utf8',
  );
  for (const { shape } of lineSchema.options) {
    const { type, ...keys } = shape;
    const row = docs.split('\n').find((line) => line.startsWith(`| \`${type.value}\` `));
    for (const key of Object.keys(keys)) {
      expect(key === 'depth' ? docs : row).toContain(key === 'depth' ? '"depth": 1' : `\`${key}\``);
    }
  }
});

inStress('--output-format text is --print', async () => {
  const { run } = await scene([toolCall('list_files'), final('Empty.')]);
  const result = await run(['--output-format', 'text', 'hi']);
  expect(result).toEqual({ code: 0, stdout: 'Empty.\n', stderr: '' });
});
