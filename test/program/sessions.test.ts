import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { final, toolCall } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { inStress } from '../support/stress.ts';
import { git } from '../support/workspace.ts';
import { onlySessionIn } from './session-files.ts';

const modeOf = (file: string) => (fs.statSync(file).mode & 0o777).toString(8);

describe('a session on disk', () => {
  it('has one JSON record per line of what was said and done, is private, and not seen by git', async () => {
    const list = toolCall('list_files');
    const replies = ['', { text: list, promptEvalCount: 900 }, final('One file.')];
    const { root, run } = await scene(replies, { a: '' });
    await run(['-m', 'small:1b', 'how many files?']);
    const { id, records } = onlySessionIn(root);
    expect(id).toMatch(/^\d{8}-\d{6}-[0-9a-f]{6}$/);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const stamp = { created_at: time };
    const times = { began_at: time, ...stamp };
    const model = { type: 'model', done_reason: 'stop', usage: expect.anything(), ...times };
    const args = { path: '.' };
    const origin = { model: 'small:1b', parent: null };
    expect(records).toEqual([
      { type: 'session', version: 1, id, workspace_root: root, ...origin, ...stamp },
      { type: 'user', content: 'how many files?', ...stamp },
      {
        type: 'epoch',
        why: 'start',
        version: packageJson.version,
        model: 'small:1b',
        system: expect.stringContaining('\n\nWorkspace:\n'),
        examples: expect.arrayContaining([expect.objectContaining({ role: 'assistant' })]),
        memory: '',
        num_ctx: 16_384,
        settings: { temperature: 0.2, top_p: 0.9, keep_alive: '30m' },
        snapshot: expect.objectContaining({ root, branch: 'main', status: 'clean' }),
        route: 'raw',
        template: expect.objectContaining({ afterReply: '<|im_end|>\n<|im_start|>user\n' }),
        ...stamp,
      },
      { ...model, content: '' },
      { type: 'notice', content: expect.stringContaining('empty'), ...stamp },
      {
        ...model,
        content: list,
        constrained: true,
        usage: expect.objectContaining({ prompt_tokens: 900 }),
      },
      {
        type: 'tool',
        name: 'list_files',
        args,
        content: '[F] a',
        ok: true,
        traits: {},
        ...times,
        elapsed_ms: expect.any(Number),
      },
      { ...model, content: '<final>One file.</final>' },
      { type: 'assistant', content: 'One file.', reason: 'answer', ...stamp },
    ]);

    const home = path.join(root, '.mini-coding-agent');
    expect(fs.readFileSync(path.join(home, '.gitignore'), 'utf8')).toBe('*\n');
    expect(modeOf(home)).toBe('700');
    expect(modeOf(path.join(home, 'sessions'))).toBe('700');
    expect(modeOf(onlySessionIn(root).path)).toBe('600');
    expect(git(root, 'status', '--short')).toBe('');
    expect(fs.readdirSync(path.join(home, 'sessions'))).toHaveLength(1); // no lock is left
  });

  inStress('is where /session says, from the first request on', async () => {
    const { root, start } = await scene([final('Hello.')]);
    const program = start([]);
    await program.shows('mini-coding-agent> ');
    expect(fs.readdirSync(root)).toEqual(['.git']);
    program.child.stdin.write('hi\n');
    await program.shows('Hello.');
    expect(onlySessionIn(root).records.map(({ type }) => type)).toContain('user');
    program.child.stdin.end('/session\n');
    expect((await program.ended).stdout).toContain(`\n${onlySessionIn(root).path}\n`);
  });

  inStress('is not created by commands alone', async () => {
    const { root, run } = await scene();
    await run([], '/help\n/memory\n/session\n/context\n/compact\n/reset\n');
    expect(fs.readdirSync(root)).toEqual(['.git']);
  });

  it('contains what led to a risky tool by the time it runs', async () => {
    const command = `grep -o '^{"type":"[a-z]*"' .mini-coding-agent/sessions/*.jsonl`;
    const { root, run } = await scene([toolCall('run_shell', { command }), final('Done.')]);
    await run(['--approval', 'auto', 'look']);
    const tool = onlySessionIn(root).records.find(({ type }) => type === 'tool');
    const seen = String(tool?.['content'])
      .split('\n')
      .filter((line) => line.startsWith('{'));
    const types = seen.map((line) => (JSON.parse(`${line}}`) as { type: string }).type);
    expect(types).toEqual(['session', 'user', 'epoch', 'model']);
  });

  it('is not written through a link in the repository', async () => {
    const { root, run } = await scene([final('Hello.')]);
    const outside = fs.mkdtempSync(path.join(root, '..', 'mca-test-outside-'));
    fs.symlinkSync(outside, path.join(root, '.mini-coding-agent'));
    const { code, stdout, stderr } = await run(['hi']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Hello.\n' });
    expect(stderr).toContain('cannot be saved');
    expect(execFileSync('find', [outside, '-type', 'f'], { encoding: 'utf8' })).toBe('');
    fs.rmSync(outside, { recursive: true });
  });
});
