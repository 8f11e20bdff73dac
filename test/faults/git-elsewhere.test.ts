/** Git looks into the repository of the workspace and into no other, wherever it is led. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { childEnvironment, FOR_GIT } from '../../src/tools/shell/environment.ts';
import { listGitFiles, trackedBelow } from '../../src/workspace/git.ts';
import { looksAfter } from '../../src/workspace/look-again.ts';
import { takeSnapshot } from '../../src/workspace/snapshot.ts';
import { writeFile } from '../../src/tools/write-file.ts';

import { final } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { runTool } from '../support/run-tool.ts';
import { some } from '../support/stress.ts';
import { git, temporaryFolder, temporaryRepository, toolContext } from '../support/workspace.ts';

const env = childEnvironment(process.env);

/** A program that leaves a marker when it runs, and settings in which git runs it. */
function trap() {
  const folder = temporaryFolder();
  const marker = path.join(folder, 'it-ran');
  const program = path.join(folder, 'program');
  fs.writeFileSync(program, `#!/bin/sh\ntouch '${marker}'\ncat\n`, { mode: 0o755 });
  const config = `[filter "evil"]\n\tclean = ${program}\n[core]\n\tfsmonitor = ${program}\n`;
  return { ran: () => fs.existsSync(marker), config };
}

/** Makes a folder a repository in which `git status` runs the program of `config`. */
function makeEvil(folder: string, config: string): void {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'a.txt'), 'old');
  git(folder, 'init', '-q', '-b', 'main');
  git(folder, 'add', 'a.txt');
  git(folder, 'commit', '-q', '-m', 'evil');
  fs.appendFileSync(path.join(folder, '.git/config'), config);
  fs.writeFileSync(path.join(folder, '.gitattributes'), '*.txt filter=evil\n');
  fs.writeFileSync(path.join(folder, 'a.txt'), 'new');
  fs.utimesSync(path.join(folder, 'a.txt'), 1_800_000_000, 1_800_000_000); // git must read it
}

/** Makes two folders in the layout of a bare repository: the first names the second as work tree. */
function makeBareLayouts(folder: string, workTree: string, config: string): void {
  makeEvil(workTree, '');
  const settings = path.join(workTree, '.git/config');
  git(workTree, 'config', '-f', settings, 'core.worktree', workTree);
  fs.cpSync(path.join(workTree, '.git'), folder, { recursive: true });
  fs.appendFileSync(settings, config);
  fs.cpSync(path.join(workTree, '.git'), workTree, { recursive: true });
  fs.rmSync(path.join(workTree, '.git'), { recursive: true });
}

/** Where git is led to the settings of another repository: prepares it, returns where one starts. */
const places: [what: string, prepare: (root: string, config: string) => string][] = [
  [
    'a core.worktree beside the repository',
    (root, config) => {
      makeEvil(path.join(root, '../evil'), config);
      git(root, 'config', 'core.worktree', '../../evil');
      return root;
    },
  ],
  [
    'a core.worktree below the repository',
    (root, config) => {
      makeEvil(path.join(root, 'evil'), config);
      git(root, 'config', 'core.worktree', '../evil');
      return root;
    },
  ],
  [
    'a core.worktree of the work tree alone',
    (root, config) => {
      makeEvil(path.join(root, '../evil'), config);
      git(root, 'config', 'extensions.worktreeConfig', 'true');
      git(root, 'config', '--worktree', 'core.worktree', '../../evil');
      return root;
    },
  ],
  [
    'a folder in the layout of a bare repository, in which one starts',
    (root, config) => {
      makeBareLayouts(path.join(root, 'bare'), path.join(root, 'tree'), config);
      return path.join(root, 'bare');
    },
  ],
  [
    'the layout of a bare repository beside an empty .git',
    (root, config) => {
      fs.rmSync(path.join(root, '.git'), { recursive: true });
      makeBareLayouts(path.join(root, 'bare'), path.join(root, 'tree'), config);
      fs.cpSync(path.join(root, 'bare'), root, { recursive: true });
      fs.mkdirSync(path.join(root, '.git'));
      return root;
    },
  ],
  [
    'a pointer file to a repository with another work tree',
    (root, config) => {
      fs.rmSync(path.join(root, '.git'), { recursive: true });
      makeBareLayouts(path.join(root, 'data'), path.join(root, '../tree'), config);
      fs.writeFileSync(path.join(root, '.git'), 'gitdir: data\n');
      return root;
    },
  ],
];

