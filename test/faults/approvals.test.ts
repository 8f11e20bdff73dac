/** What a yes covers, and what may change between the question and the yes. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Approvals } from '../../src/tools/approval.ts';
import { Gate } from '../../src/tools/gate.ts';
import { allTools } from '../../src/tools/index.ts';
import { final, toolCall } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { inStress, some } from '../support/stress.ts';
import { never, temporaryFolder, toolContext } from '../support/workspace.ts';

describe('a yes', () => {
  const append = toolCall('run_shell', { command: 'echo once >> ran.txt' });

  it('is for one call: the same one is asked about again', async () => {
    const { root, run } = await scene([append, append, final('Done.')]);
    const { code, stderr } = await run(['go'], 'y\nn\n');
    expect({ code, asked: stderr.match(/Allow run_shell\?/g) }).toMatchObject({
      code: 0,
      asked: { length: 2 },
    });
    expect(fs.readFileSync(path.join(root, 'ran.txt'), 'utf8')).toBe('once\n');
  });

  it.each(some(1, ['yes to all', 'y y', 'all', 'yep', 'ja']))(
    'is y or yes: %s is a no, and the model is told what was typed',
    async (answer) => {
      const { root, server, run } = await scene([append, final('Done.')]);
      const { code, stderr } = await run(['go'], `${answer}\n`);
      expect(code).toBe(0);
      expect(stderr).toContain('Allow run_shell?');
      expect(fs.existsSync(path.join(root, 'ran.txt'))).toBe(false);
      expect(server.calls.at(-1)?.prompt).toContain(
        `run_shell was not approved: the user said: ${answer}`,
      );
    },
  );

  it.each(some(1, [' ALWAYS ', 'a', 'always']))(
    'to always, %s, is for exactly that command, and for this run of the program',
    async (answer) => {
      const other = toolCall('run_shell', { command: 'echo once >> ran.txt # not the same' });
      const { root, server, run } = await scene([append, append, other, final('Done.')]);
      const { code, stderr } = await run(['go'], `${answer}\nn\n`);
      expect({ code, asked: stderr.match(/Allow run_shell\?/g)?.length }).toEqual({
        code: 0,
        asked: 2,
      });
      expect(fs.readFileSync(path.join(root, 'ran.txt'), 'utf8')).toBe('once\nonce\n');
      server.push(append, final('Done.'));
      expect((await run(['--resume', 'latest', 'again'], 'n\n')).stderr).toContain(
        'Allow run_shell?',
      );
    },
  );

  inStress('to always, for an edit, is for that tool alone', async () => {
    const write = (name: string) => toolCall('write_file', { path: name, content: 'new' });
    const patch = toolCall('patch_file', { path: 'a.txt', old_text: 'new', new_text: 'newer' });
    const { root, run } = await scene([write('a.txt'), write('b.txt'), patch, final('Done.')]);
    const { stderr } = await run(['go'], 'a\n');
    expect(stderr.match(/Allow \w+/g)).toEqual(['Allow write_file', 'Allow patch_file']);
    const texts = ['a.txt', 'b.txt'].map((name) => fs.readFileSync(path.join(root, name), 'utf8'));
    expect(texts).toEqual(['new', 'new']);
  });
});

/** What replaces a file while the question is open. */
const SWAPS: [what: string, swap: (file: string) => void][] = [
  ['a link out of the workspace', (file) => fs.symlinkSync('../outside/secret.txt', file)],
  ['a link to a place that does not exist', (file) => fs.symlinkSync('../outside/new', file)],
  ['a link to a protected file', (file) => fs.symlinkSync('.git/config', file)],
  ['a FIFO', (file) => execFileSync('mkfifo', [file])],
  ['a folder', (file) => fs.mkdirSync(file)],
];

describe.each([
  ['write_file', { path: 'a.txt', content: 'new' }],
  ['patch_file', { path: 'a.txt', old_text: 'old', new_text: 'new' }],
])('while the question about %s is open, its file can become', (name, args) => {
  /** Makes the call; the person says yes, after this has happened. */
  async function approvedAfter(meanwhile: (file: string) => void) {
    const top = temporaryFolder({
      'repo/a.txt': 'old',
      'repo/.git/config': 'old',
      'outside/secret.txt': 'old',
    });
    const file = path.join(top, 'repo/a.txt');
    const gate = new Gate({
      tools: allTools,
      context: toolContext(path.join(top, 'repo')),
      approvals: new Approvals('ask'),
      ask() {
        meanwhile(file);
        return Promise.resolve({ allowed: true });
      },
      beforeRisky: () => Promise.resolve(),
    });
    return { top, file, result: await gate.run({ name, args }, never) };
  }

  it.each(SWAPS)('%s, and nothing is written', async (_what, swap) => {
    const { top, file, result } = await approvedAfter((old) => {
      fs.rmSync(old);
      swap(old);
    });
    expect(result).toMatchObject({ ok: false, content: expect.stringMatching(/^error: /) });
    for (const other of ['repo/.git/config', 'outside/secret.txt']) {
      expect(fs.readFileSync(path.join(top, other), 'utf8'), other).toBe('old');
    }
    expect(fs.readdirSync(path.join(top, 'outside'))).toEqual(['secret.txt']);
    expect(fs.lstatSync(file).isFile()).toBe(false);
  });

  it('newer, though the agent never read it, and the newer text stays', async () => {
    const { file, result } = await approvedAfter((old) => fs.writeFileSync(old, 'old and newer'));
    expect(result).toMatchObject({ ok: false });
    expect(result.content).toContain('a.txt has changed since you last saw it: read it again');
    expect(fs.readFileSync(file, 'utf8')).toBe('old and newer');
  });

  it('gone, and it is not written', async () => {
    const { file, result } = await approvedAfter((old) => fs.rmSync(old));
    expect(result).toMatchObject({ ok: false });
    expect(fs.existsSync(file)).toBe(false);
  });

  it('nothing else, and it is written', async () => {
    const { file, result } = await approvedAfter(() => undefined);
    expect(result).toMatchObject({ ok: true });
    expect(fs.readFileSync(file, 'utf8')).toBe('new');
  });
});
