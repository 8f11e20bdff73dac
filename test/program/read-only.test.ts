/** Files without write permission, which renames could replace. Root may write every file. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { final, toolCall } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { temporaryFolder } from '../support/workspace.ts';

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

it('a file in a read-only folder is not created, undone or redone, either, and nobody is asked', async () => {
  const write = (name: string) => toolCall('write_file', { path: name, content: 'new\n' });
  const script = [write('open/a.txt'), write('shut/b.txt'), final('Done.')];
  const files = { 'open/x': '', 'shut/x': '' };
  const { root, run, server } = await scene(
    [...script, write('shut/c.txt'), final('Done.')],
    files,
  );
  const home = temporaryFolder();
  if (isRoot) [root, home].forEach(giveAway);
  const how = { env: { HOME: home, XDG_STATE_HOME: home }, ...(isRoot && { uid: NOBODY }) };
  const lines = ['go', 'y', 'y', '!chmod 555 shut', '/undo', 'more', '!chmod 755 shut', '/undo'];
  const { stdout } = await run([], [...lines, ''].join('\n'), how);
  const denied = 'is in a folder that is read-only (no write permission)';
  expect(stdout).toContain(`Nothing undone:\n  shut/b.txt ${denied}\n`);
  expect(stdout).toContain(`write_file: shut/c.txt ${denied}`);
  expect(server.calls.at(-1)?.prompt).toContain(`shut/c.txt ${denied}`);
  expect(stdout).toContain('Undone: go\n  open/a.txt: deleted\n  shut/b.txt: deleted\n');
});

/** Gives a folder with all in it to a user who is not root. */
function giveAway(folder: string): void {
  for (const name of ['.', ...fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
    fs.chownSync(path.join(folder, name), NOBODY, NOBODY);
  }
}

it('a read-only file is changed by no edit, no undo and no redo, which say so', async () => {
  const write = (name: string) => toolCall('write_file', { path: name, content: 'new\n' });
  const patch = (name: string) =>
    toolCall('patch_file', { path: name, old_text: 'old', new_text: 'new' });
  const edits = [write('locked.txt'), ...['locked.txt', 'a.txt', 'b.txt'].map(patch)];
  const script = [...edits, final('Done.')];
  const files = { 'locked.txt': 'old\n', 'a.txt': 'old\n', 'b.txt': 'old\n' };
  const { root, run, server } = await scene(script, files);
  fs.chmodSync(path.join(root, 'locked.txt'), 0o444);
  const home = temporaryFolder();
  if (isRoot) [root, home].forEach(giveAway);
  const how = { env: { HOME: home, XDG_STATE_HOME: home }, ...(isRoot && { uid: NOBODY }) };
  const lines = ['go', '!chmod 444 b.txt', '/undo', '!chmod 644 b.txt', '/undo'];
  const again = ['!chmod 444 a.txt', '/redo'];
  const { stdout } = await run(['--approval', 'auto'], [...lines, ...again, ''].join('\n'), how);
  for (const name of ['write_file', 'patch_file']) {
    const error = `${name}: locked.txt is read-only (no write permission)`;
    expect(stdout).toContain(error);
    expect(server.calls.some(({ prompt }) => prompt.includes(error))).toBe(true);
  }
  expect(stdout).toContain('Nothing undone:\n  b.txt is read-only (no write permission)\n');
  expect(stdout).toContain('Undone: go\n  a.txt: restored\n  b.txt: restored\n');
  expect(stdout).toContain('Nothing redone:\n  a.txt is read-only (no write permission)\n');
  const texts = Object.keys(files).map((name) => fs.readFileSync(path.join(root, name), 'utf8'));
  expect(texts).toEqual(['old\n', 'old\n', 'old\n']);
});
