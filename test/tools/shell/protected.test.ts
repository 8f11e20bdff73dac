import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { protectionOf } from '../../../src/tools/shell/protected.ts';
import { watch } from '../../../src/tools/shell/watch.ts';
import { some } from '../../support/stress.ts';
import { git, temporaryFolder, temporaryRepository } from '../../support/workspace.ts';

const env = { PATH: process.env['PATH'], HOME: '/nowhere' };

/** The protection with paths relative to the root, without names that never exist. */
function protectionIn(root: string) {
  const { pinned, fixed, loose } = protectionOf(root, env);
  const shown = (names: string[]) => names.map((name) => path.relative(root, name)).toSorted();
  const inGit = (name: string) => /git/.test(name);
  return { pinned: shown(pinned), fixed: shown(fixed), loose: shown(loose).filter(inGit) };
}

describe('what is protected', () => {
  it('is, in a repository, what git obeys and what the agent never writes', () => {
    const root = temporaryRepository({ '.bashrc': '', '.idea/x': '', a: '' });
    fs.rmSync(path.join(root, '.git', 'hooks'), { recursive: true, force: true });
    fs.mkdirSync(path.join(root, '.git', 'modules'));
    expect(protectionIn(root)).toEqual({
      pinned: ['.git', '.git/objects', '.git/objects/info'],
      fixed: ['.bashrc', '.git/config', '.git/modules', '.idea'],
      loose: [
        '.git/branches',
        '.git/commondir',
        '.git/config.worktree',
        '.git/hooks',
        '.git/info/attributes',
        '.git/mini-coding-agent',
        '.git/objects/info/alternates',
        '.git/remotes',
      ],
    });
    expect(protectionOf(root, env).loose).toContain(path.join(root, '.vscode'));
  });

  it.each(
    some(1, [
      ['cannot be started', '#!/nonexistent\n'],
      ['fails to end', '#!/bin/sh\nexec sleep 300\n'],
    ]),
  )(
    'is not known, and nothing runs, where a git %s that would read an include',
    (_what, script) => {
      const root = temporaryRepository({ a: '' });
      fs.appendFileSync(path.join(root, '.git/config'), '[include]\n\tpath = ../inc\n');
      const bin = temporaryFolder({ git: script });
      fs.chmodSync(path.join(bin, 'git'), 0o755);
      const PATH = `${bin}:${process.env['PATH']}`;
      expect(() => protectionOf(root, { HOME: '/nowhere', PATH })).toThrow(
        "git's settings cannot be read",
      );
    },
  );

  it('includes, without a repository, the names that would make one', () => {
    expect(protectionIn(temporaryFolder())).toEqual({ pinned: [], fixed: [], loose: ['.git'] });
  });

  it('includes, in a linked work tree, the file that points to its repository', () => {
    const repository = temporaryRepository();
    const tree = path.join(temporaryFolder(), 'tree');
    git(repository, 'worktree', 'add', '-q', tree);
    expect(protectionIn(tree)).toEqual({ pinned: [], fixed: ['.git'], loose: [] });
  });

  it('reaches a repository elsewhere in the workspace, all the way to it', () => {
    const root = temporaryFolder({ '.git': 'gitdir: deep/er/git\n' });
    fs.mkdirSync(path.join(root, 'deep', 'er'), { recursive: true });
    fs.rmSync(path.join(root, '.git'));
    git(root, 'init', '-q', '--separate-git-dir', 'deep/er/git');
    expect(protectionIn(root).pinned.slice(0, 3)).toEqual(['deep', 'deep/er', 'deep/er/git']);
    expect(protectionIn(root).fixed).toContain('deep/er/git/config');
  });

  it.each([
    ['leads outside', 'gitdir: /etc\n'],
    ['leads to the root itself', 'gitdir: .\n'],
    ['leads nowhere', 'gitdir: nowhere\n'],
    ['is not a pointer', 'gitdir'],
  ])('is only the pointer file where it %s', (_how, content) => {
    const root = temporaryFolder({ '.git': content });
    expect(protectionIn(root)).toEqual({ pinned: [], fixed: ['.git'], loose: [] });
  });
});

const NOTHING = { pinned: [], fixed: [], git: [] };

describe('a watched name', () => {
  it('that another program replaced while it was protected is reported', () => {
    const root = temporaryFolder({ '.bashrc': 'mine\n' });
    const watched = watch(protectionOf(root, env), root);
    expect(watched.settle()).toEqual([]);
    fs.writeFileSync(path.join(root, 'new'), 'other\n');
    fs.renameSync(path.join(root, 'new'), path.join(root, '.bashrc'));
    expect(watched.settle()).toEqual(['.bashrc was replaced by another program meanwhile']);
  });

  const at = (root: string, ...names: string[]) => names.map((name) => path.join(root, name));

  it('that stays as it is is not reported', () => {
    const root = temporaryFolder();
    fs.symlinkSync('nowhere', path.join(root, 'link'));
    expect(watch({ loose: at(root, 'absent', 'link'), ...NOTHING }, root).settle()).toEqual([]);
    expect(fs.readdirSync(root)).toEqual(['link']);
  });

  it('that was taken is freed, and what was made there is kept', () => {
    const root = temporaryFolder();
    const watched = watch({ loose: at(root, 'new'), ...NOTHING }, root);
    fs.mkdirSync(path.join(root, 'new'));
    fs.writeFileSync(path.join(root, 'new', 'x'), 'x');
    const [clause, ...others] = watched.settle();
    expect(others).toEqual([]);
    expect(clause).toMatch(/^new is protected: what was made there is now new\.kept-out-\w{6}$/);
    const [aside = ''] = fs.readdirSync(root);
    expect(clause).toContain(aside);
    expect(fs.readFileSync(path.join(root, aside, 'x'), 'utf8')).toBe('x');
  });

  it.each([
    ['removed', (link: string) => fs.rmSync(link)],
    [
      'replaced',
      (link: string) => {
        fs.rmSync(link);
        fs.writeFileSync(link, 'x');
      },
    ],
    [
      'turned',
      (link: string) => {
        fs.rmSync(link);
        fs.symlinkSync('elsewhere', link);
      },
    ],
  ])('that is a link and was %s is one again', (_how, change) => {
    const root = temporaryFolder();
    const link = path.join(root, 'link');
    fs.symlinkSync('target', link);
    const watched = watch({ loose: [link], ...NOTHING }, root);
    change(link);
    expect(watched.settle()).toHaveLength(1);
    expect(fs.readlinkSync(link)).toBe('target');
  });
});
