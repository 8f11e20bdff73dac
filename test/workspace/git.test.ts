import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { childEnvironment } from '../../src/tools/shell/environment.ts';
import { listGitFiles, readGit, type GitFacts } from '../../src/workspace/git.ts';
import { NO_ANSWER } from '../../src/workspace/repository.ts';
import { git, temporaryFolder, temporaryRepository } from '../support/workspace.ts';
import { inStress, some } from '../support/stress.ts';

const env = childEnvironment(process.env);

async function factsOf(root: string): Promise<GitFacts> {
  const facts = await readGit(root, env);
  if ('reason' in facts) throw new Error(facts.reason);
  return facts;
}

it('reads root, branch, default branch, status and the last five commits', async () => {
  const root = temporaryRepository({ 'a.txt': 'a', 'sub/b.txt': 'b' });
  for (const subject of ['two', 'three', 'four', 'five', 'six']) {
    git(root, 'commit', '-q', '--allow-empty', '-m', `${subject}\n\nand a body`);
  }
  git(root, 'checkout', '-q', '-b', 'topic/x');
  git(root, 'update-ref', 'refs/remotes/origin/trunk', 'HEAD');
  git(root, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk');
  fs.writeFileSync(path.join(root, 'a.txt'), 'changed');
  fs.writeFileSync(path.join(root, 'sub/new.txt'), '');

  const facts = await factsOf(root);
  expect(facts).toMatchObject({ branch: 'topic/x', defaultBranch: 'trunk' });
  expect(String(facts.status).split('\n').toSorted()).toEqual([' M a.txt', '?? sub/new.txt']);
  const subjects = facts.recentCommits.map((line) => line.replace(/^[0-9a-f]+ /, ''));
  expect(subjects).toEqual(['six', 'five', 'four', 'three', 'two']);
});

it('lists the files that are tracked or could be, from the root, by their own names', async () => {
  const root = temporaryRepository({
    'a.txt': '',
    'sub/é "b"\n.txt': '',
    '.gitignore': 'ignored\n',
  });
  fs.writeFileSync(path.join(root, 'ignored'), '');
  fs.writeFileSync(path.join(root, 'sub/new.txt'), '');
  const files = await listGitFiles(root, env);
  expect(files?.toSorted()).toEqual(['.gitignore', 'a.txt', 'sub/new.txt', 'sub/é "b"\n.txt']);
  expect(await listGitFiles(temporaryFolder(), env)).toBeUndefined();
});

it('reads a repository that has no commits and no remote', async () => {
  const root = temporaryFolder();
  git(root, 'init', '-q', '-b', 'trunk');
  expect(await readGit(root, env)).toEqual({
    branch: 'trunk',
    defaultBranch: '-',
    status: '',
    recentCommits: [],
  });
});

it.each(
  some(2, [
    ['master', ['master', 'topic']],
    ['main', ['master', 'main']],
    ['-', ['topic', 'main/x']],
  ]),
)('without a remote takes %s as the default branch if there is %j', async (name, branches) => {
  const root = temporaryRepository();
  git(root, 'checkout', '-q', '--detach');
  git(root, 'branch', '-q', '-D', 'main');
  for (const branch of branches) git(root, 'branch', '-q', branch);
  git(root, 'config', 'init.defaultBranch', ''); // whatever the person's own setting is
  expect(await readGit(root, env)).toMatchObject({ defaultBranch: name });
});

it('takes the branch that new repositories are to begin with, where there is one', async () => {
  const root = temporaryRepository();
  git(root, 'branch', '-q', 'trunk');
  git(root, 'config', 'init.defaultBranch', 'trunk');
  expect(await readGit(root, env)).toMatchObject({ defaultBranch: 'trunk' });
  git(root, 'config', 'init.defaultBranch', 'gone');
  expect(await readGit(root, env)).toMatchObject({ defaultBranch: 'main' });
});

it('names files in the status as they are, not by octal codes', async () => {
  const root = temporaryRepository({ 'Änderung.md': 'a', '日本語.txt': 'a' });
  git(root, 'config', 'core.quotePath', 'true');
  fs.writeFileSync(path.join(root, 'Änderung.md'), 'b');
  git(root, 'mv', '日本語.txt', 'naïve 😀.txt');
  const { status } = await factsOf(root);
  expect(status).toBe('R  日本語.txt -> "naïve 😀.txt"\n M Änderung.md');
});

it('reads a subject as git shows it, in one line of at most 120 characters', async () => {
  const root = temporaryRepository();
  const subject = `fix ò "x" | ${'long '.repeat(40)}`;
  git(root, 'commit', '-q', '--allow-empty', '-m', subject);
  const shown = git(root, 'log', '-1', '--oneline', '--no-decorate').trim();
  const facts = await factsOf(root);
  expect(facts.recentCommits[0]).toBe(`${shown.slice(0, 119)}…`);
});

it('reads subjects that hold the marks of a library, or are in another encoding, as they are', async () => {
  const root = temporaryRepository();
  const subjects = ['a\u001fb òò c', 'START ¤ END', 'für \u001e alle'];
  for (const subject of subjects) git(root, 'commit', '-q', '--allow-empty', '-m', subject);
  git(root, 'config', 'i18n.logOutputEncoding', 'latin1');
  const { recentCommits } = await factsOf(root);
  const read = recentCommits.map((commit) => commit.replace(/^\w+ /, ''));
  expect(read.slice(0, 3)).toEqual(
    subjects.toReversed().map((subject) => subject.replace(/\s+/g, ' ')),
  );
});

it.each([
  [
    'names a branch that was not fetched',
    'trunk',
    (root: string) => {
      git(root, 'remote', 'add', 'origin', 'https://example.com/x.git');
      git(root, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk');
    },
  ],
  [
    'is no symbolic ref',
    'main',
    (root: string) => git(root, 'update-ref', 'refs/remotes/origin/HEAD', 'HEAD'),
  ],
])('where the HEAD of the remote %s takes %s as the default branch', async (_what, name, set) => {
  const root = temporaryRepository();
  set(root);
  expect(await readGit(root, env)).toMatchObject({ defaultBranch: name });
});

it('knows no branch when the head is detached', async () => {
  const root = temporaryRepository();
  git(root, 'checkout', '-q', '--detach');
  expect(await readGit(root, env)).toMatchObject({ branch: '-', status: '' });
});

it('names the branch as the user does when a tag has the same name', async () => {
  const root = temporaryRepository();
  git(root, 'tag', 'main');
  expect(await readGit(root, env)).toMatchObject({ branch: 'main' });
});

it('says that git is not installed where it is not', async () => {
  const noGit = { ...env, PATH: temporaryFolder() };
  expect(await readGit(temporaryRepository(), noGit)).toEqual({ reason: 'git is not installed' });
});

it('is not pointed elsewhere by variables of a hook', async () => {
  const root = temporaryRepository();
  const elsewhere = temporaryRepository();
  git(elsewhere, 'branch', '-q', '-m', 'elsewhere');
  const hookEnv = { ...env, GIT_DIR: path.join(elsewhere, '.git'), GIT_WORK_TREE: elsewhere };
  expect(await readGit(root, hookEnv)).toMatchObject({ branch: 'main' });
});

it('writes nothing to the repository, not even the refreshed index that plain git writes', async () => {
  const root = temporaryRepository({ 'a.txt': 'a' });
  const index = () => fs.readFileSync(path.join(root, '.git/index'));
  const before = index();
  fs.utimesSync(path.join(root, 'a.txt'), 1_800_000_000, 1_800_000_000);
  expect(await readGit(root, env)).toMatchObject({ status: '' });
  expect(index()).toEqual(before);
  git(root, 'status');
  expect(index()).not.toEqual(before);
});

it.each(
  some(2, [
    ['log.decorate', 'full'],
    ['log.showSignature', 'true'],
    ['status.branch', 'true'],
    ['color.status', 'always'],
    ['color.ui', 'always'],
  ]),
)('gives the same answer when %s is set to %s', async (name, value) => {
  const root = temporaryRepository({ 'a.txt': 'a' });
  fs.writeFileSync(path.join(root, 'new.txt'), '');
  const plain = await readGit(root, env);
  git(root, 'config', name, value);
  expect(await readGit(root, env)).toEqual(plain);
});

/** An environment in which git is this script. */
function withGit(script: string): NodeJS.ProcessEnv {
  const folder = temporaryFolder({ git: `#!/bin/sh\n${script}\n` });
  fs.chmodSync(path.join(folder, 'git'), 0o755);
  return { ...env, PATH: `${folder}:${env['PATH']}` };
}

const realGit = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();

/** The questions that git is asked about a repository. */
async function questionsAbout(root: string): Promise<string[]> {
  const log = path.join(temporaryFolder(), 'log');
  await readGit(root, withGit(`echo "$*" >> '${log}'\nexec '${realGit}' "$@"`));
  const lines = fs.readFileSync(log, 'utf8').trimEnd().split('\n');
  return lines.map((line) => /^(?:-c \S+ )*([a-z-]+)/.exec(line)?.[1] ?? line);
}

describe('a repository', () => {
  const ASKED = ['rev-parse', 'log', 'status'];

  it.each<[string, string[], (root: string) => void]>([
    ['is clean', ASKED, () => undefined],
    [
      'has one branch, as a clone has',
      ASKED,
      (root) => {
        git(root, 'remote', 'add', 'origin', '/nowhere');
        git(root, 'update-ref', 'refs/remotes/origin/trunk', 'HEAD');
        git(root, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk');
      },
    ],
    ['has several branches', [...ASKED, 'config'], (root) => git(root, 'branch', 'topic')],
    [
      'has one branch with another name',
      [...ASKED, 'config'],
      (root) => git(root, 'branch', '-m', 'topic'),
    ],
    [
      'has a remote that was never fetched',
      [...ASKED, 'config', 'symbolic-ref'],
      (root) => {
        git(root, 'remote', 'add', 'origin', '/nowhere');
      },
    ],
    [
      'has settings of a filter',
      [...ASKED, 'config'],
      (root) => git(root, 'config', 'FILTER.a.clean', 'cat'),
    ],
    [
      'has settings in another file',
      [...ASKED, 'config'],
      (root) => git(root, 'config', 'include.path', 'x'),
    ],
    [
      'has settings of its work tree',
      [...ASKED, 'config'],
      (root) => {
        git(root, 'config', 'extensions.worktreeConfig', 'true');
      },
    ],
    [
      'has more settings than are read here',
      [...ASKED, 'config'],
      (root) => {
        fs.appendFileSync(path.join(root, '.git/config'), '# \n'.repeat(30_000));
      },
    ],
  ])('that %s is asked only what is needed', async (_, asked, change) => {
    const root = temporaryRepository({ 'a.txt': 'a' });
    change(root);
    expect((await questionsAbout(root)).toSorted()).toEqual(asked.toSorted());
  });

  it('that is the linked work tree of another one is asked for its settings', async () => {
    const root = temporaryRepository({ 'a.txt': 'a' });
    const linked = path.join(temporaryFolder(), 'linked');
    git(root, 'checkout', '-q', '--detach');
    git(root, 'worktree', 'add', '-q', linked, 'main');
    expect(await questionsAbout(fs.realpathSync(linked))).toContain('config');
  });
});

it('does not wait on a timer after a git that prints nothing', async () => {
  const root = temporaryRepository({ 'a.txt': 'a' });
  git(root, 'remote', 'add', 'origin', '/nowhere'); // of which git says nothing, either
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  expect(await readGit(root, env)).toMatchObject({ status: '', defaultBranch: 'main' });
});

describe('a git that hangs', () => {
  it('is given up, and nothing is known', async () => {
    const hanging = withGit('exec sleep 60');
    expect(await readGit(temporaryRepository(), hanging, 200)).toEqual(NO_ANSWER);
  });

  inStress('is given up though a program that it started keeps running', async () => {
    const root = temporaryRepository();
    const pids = path.join(temporaryFolder(), 'pids');
    onTestFinished(() => {
      for (const pid of fs.readFileSync(pids, 'utf8').split('\n'))
        if (pid) process.kill(Number(pid));
    });
    // The program keeps the output of git open, long after git itself was killed.
    const hanging = withGit(`sleep 60 & echo $! >> '${pids}'; wait`);
    expect(await readGit(root, hanging, 1_000)).toEqual(NO_ANSWER);
  });

  it('leaves the status unknown, which is not the same as clean', async () => {
    const root = temporaryRepository();
    const slow = `case "$*" in *' status '*) exec sleep 60 ;; esac\nexec '${realGit}' "$@"`;
    const facts = await readGit(root, withGit(slow), 1_500);
    expect(facts).toMatchObject({ branch: 'main', status: NO_ANSWER });
  });
});
