import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { childEnvironment } from '../../src/tools/shell/environment.ts';
import { listGitFiles } from '../../src/workspace/git.ts';
import { takeSnapshot } from '../../src/workspace/snapshot.ts';
import { final, toolCall } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { some } from '../support/stress.ts';
import { git, temporaryFolder, temporaryRepository } from '../support/workspace.ts';

const env = childEnvironment(process.env);

interface Trap {
  root: string;
  /** The marker program. */
  program: string;
  config(name: string, value: string): void;
}

/** The ways a repository can make git run a program, and the plain git call that does. */
const traps: [name: string, control: string[], set: (trap: Trap) => void][] = [
  ['core.fsmonitor', ['status'], ({ config, program }) => config('core.fsmonitor', program)],
  [
    'a clean filter',
    ['status'],
    ({ config, program }) => config('filter.evil.clean', `${program} clean`),
  ],
  ['a process filter', ['status'], ({ config, program }) => config('filter.evil.process', program)],
  [
    'a required clean filter of an included file',
    ['status'],
    ({ root, config, program }) => {
      const included = `[filter "evil"]\n\tclean = ${program}\n\trequired = true\n`;
      fs.writeFileSync(path.join(root, '.git/more'), included);
      config('include.path', 'more');
    },
  ],
  [
    'a clean filter of the work tree',
    ['status'],
    ({ root, config, program }) => {
      config('extensions.worktreeConfig', 'true');
      git(root, 'config', '--worktree', 'filter.evil.clean', program);
    },
  ],
  [
    'a clean filter whose name has a dot and an equals sign',
    ['status'],
    ({ root, program }) => {
      fs.appendFileSync(path.join(root, '.gitattributes'), '*.txt filter=e.v=l\n');
      fs.appendFileSync(path.join(root, '.git/config'), `[filter "e.v=l"]\n\tclean = ${program}\n`);
    },
  ],
  [
    'gpg.program',
    ['log', '-1'],
    ({ root, config, program }) => {
      const person = 'A <a@example.com> 1700000000 +0000';
      const tree = git(root, 'write-tree').trim();
      const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----';
      const commit = `tree ${tree}\nauthor ${person}\ncommitter ${person}\n${signature}\n\nsigned\n`;
      fs.writeFileSync(path.join(root, '.git/commit'), commit);
      const hash = git(root, 'hash-object', '-t', 'commit', '-w', '.git/commit').trim();
      git(root, 'update-ref', 'HEAD', hash);
      config('gpg.program', program);
      config('log.showSignature', 'true');
    },
  ],
  [
    'a hook',
    ['status'],
    ({ root, program }) => fs.cpSync(program, path.join(root, '.git/hooks/post-index-change')),
  ],
  [
    'a hook in a folder of the repository',
    ['status'],
    ({ root, config, program }) => {
      fs.mkdirSync(path.join(root, 'hooks'));
      fs.cpSync(program, path.join(root, 'hooks/post-index-change'));
      config('core.hooksPath', 'hooks');
    },
  ],
  [
    'a clean filter of a submodule',
    ['status'],
    ({ root, program }) => {
      const submodule = path.join(root, 'sub');
      fs.mkdirSync(submodule);
      git(submodule, 'init', '-q');
      fs.writeFileSync(path.join(submodule, 'a.txt'), 'old');
      git(submodule, 'add', 'a.txt');
      git(submodule, 'commit', '-q', '-m', 'first commit');
      const commit = git(submodule, 'rev-parse', 'HEAD').trim();
      git(root, 'update-index', '--add', '--cacheinfo', `160000,${commit},sub`);
      fs.writeFileSync(path.join(submodule, '.gitattributes'), '*.txt filter=evil\n');
      fs.writeFileSync(path.join(submodule, 'a.txt'), 'new');
      git(submodule, 'config', 'filter.evil.clean', program);
    },
  ],
  [
    'the remote of a clone that lacks objects',
    ['status'],
    ({ root, config, program }) => {
      config('extensions.partialClone', 'origin');
      config('remote.origin.url', root);
      config('remote.origin.promisor', 'true');
      config('remote.origin.uploadpack', `${program} </dev/null`);
      // The index has one entry more than the commit, so git looks for a tree, which is missing.
      const tree = git(root, 'rev-parse', 'HEAD^{tree}').trim();
      fs.writeFileSync(path.join(root, 'b.txt'), '');
      git(root, 'add', 'b.txt');
      fs.rmSync(path.join(root, '.git/objects', tree.slice(0, 2), tree.slice(2)));
    },
  ],
];

