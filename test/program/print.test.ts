import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { final, toolCall } from '../support/ollama-server.ts';
import { transcriptOf } from '../support/conversation.ts';
import { scene } from '../support/program.ts';
import { inStress } from '../support/stress.ts';

describe('--print', () => {
  it('prints the answer alone', async () => {
    const { run } = await scene(['', toolCall('list_files'), final('One file.')], { a: '' });
    expect(await run(['-p', 'count'])).toEqual({ code: 0, stdout: 'One file.\n', stderr: '' });
  });

  it('takes piped input as part of the request', async () => {
    const { server, run } = await scene([final('A poem.'), final('A line.')]);
    await run(['-p', 'What', 'is this?'], 'Roses are red\nViolets are blue\n');
    const request = 'What is this?\n\nRoses are red\nViolets are blue';
    expect(transcriptOf(server.calls[0]?.prompt ?? '')).toBe(`[user] ${request}`);
    await run(['--print'], 'Only piped.\n');
    expect(transcriptOf(server.calls[1]?.prompt ?? '')).toBe('[user] Only piped.');
  });

  it('without a prompt and without input is wrong usage', async () => {
    const { root, run } = await scene();
    const { code, stdout, stderr } = await run(['-p'], ' \n');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--print');
    expect(fs.readdirSync(root)).toEqual(['.git']);
  });

  inStress(
    'denies what would need approval, and says so to the person and to the model',
    async () => {
      const write = toolCall('write_file', { path: 'new.txt', content: 'x' });
      const { root, server, run } = await scene([write, final('It was not allowed.')]);
      const { code, stdout, stderr } = await run(['-p', 'write'], 'y\ny\n');
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'It was not allowed.\n' });
      expect(stderr).toMatch(/write_file was not run: .*--approval auto/);
      expect(server.calls[1]?.prompt).toContain('error: write_file was not approved: with --print');
      expect(fs.existsSync(path.join(root, 'new.txt'))).toBe(false);
    },
  );

  inStress('says why there is no answer', async () => {
    const { run } = await scene([toolCall('list_files'), toolCall('list_files')]);
    const { code, stdout, stderr } = await run(['-p', '--max-steps', '1', 'count']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^mini-coding-agent: Stopped at the step limit \(1\).*\n$/);
  });

  inStress('runs it if the policy is auto', async () => {
    const write = toolCall('write_file', { path: 'new.txt', content: 'x' });
    const { root, run } = await scene([write, final('Written.')]);
    const result = await run(['-p', '--approval', 'auto', 'write']);
    expect(result).toEqual({ code: 0, stdout: 'Written.\n', stderr: '' });
    expect(fs.readFileSync(path.join(root, 'new.txt'), 'utf8')).toBe('x');
  });
});
