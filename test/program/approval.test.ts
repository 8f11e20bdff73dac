import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { final, toolCall } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { inStress } from '../support/stress.ts';

const CALLS = [
  toolCall('read_file', { path: 'write.txt' }),
  toolCall('run_shell', { command: 'echo changed > shell.txt' }),
  toolCall('write_file', { path: 'write.txt', content: 'changed\n' }),
  toolCall('patch_file', { path: 'patch.txt', old_text: 'original', new_text: 'changed' }),
];
const FILES = Object.fromEntries(
  ['shell', 'write', 'patch'].map((name) => [`${name}.txt`, 'original\n']),
);
const TOOLS = ['run_shell', 'write_file', 'patch_file'];

/** Runs all of them: which changed their file, what was asked, what the model was told. */
async function runWith(policy: string[], input = '') {
  const { root, server, run } = await scene([...CALLS, final('Done.')], FILES);
  const { code, stderr } = await run([...policy, 'change them'], input);
  expect(code).toBe(0);
  const contents = Object.keys(FILES).map((name) => fs.readFileSync(path.join(root, name), 'utf8'));
  const told = server.calls.at(-1)?.prompt ?? '';
  return { changed: contents.map((text) => text === 'changed\n'), stderr, told };
}

describe('the approval of risky tools', () => {
  it('is asked for by default, with everything that would run', async () => {
    const { changed, stderr } = await runWith([], 'y\ny\ny\n');
    expect(changed).toEqual([true, true, true]);
    for (const name of TOOLS) expect(stderr).toContain(`Allow ${name}`);
    const [shell = '', write = '', patch = ''] = stderr.split(/Allow .*\[y\/N[/abe]*\] /);
    expect(shell).toContain('echo changed > shell.txt');
    for (const text of ['write.txt', 'changed']) expect(write).toContain(text);
    for (const text of ['patch.txt', 'original', 'changed']) expect(patch).toContain(text);
  });

  inStress('leaves everything unchanged and tells the model when denied', async () => {
    const { changed, told } = await runWith(['--approval', 'ask'], 'no\n\nN\n');
    expect(changed).toEqual([false, false, false]);
    for (const name of TOOLS) {
      expect(told).toContain(`error: ${name} was not approved: the user said no`);
    }
  });

  inStress('is given by auto without a question', async () => {
    const { changed, stderr } = await runWith(['--approval', 'auto']);
    expect(changed).toEqual([true, true, true]);
    expect(stderr).not.toContain('Allow');
  });

  it('is refused by never without a question', async () => {
    const { changed, stderr, told } = await runWith(['--approval', 'never'], 'y\ny\ny\n');
    expect(changed).toEqual([false, false, false]);
    expect(stderr).not.toContain('Allow');
    for (const name of TOOLS) expect(told).toContain(`error: ${name} was not approved`);
  });
});

describe('the approval question', () => {
  inStress('is not asked for tools that only read', async () => {
    const reads = [
      toolCall('list_files'),
      toolCall('read_file', { path: 'a' }),
      toolCall('search', { pattern: 'x' }),
    ];
    const { run } = await scene([...reads, final('Done.')], { a: 'x\n' });
    const { code, stderr } = await run(['look']);
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/Allow|error/);
  });

  inStress(
    'shows what padding and control characters would hide, and no argument that is not used',
    async () => {
      const command = `echo fine${' '.repeat(300)}; \u001b[8mrm -rf important`;
      const extra = { command, explanation: 'harmless' };
      const { run } = await scene([toolCall('run_shell', extra), final('Done.')]);
      const { stderr } = await run(['go'], 'n\n');
      const question = stderr.slice(0, stderr.indexOf('Allow '));
      expect(question).toContain('[300 spaces]');
      expect(question).toContain('\\x1b[8mrm -rf important');
      expect(question.slice(question.indexOf('command:'))).not.toContain('harmless');
    },
  );
});
