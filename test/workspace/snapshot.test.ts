import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { childEnvironment } from '../../src/tools/shell/environment.ts';
import { glanceAt } from '../../src/workspace/glance.ts';
import { takeSnapshot } from '../../src/workspace/snapshot.ts';
import { git, temporaryFolder, temporaryRepository } from '../support/workspace.ts';

const env = childEnvironment(process.env);

it('uses the git root around the folder as the workspace root', async () => {
  const root = temporaryRepository({ 'README.md': 'hello', 'app/main.py': '' });
  expect(await takeSnapshot(path.join(root, 'app'), env)).toEqual({
    cwd: path.join(root, 'app'),
    root,
    branch: 'main',
    defaultBranch: 'main',
    status: 'clean',
    recentCommits: [expect.stringMatching(/^[0-9a-f]{7,} first commit$/)],
    docs: [{ path: 'README.md', text: 'hello' }],
  });
});

it('resolves the folder when it is a link', async () => {
  const root = temporaryRepository();
  const link = path.join(temporaryFolder(), 'link');
  fs.symlinkSync(root, link);
  expect(await takeSnapshot(link, env)).toMatchObject({ cwd: root, root });
});

it('works in a folder without git, and says so', async () => {
  const folder = temporaryFolder({ 'README.md': 'hello' });
  const snapshot = await takeSnapshot(folder, env);
  expect(snapshot).toMatchObject({ cwd: folder, root: folder, branch: '-' });
  expect(snapshot).toMatchObject({ status: 'not a git repository', recentCommits: [] });
  expect(snapshot.docs).toHaveLength(1);
});

it.each([
  ['HEAD is missing', (gitFolder: string) => fs.rmSync(path.join(gitFolder, 'HEAD'))],
  ['the index is broken', (gitFolder: string) => fs.writeFileSync(`${gitFolder}/index`, 'x')],
])('says that the status is unknown, not clean, when %s', async (_what, damage) => {
  const root = temporaryRepository({ 'a.txt': 'a' });
  damage(path.join(root, '.git'));
  expect((await takeSnapshot(root, env)).status).toMatch(/^unknown/);
});

it('says that the status is unknown when there is a repository and no git', async () => {
  const root = temporaryRepository();
  const snapshot = await takeSnapshot(root, { ...env, PATH: temporaryFolder() });
  expect(snapshot).toMatchObject({ root, branch: '-', recentCommits: [] });
  expect(snapshot.status).toMatch(/^unknown/);
});

it.each([['EDITOR'], ['PAGER']])(
  'knows the status when the user hands %s on to child processes',
  async (name) => {
    const root = temporaryRepository();
    const snapshot = await takeSnapshot(root, { ...env, [name]: 'cat' });
    expect(snapshot.status).toBe('clean');
  },
);

it.each([
  ['beside the folder', (root: string) => path.join(root, '../elsewhere')],
  ['above the folder', path.dirname],
  ['of everything', () => '/'],
])('does not let a repository name a work tree %s as its root', async (_where, nameOf) => {
  const top = temporaryFolder({ 'repo/a.txt': 'a', 'elsewhere/b.txt': 'b' });
  const root = path.join(top, 'repo');
  git(root, 'init', '-q', '-b', 'main');
  git(root, 'config', 'core.worktree', nameOf(root));
  expect((await takeSnapshot(root, env)).root).toBe(root);
});

it('takes the root of a linked work tree of the user', async () => {
  const root = temporaryRepository({ 'app/a.txt': 'a' });
  const other = path.join(temporaryFolder(), 'other');
  git(root, 'worktree', 'add', '-q', '-b', 'topic', other);
  const snapshot = await takeSnapshot(path.join(other, 'app'), env);
  expect(snapshot).toMatchObject({ root: other, branch: 'topic', status: 'clean' });
});

it('fails with a code when there is no such folder', async () => {
  const missing = path.join(temporaryFolder(), 'missing');
  await expect(takeSnapshot(missing, env)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(fs.existsSync(missing)).toBe(false);
});

describe('at a glance', () => {
  it.each<[string, (root: string) => unknown]>([
    ['on a branch', (root) => git(root, 'checkout', '-q', '-b', 'topic/x')],
    ['without a commit', (root) => git(root, 'checkout', '-q', '--orphan', 'new')],
    ['with a detached head', (root) => git(root, 'checkout', '-q', '--detach')],
    ['with a broken head', (root) => fs.writeFileSync(path.join(root, '.git/HEAD'), 'ref: x\n')],
    ['without a repository', (root) => fs.rmSync(path.join(root, '.git'), { recursive: true })],
    [
      'with a .git that leads nowhere',
      (root) => {
        fs.rmSync(path.join(root, '.git'), { recursive: true });
        fs.writeFileSync(path.join(root, '.git'), 'gitdir: /nowhere\n');
      },
    ],
  ])('a workspace %s is as git sees it, but for status and history', async (_, change) => {
    const root = temporaryRepository({ 'README.md': 'hello' });
    change(root);
    const { cwd, docs, branch } = await takeSnapshot(root, env);
    expect(glanceAt(root)).toMatchObject({ cwd, root, docs, branch });
  });

  it('a linked work tree has its own branch', () => {
    const linked = path.join(temporaryFolder(), 'linked');
    git(temporaryRepository(), 'worktree', 'add', '-q', '-b', 'other', linked);
    expect(glanceAt(linked).branch).toBe('other');
  });

  it('a repository that keeps its refs in tables has no branch to read', () => {
    const root = temporaryRepository();
    fs.writeFileSync(path.join(root, '.git/HEAD'), 'ref: refs/heads/.invalid\n');
    expect(glanceAt(root).branch).toBe('-');
  });
});
