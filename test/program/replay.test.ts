/** `--replay`: a recorded session again, against the repository as it is. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram, scene } from '../support/program.ts';
import { toolCall } from '../support/ollama-server.ts';
import { inStress } from '../support/stress.ts';
import { temporaryFolder, temporaryRepository } from '../support/workspace.ts';
import { onlySessionIn, sessionsIn, type SessionFile } from './session-files.ts';

const NO_SERVER = 'http://127.0.0.1:9';

/** Replays a file in a repository with these files, and answers the questions. */
async function replay(
  file: string,
  files: Record<string, string>,
  input: string,
  env: NodeJS.ProcessEnv = {},
) {
  const cwd = temporaryRepository(files);
  const args = ['--replay', file];
  const result = await runProgram(args, { cwd, input, host: NO_SERVER, env });
  return { ...result, cwd };
}

/** A log of these records, in a folder of its own. */
function logOf(...records: object[]): string {
  const created_at = '2026-04-01T14:40:25.000Z';
  const id = '20260401-144025-2dd0aa';
  const session = {
    type: 'session',
    version: 1,
    id,
    workspace_root: '/w',
    model: 'm\u001b[2J',
    parent: null,
  };
  const lines = [session, ...records].map((record) => JSON.stringify({ ...record, created_at }));
  return path.join(temporaryFolder({ 'a.jsonl': `${lines.join('\n')}\n` }), 'a.jsonl');
}

const model = (content: string) => ({
  type: 'model',
  content,
  done_reason: 'stop',
  usage: { prompt_chars: 1 },
});
const run = (command: string) =>
  model(`<tool>{"name":"run_shell","args":{"command":"${command}"}}</tool>`);

/** The delegate's last: two ids of one second have no order. */
const byParent = (one: SessionFile, other: SessionFile) =>
  Number(one.records[0]?.['parent'] !== null) - Number(other.records[0]?.['parent'] !== null);

describe('a replay', () => {
  inStress('makes the same session of what the program recorded, delegates included', async () => {
    const script = [
      toolCall('write_file', {}),
      toolCall('delegate', { task: 'look into a.txt' }),
      toolCall('read_file', { path: 'a.txt' }),
      '<final>It says one.</final>',
      toolCall('write_file', { path: 'b.txt', content: 'two\n' }),
      '<final>Done.</final>',
    ];
    const files = { 'a.txt': 'one\n' };
    const { root, run: record } = await scene(script, files);
    await record(['--approval', 'auto', 'make b.txt']);
    const recorded = sessionsIn(root);
    expect(recorded).toHaveLength(2);
    const [parent] = recorded.filter(({ records }) => records[0]?.['parent'] === null);

    const { code, stdout, stderr, cwd } = await replay(parent?.path ?? '', files, 'y\n');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('mini-coding-agent> make b.txt\n');
    expect(stdout).toContain('Replayed: 1 request, 0 different results.');
    expect(fs.readFileSync(path.join(cwd, 'b.txt'), 'utf8')).toBe('two\n');
    const said = (all: typeof recorded) =>
      all
        .toSorted(byParent)
        .map(({ records }) =>
          records
            .filter(({ type }) =>
              ['user', 'model', 'tool', 'notice', 'assistant'].includes(String(type)),
            )
            .map(({ type, content, constrained }) => ({ type, content, constrained })),
        );
    expect(said(sessionsIn(cwd))).toEqual(said(recorded));
  });

  it('tells where a result differs, and goes on; an edit that does not fit is an error', async () => {
    const script = [
      toolCall('read_file', { path: 'a.txt' }),
      toolCall('patch_file', { path: 'a.txt', old_text: 'one', new_text: 'two' }),
      '<final>Done.</final>',
    ];
    const { root, run: record } = await scene(script, { 'a.txt': 'one\n' });
    await record(['--approval', 'auto', 'change it']);
    const { path: file } = onlySessionIn(root);
    const { code, stdout, cwd } = await replay(file, { 'a.txt': 'three\n' }, '');
    expect(code).toBe(0);
    expect(stdout).toContain('first in line 2: "   1: three", recorded: "   1: one"');
    expect(stdout).toContain('recorded: "patched a.txt"');
    expect(stdout).toContain('Done.');
    expect(stdout).toContain('2 different results');
    expect(fs.readFileSync(path.join(cwd, 'a.txt'), 'utf8')).toBe('three\n');
  });

  it('asks about each call: neither always nor a policy of the settings answers for the person', async () => {
    const file = logOf(
      { type: 'user', content: 'go' },
      run('touch ran'),
      run('touch ran'),
      model('<final>ok</final>'),
    );
    const settings = '{"approval": "never"}';
    const config = temporaryFolder({ 'mini-coding-agent/config.json': settings });
    const env = { XDG_CONFIG_HOME: config };
    const { stdout, cwd } = await replay(file, {}, 'a\nn\nn\n', env);
    expect(stdout.match(/Allow run_shell\? \[y\/N\/e\]/g)).toHaveLength(3);
    expect(stdout).toContain('In a replay, each call is asked about.');
    expect(fs.existsSync(path.join(cwd, 'ran'))).toBe(false);
  });

  inStress(
    'runs no recorded command of the person, and lets no text of the file act on the terminal',
    async () => {
      const file = logOf(
        { type: 'command', command: 'touch ran', content: '\u001b]0;title\u0007' },
        { type: 'user', content: 'go \u001b[2J' },
        { type: 'failure', kind: 'busy', message: 'too \u001b[2J much' },
        { type: 'undo', edits: [] },
        { type: 'user', content: 'again' },
        model('<final>ok</final>'),
      );
      const { code, stdout, stderr, cwd } = await replay(file, {}, 'y\n'.repeat(9));
      expect(code).toBe(0);
      expect(stdout + stderr).not.toContain('\u001b');
      expect(stdout).toContain('mini-coding-agent> !touch ran\n');
      expect(stdout).toContain('(recorded, not run)');
      expect(stderr).toContain('The recorded call failed: too \\x1b[2J much');
      expect(stdout).toMatch(/mini-coding-agent> again\nok/);
      expect(fs.existsSync(path.join(cwd, 'ran'))).toBe(false);
    },
  );

  inStress('of a delegation whose log is missing replays its answer, and says so', async () => {
    const child = '20260401-144026-3ee1bb';
    const content = 'delegate_result:\nIt says one.';
    const file = logOf(
      { type: 'user', content: 'look' },
      model('<tool>{"name":"delegate","args":{"task":"look"}}</tool>'),
      { type: 'tool', name: 'delegate', args: {}, content, ok: true, child },
      model('<final>ok</final>'),
    );
    const { stdout } = await replay(file, {}, '');
    expect(stdout).toContain("the delegate's log is not beside the recording");
    expect(stdout).toContain('0 different results');
    expect(stdout).toMatch(/^ok$/m);
  });

  inStress('says where the recording ends before the request does', async () => {
    const file = logOf(
      { type: 'user', content: 'go' },
      model('<tool>{"name":"list_files","args":{}}</tool>'),
    );
    const { code, stdout, stderr } = await replay(file, {}, '');
    expect(code).toBe(0);
    expect(stdout).toContain('the recording has no result of this call');
    expect(stderr).toContain('The recording has no further reply to this request.');
  });
});