describe('nothing runs that another repository names, though the workspace has', () => {
  it.each(some(4, places))('%s', async (_what, prepare) => {
    const { ran, config } = trap();
    const top = temporaryFolder({ 'repo/a.txt': '' });
    const root = path.join(top, 'repo');
    git(root, 'init', '-q', '-b', 'main');
    const start = prepare(root, config);

    const first = await takeSnapshot(start, env);
    await looksAfter(first, env, () => undefined)();
    await listGitFiles(first.root, env);
    trackedBelow(first.root, '.mini-coding-agent', env);
    expect(ran(), 'the program ran').toBe(false);
    expect(first.root).toBe(root);

    // The control: plain git falls for it, where it starts or where it is led.
    git(start, 'status');
    const led = git(start, 'rev-parse', '--show-toplevel').trim();
    if (!ran()) git(led, 'status');
    expect(ran(), 'plain git did not fall for it').toBe(true);
  });

  it('a repository in a folder below that appeared since the first look', async () => {
    const { ran, config } = trap();
    const root = temporaryRepository({ 'sub/b.txt': 'b' });
    const sub = path.join(root, 'sub');
    const look = looksAfter(await takeSnapshot(sub, env), env, () => undefined);
    makeEvil(sub, config);
    const again = await look();
    expect(again).toMatchObject({ root, branch: 'main' });
    expect(ran(), 'the program ran').toBe(false);
    git(sub, 'status');
    expect(ran(), 'plain git did not fall for it').toBe(true);
  });
});

it('a program that is started where git is led elsewhere says so in one line, and runs nothing', async () => {
  const { root, server, run } = await scene([], { 'a.txt': 'a' });
  const { ran, config } = trap();
  const evil = temporaryFolder();
  makeEvil(evil, config);
  git(root, 'config', 'core.worktree', evil);
  server.push(final('Done.'));
  const { stderr } = await run(['--approval', 'never', 'hello']);
  const line = `There is no git status of ${root}: its git settings lead elsewhere (core.worktree). All else works.`;
  expect(stderr.split(line)).toHaveLength(2);
  expect(ran()).toBe(false);
});

describe('a repository of another user (needs root)', () => {
  const asRoot = it.skipIf(process.getuid?.() !== 0);
  const home = () => ({ ...env, HOME: temporaryFolder() });

  asRoot.each([
    ['root', '.'],
    ['.git', '.git'],
  ])('by its %s is not asked, and the person is told what to do', async (_what, name) => {
    const root = temporaryRepository({ 'sub/a.txt': 'a' });
    fs.chownSync(path.join(root, name), 65_534, 65_534);
    const told: string[] = [];
    const first = await takeSnapshot(path.join(root, 'sub'), home());
    looksAfter(first, home(), (message) => told.push(message));
    expect(first).toMatchObject({
      root,
      branch: '-',
      status: 'unknown (the repository belongs to another user)',
    });
    expect(told).toEqual([
      `There is no git status of ${root}: the repository belongs to another user. ` +
        `To trust it: git config --global --add safe.directory '${root}'`,
    ]);
    expect(trackedBelow(root, 'sub', home())).toBeUndefined();
  });

  asRoot('by its git folder, which a pointer file names, is not asked', async () => {
    const root = temporaryRepository();
    const data = path.join(temporaryFolder(), 'data');
    fs.renameSync(path.join(root, '.git'), data);
    fs.writeFileSync(path.join(root, '.git'), `gitdir: ${data}\n`);
    expect(await takeSnapshot(root, home())).toMatchObject({ status: 'clean' });
    fs.chownSync(data, 65_534, 65_534);
    const { status } = await takeSnapshot(root, home());
    expect(status).toBe('unknown (the repository belongs to another user)');
  });

  asRoot(
    'is asked where git itself would answer, by settings elsewhere or below sudo',
    async () => {
      const root = temporaryRepository();
      fs.chownSync(root, 65_534, 65_534);
      fs.chownSync(path.join(root, '.git'), 65_534, 65_534);
      const elsewhere = path.join(temporaryFolder(), 'config');
      fs.writeFileSync(elsewhere, `[safe]\n\tdirectory = ${root}\n`);
      for (const added of [{ GIT_CONFIG_GLOBAL: elsewhere }, { SUDO_UID: '65534' }]) {
        const given = childEnvironment({ ...home(), ...added }, FOR_GIT);
        expect(await takeSnapshot(root, given)).toMatchObject({ status: 'clean' });
      }
    },
  );

  asRoot('is asked once the person trusts it, as the advice says', async () => {
    const root = path.join(temporaryFolder(), "it's");
    fs.cpSync(temporaryRepository(), root, { recursive: true });
    fs.chownSync(root, 65_534, 65_534);
    const trusting = home();
    const { gitRefusal } = await takeSnapshot(root, trusting);
    const advice = gitRefusal?.advice?.replace('To trust it: ', '');
    execFileSync('sh', ['-c', advice ?? ''], { env: trusting });
    expect(await takeSnapshot(root, trusting)).toMatchObject({ branch: 'main', status: 'clean' });
  });
});

