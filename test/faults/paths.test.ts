import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastTurnOf, transcriptOf } from '../support/conversation.ts';
import { final, toolCall } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { temporaryFolder } from '../support/workspace.ts';
import { after } from '../program/after.ts';
import { inStress } from '../support/stress.ts';

describe('what is hidden', () => {
  it('does not show in lists and searches', async () => {
    const inner = ['.mini-coding-agent', 'node_modules', '__pycache__', '.venv'];
    const files = Object.fromEntries(inner.map((name) => [`${name}/needle.txt`, 'needle\n']));
    const replies = [toolCall('list_files'), toolCall('search', { pattern: 'needle' })];
    const { told } = await after(replies, { ...files, 'Seen.txt': 'needle\n', 'src/b.ts': '' });
    expect(transcriptOf(told)).toContain(
      '[user] Result of list_files:\n[D] src\n[F] Seen.txt\n[ass',
    );
    expect(lastTurnOf(told)).toBe('Result of search:\nSeen.txt:1:needle');
  });
});

describe('confinement', () => {
  it('keeps every file tool inside the workspace, links included', async () => {
    const outside = temporaryFolder({ 'secret.txt': 'the secret' });
    const { root, server, run } = await scene();
    fs.symlinkSync(outside, path.join(root, 'link'));
    fs.symlinkSync(path.join(outside, 'secret.txt'), path.join(root, 'file-link'));
    fs.symlinkSync(path.join(outside, 'not-yet'), path.join(root, 'dangling'));
    const sibling = `${root}-sibling`;
    const ways = [
      '..',
      '/etc',
      '../x',
      'link',
      'link/secret.txt',
      'file-link',
      'dangling',
      sibling,
    ];
    const paths = [...ways, path.join(outside, 'secret.txt'), 'a\0b', 'src/../../x'];
    const replies = paths.flatMap((name) => [
      toolCall('list_files', { path: name }),
      toolCall('read_file', { path: name }),
      toolCall('search', { pattern: 'secret', path: name }),
      toolCall('write_file', { path: name, content: 'hacked' }),
      toolCall('patch_file', { path: name, old_text: 'the', new_text: 'no' }),
      toolCall('write_file', { path: `${name}/new.txt`, content: 'hacked' }),
    ]);
    server.push(...replies, final('Done.'));
    const { code } = await run(['--approval', 'auto', '--max-steps', '99', '-p', 'break out']);
    expect(code).toBe(0);
    expect(server.calls).toHaveLength(replies.length + 1);
    for (const [index, { prompt }] of server.calls.slice(1).entries()) {
      const result = lastTurnOf(prompt);
      expect(result, replies[index]).toMatch(/\nerror: invalid arguments for \w+: .*\nexample: /);
    }
    expect(fs.readdirSync(outside)).toEqual(['secret.txt']);
    expect(fs.readFileSync(path.join(outside, 'secret.txt'), 'utf8')).toBe('the secret');
    expect(fs.existsSync(sibling)).toBe(false);
  });

  inStress('has a control: a link that stays inside is followed', async () => {
    const { root, server, run } = await scene([], { 'real.txt': 'inside\n' });
    fs.symlinkSync('real.txt', path.join(root, 'link.txt'));
    server.push(toolCall('read_file', { path: 'link.txt' }), final('Done.'));
    await run(['read']);
    expect(server.calls[1]?.prompt).toContain('# link.txt\n   1: inside<|im_end|>');
  });

  it('protects what others would run, wherever it is written from', async () => {
    const names = ['.git/config', '.GIT/hooks/pre-commit', '.mini-coding-agent/x'];
    const more = ['.vscode/x', '.bashrc'];
    const writes = [...names, ...more].map((file) =>
      toolCall('write_file', { path: file, content: 'x' }),
    );
    const { root, told } = await after([
      ...writes,
      toolCall('write_file', { path: 'a', content: 'x' }),
    ]);
    for (const name of [...names, ...more]) {
      expect(told).toContain(`error: invalid arguments for write_file: ${name} is protected`);
    }
    expect(fs.readFileSync(path.join(root, '.git', 'config'), 'utf8')).not.toBe('x');
    expect(fs.readFileSync(path.join(root, 'a'), 'utf8')).toBe('x');
  });
});
