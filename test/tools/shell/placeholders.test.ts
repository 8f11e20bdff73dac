import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { holdPlaces } from '../../../src/tools/shell/placeholders.ts';
import { protectionOf } from '../../../src/tools/shell/protected.ts';
import { git, temporaryRepository } from '../../support/workspace.ts';

const PLACEHOLDERS = ['commondir', 'config.worktree', 'hooks'];

describe('a placeholder in the folder of git', () => {
  it('is protected, changes nothing for git, and is removed again; an empty folder stays', () => {
    const root = temporaryRepository({ a: '' });
    const inGit = () => fs.readdirSync(path.join(root, '.git')).toSorted();
    const before = inGit();
    const { release } = holdPlaces(root);
    const { fixed } = protectionOf(root, { HOME: '/nowhere' });
    expect(fixed).toEqual(
      expect.arrayContaining(PLACEHOLDERS.map((name) => path.join(root, '.git', name))),
    );
    expect(git(root, 'log', '--format=%s')).toBe('first commit\n');
    expect(git(root, 'fsck', '--strict')).toBe('');
    release();
    expect(inGit()).toEqual([...before, 'hooks'].toSorted());
  });

  it('stays until the last of its holders has released it', () => {
    const root = temporaryRepository({ a: '' });
    const commondir = path.join(root, '.git', 'commondir');
    const [one, two, three] = [holdPlaces(root), holdPlaces(root), holdPlaces(root)];
    one.release();
    three.release();
    expect(fs.readFileSync(commondir, 'utf8')).toBe('.\n');
    two.release();
    expect(fs.existsSync(commondir)).toBe(false);
  });

  it('is removed where another folder of git cannot have one, and what was killed on the way is too', () => {
    const root = temporaryRepository({ a: '' });
    git(root, 'worktree', 'add', '-q', 'tree');
    const tree = path.join(root, 'tree');
    fs.renameSync(path.join(root, '.git'), path.join(tree, 'data'));
    const own = path.join(tree, 'data/worktrees/tree');
    fs.writeFileSync(path.join(tree, '.git'), `gitdir: ${own}\n`);
    fs.writeFileSync(path.join(tree, 'data/mini-coding-agent'), '');
    const before = fs.readdirSync(own);
    expect(() => holdPlaces(tree)).toThrow("git's settings cannot be protected");
    expect(fs.readdirSync(own).toSorted()).toEqual([...before, 'hooks'].toSorted());

    fs.rmSync(path.join(tree, 'data/mini-coding-agent'));
    const { release } = holdPlaces(tree);
    const dead = spawnSync('true').pid;
    fs.writeFileSync(path.join(tree, `data/mini-coding-agent/lock.${dead}`), '');
    release();
    expect(fs.existsSync(path.join(tree, 'data/mini-coding-agent'))).toBe(false);
  });

  it('is left in place if something else has used it meanwhile', () => {
    const root = temporaryRepository({ a: '' });
    const { release } = holdPlaces(root);
    fs.writeFileSync(path.join(root, '.git', 'hooks', 'mine'), '');
    fs.writeFileSync(path.join(root, '.git', 'config.worktree'), '[core]\n');
    release();
    expect(fs.existsSync(path.join(root, '.git', 'hooks', 'mine'))).toBe(true);
    expect(fs.existsSync(path.join(root, '.git', 'config.worktree'))).toBe(true);
  });

  it('that an agent left which was killed is removed by the next', () => {
    const root = temporaryRepository({ a: '' });
    const folder = path.join(root, '.git', 'mini-coding-agent');
    holdPlaces(root);
    const [holder = ''] = fs.readdirSync(folder);
    const dead = JSON.stringify({ pid: process.pid, started: '1' }); // another had this id before
    fs.writeFileSync(path.join(folder, holder), dead);
    holdPlaces(root).release();
    expect(fs.existsSync(folder)).toBe(false);
    expect(fs.existsSync(path.join(root, '.git', 'commondir'))).toBe(false);
  });
});