describe('git is asked, and answers, in', () => {
  it('a submodule, whose settings name its work tree', async () => {
    const root = temporaryRepository();
    const library = temporaryRepository({ 'lib.txt': 'x' });
    const allow = ['-c', 'protocol.file.allow=always'];
    git(root, ...allow, 'submodule', '--quiet', 'add', library, 'lib');
    const lib = path.join(root, 'lib');
    expect(await takeSnapshot(lib, env)).toMatchObject({ root: lib, status: 'clean' });
  });

  it('a linked work tree', async () => {
    const root = temporaryRepository({ 'a.txt': 'a' });
    const other = path.join(temporaryFolder(), 'other');
    git(root, 'worktree', 'add', '-q', '-b', 'topic', other);
    expect(await takeSnapshot(other, env)).toMatchObject({ root: other, branch: 'topic' });
    expect(trackedBelow(other, 'a.txt', env)).toEqual(['a.txt']);
  });

  it('a folder whose .git is a link, and one whose name ends in a line break', async () => {
    const root = temporaryRepository();
    fs.renameSync(path.join(root, '.git'), path.join(root, 'data'));
    fs.symlinkSync('data', path.join(root, '.git'));
    expect(await takeSnapshot(root, env)).toMatchObject({ branch: 'main' });
    const odd = path.join(temporaryFolder(), 'odd\n');
    fs.cpSync(temporaryRepository(), odd, { recursive: true });
    expect(await takeSnapshot(odd, env)).toMatchObject({ root: odd, branch: 'main' });
  });

  it('a folder that became a repository since the first look', async () => {
    const root = temporaryFolder({ 'a.txt': 'a' });
    const look = looksAfter(await takeSnapshot(root, env), env, () => undefined);
    git(root, 'init', '-q', '-b', 'trunk');
    expect(await look()).toMatchObject({ branch: 'trunk', status: '?? a.txt' });
  });
});

it.each([
  ['a bare repository', (root: string) => git(root, 'config', 'core.bare', 'true'), /core\.bare/],
  [
    'a .git that is none',
    (root: string) => fs.rmSync(path.join(root, '.git/HEAD')),
    /no repository/,
  ],
  [
    'a link in .git that leads in a circle',
    (root: string) => fs.symlinkSync('loop', path.join(root, '.git/loop')),
    /^clean$/,
  ],
  [
    'a core.worktree that does not exist',
    (root: string) => git(root, 'config', 'core.worktree', '../nowhere'),
    /core\.worktree/,
  ],
])('the status says what git cannot answer about: %s', async (_what, prepare, status) => {
  const root = temporaryRepository();
  prepare(root);
  expect((await takeSnapshot(root, env)).status).toMatch(status);
});

describe('git is not even started where it would wait for ever, at', () => {
  it.each([
    ['a FIFO as .git', '.git'],
    ['a FIFO at .git/commondir', '.git/commondir'],
    ['a FIFO at .git/HEAD', '.git/HEAD'],
    ['a FIFO at .git/config', '.git/config'],
  ])('%s', async (_what, name) => {
    const root = temporaryRepository({ 'a.txt': 'a' });
    const started = path.join(temporaryFolder(), 'started');
    const bin = temporaryFolder({ git: `#!/bin/sh\ntouch '${started}'\n` });
    fs.chmodSync(path.join(bin, 'git'), 0o755);
    fs.rmSync(path.join(root, name), { recursive: true, force: true });
    execFileSync('mkfifo', [path.join(root, name)]);
    const { status } = await takeSnapshot(root, { ...env, PATH: `${bin}:${env['PATH']}` });
    expect(status).toMatch(/^unknown \((its \.git leads nowhere|\S+ is not a file)\)$/);
    expect(trackedBelow(root, '.', env)).toBeUndefined();
    expect(fs.existsSync(started)).toBe(false);
  });
});

it('approved edits cannot build a folder in the layout of a repository', async () => {
  const { ran, config } = trap();
  const root = temporaryRepository({ 'sub/b.txt': 'b' });
  const bare = path.join(temporaryFolder(), 'bare');
  makeBareLayouts(path.join(root, 'data'), bare, config);
  const files = fs
    .readdirSync(bare, { recursive: true, encoding: 'utf8' })
    .filter((name) => fs.statSync(path.join(bare, name)).isFile());
  const answers: string[] = [];
  for (const name of files) {
    const content = fs.readFileSync(path.join(bare, name), 'latin1');
    const call = runTool(writeFile, toolContext(root), { path: `sub/${name}`, content });
    answers.push(await call.catch(String));
  }
  expect(answers.join('\n')).toMatch(/git would take its folder for a repository/);
  await takeSnapshot(path.join(root, 'sub'), env);
  expect(git(path.join(root, 'sub'), 'rev-parse', '--show-toplevel').trim()).toBe(root);
  expect(ran()).toBe(false);
});