it.each(some(6, traps))(
  'does not run the program that the repository names: %s',
  async (_name, control, set) => {
    const outside = temporaryFolder();
    const marker = path.join(outside, 'it-ran');
    const program = path.join(outside, 'program');
    fs.writeFileSync(program, `#!/bin/sh\ntouch '${marker}'\ncat\n`, { mode: 0o755 });

    const root = temporaryRepository({ 'a.txt': 'old', '.gitattributes': '*.txt filter=evil\n' });
    set({ root, program, config: (name, value) => void git(root, 'config', name, value) });
    // Of the same size and newer: git has to read the file, and has an index to refresh.
    fs.writeFileSync(path.join(root, 'a.txt'), 'new');
    fs.utimesSync(path.join(root, '.gitattributes'), 1_800_000_000, 1_800_000_000);

    const { status, branch } = await takeSnapshot(root, env);
    expect(await listGitFiles(root, env)).toContain('a.txt');
    expect(fs.existsSync(marker), 'the program ran').toBe(false);
    expect(branch).toBe('main');
    expect(status).toMatch(/^ ?M a\.txt$|^unknown/m);

    // The control: plain git does run it, so the trap works. Its output does not matter.
    try {
      git(root, ...control);
    } catch {
      // A filter that does not speak the protocol may fail.
    }
    expect(fs.existsSync(marker), 'plain git did not fall for it').toBe(true);
  },
);

it('runs no git and no ripgrep from the repository, even if it is on the PATH, as npm puts it there', async () => {
  const { root, server, run } = await scene([], { 'a.txt': 'needle\n' });
  const marker = path.join(temporaryFolder(), 'it-ran');
  const bin = path.join(root, 'node_modules/.bin');
  fs.mkdirSync(bin, { recursive: true });
  for (const name of ['git', 'rg', 'sh', 'bwrap']) {
    fs.writeFileSync(path.join(bin, name), `#!/bin/sh\ntouch '${marker}'\n`, { mode: 0o755 });
  }
  server.push(toolCall('search', { pattern: 'needle' }), toolCall('run_shell', { command: 'git' }));
  server.push(final('Done.'));
  const PATH = `${bin}:node_modules/.bin:${process.env['PATH']}`;
  const { code } = await run(['find', 'it'], 'n\n', { env: { PATH } });
  expect(code).toBe(0);
  expect(server.calls.at(-1)?.prompt).toContain('\na.txt:1:needle<|im_end|>');
  expect(fs.existsSync(marker)).toBe(false);

  // The control: an approved command does run it.
  server.push(toolCall('run_shell', { command: 'git' }), final('Done.'));
  await run(['run', 'it'], 'y\n', { env: { PATH } });
  expect(fs.existsSync(marker)).toBe(true);
});

it('a program of others that cannot be started is not hidden while git is asked', () => {
  const library = path.resolve(import.meta.dirname, '../../src/workspace/git.ts');
  const code = `const { readGit } = await import(${JSON.stringify(library)});
    const { spawn } = await import('node:child_process');
    let started = 0; // the first is git
    const { subscribe } = await import('node:diagnostics_channel');
    subscribe('child_process', () => started++ || spawn('/nonexistent'));
    await readGit(${JSON.stringify(temporaryRepository())}, process.env);`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', code];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([1, expect.stringContaining('spawn /nonexistent ENOENT')]);
});

describe('with no more files open at once than a limit', () => {
  const runUnder = async (limit: number) => {
    const { server, run } = await scene([], { 'a.txt': 'a' });
    server.push(final('Done.'));
    return run(['-p', 'hello'], '', {
      under: ['bash', '-c', `ulimit -n ${limit}; exec "$@"`, 'bash'],
    });
  };
  const NO_ANSWER =
    /^mini-coding-agent: There is no git status of .*: git did not answer\. All else works\.\n$/;

  it.each(some(1, [25, 23]))(
    'of %i the program says that git did not answer, and works',
    async (limit) => {
      const { code, stdout, stderr } = await runUnder(limit);
      expect(stderr).toMatch(NO_ANSWER);
      expect([code, stdout]).toEqual([0, 'Done.\n']);
    },
  );

  // Which of git's processes gets the last files is up to the moment.
  it.each(some(1, [27, 26, 28, 29, 30, 31]))(
    'of %i it works, with git or without',
    async (limit) => {
      const { code, stdout, stderr } = await runUnder(limit);
      if (stderr !== '') expect(stderr).toMatch(NO_ANSWER);
      expect([code, stdout]).toEqual([0, 'Done.\n']);
    },
  );
});
