import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { shellTool } from '../../../src/tools/run-shell.ts';
import { childEnvironment } from '../../../src/tools/shell/environment.ts';
import { runToEnd } from '../../../src/tools/shell/process-group.ts';
import { findShell, SH, shellCommand, type Shell } from '../../../src/tools/shell/shell.ts';
import { shellProgram } from '../../support/sandbox.ts';
import { runTool } from '../../support/run-tool.ts';
import {
  git,
  never,
  temporaryFolder,
  temporaryRepository,
  toolContext,
} from '../../support/workspace.ts';

const env = childEnvironment(process.env);
const BASH = findShell(env, '/no/workspace');

/** What the model is told of a command, where its environment has these variables, too. */
const run = (command: string, root = temporaryFolder(), more: NodeJS.ProcessEnv = {}) =>
  runTool(
    shellTool(BASH),
    { ...toolContext(root), env: { ...childEnvironment(process.env), ...more } },
    { command },
  );

/** What a command prints in exactly this environment. */
async function printed(shell: Shell, command: string, given: NodeJS.ProcessEnv): Promise<string> {
  const options = { cwd: '/', timeoutMs: 20_000, signal: never };
  const { stdout, stderr } = await runToEnd(shellCommand(shell, command, given), options);
  return stdout.text(1_000) + stderr.text(1_000);
}

describe('the shell', () => {
  it('is the bash of the PATH, and sh where there is none', () => {
    const outside = temporaryFolder();
    shellProgram(path.join(outside, 'bash'), 'true');
    const found = { name: 'bash', file: path.join(outside, 'bash') };
    expect(findShell({ PATH: `/nowhere:${outside}` }, '/work')).toEqual(found);
    expect(findShell({ PATH: '/nowhere' }, '/work')).toEqual(SH);
  });

  it('is never one of the repository', () => {
    const root = temporaryFolder();
    const outside = temporaryFolder();
    shellProgram(path.join(root, 'bin/bash'), 'true');
    fs.symlinkSync(path.join(root, 'bin/bash'), path.join(outside, 'bash'));
    const PATH = ['bin', path.join(root, 'bin'), outside].join(':');
    expect(findShell({ PATH }, root)).toEqual(SH);
  });

  it('runs what models write for bash', async () => {
    const command =
      'set -o pipefail; source ./a.sh; [[ $a == b* ]] && words=(x y) && echo "${words[1]}" {1..3}; ' +
      'false | true || echo failed';
    expect(await run(command, temporaryFolder({ 'a.sh': 'a=bc\n' }))).toBe(
      'exit_code: 0\nstdout:\ny 1 2 3\nfailed\nstderr:\n(empty)',
    );
  });

  it('reports of a pipe how its last command ended, unless it is told otherwise', async () => {
    expect(await run('yes | head -n 1')).toBe('exit_code: 0\nstdout:\ny\nstderr:\n(empty)');
  });

  it.each([BASH, SH])('reads no start-up file: $name', async (shell) => {
    const file = 'echo started\n';
    const HOME = temporaryFolder({ '.bashrc': file, '.bash_profile': file, '.profile': file });
    const given = { PATH: env['PATH'], HOME, SSH_CLIENT: '192.0.2.1 1 22' };
    expect(await printed(shell, 'echo ended', given)).toBe('ended');
  });

  it('gets neither start-up files nor functions from the environment of the program', async () => {
    const given = childEnvironment({
      PATH: env['PATH'],
      BASH_ENV: path.join(temporaryFolder({ file: 'echo started\n' }), 'file'),
      ENV: path.join(temporaryFolder({ file: 'echo started\n' }), 'file'),
      'BASH_FUNC_ls%%': '() { echo not ls; }',
    });
    expect(await printed(BASH, 'ls -d /', given)).toBe('/');
  });
});

describe('a command that would wait for a person', () => {
  /** A repository with a second commit, and an editor of the person's that waits. */
  function edited(): string {
    const root = temporaryRepository({ a: 'a\n' });
    const editor = path.join(temporaryFolder(), 'editor');
    shellProgram(editor, 'exec sleep 300');
    for (const [name, value] of [
      ['core.editor', editor],
      ['sequence.editor', editor],
      ['user.name', 'Ada'],
      ['user.email', 'ada@example.com'],
    ] as const) {
      git(root, 'config', name, value);
    }
    fs.writeFileSync(path.join(root, 'a'), 'b\n');
    git(root, 'commit', '-qam', 'second');
    return root;
  }

  it('fails at once where git has no message, or needs to be told which commits', async () => {
    const root = edited();
    expect(await run('echo c > a; git commit -a', root)).toBe(
      'exit_code: 1\nstdout:\n(empty)\nstderr:\nAborting commit due to empty commit message.',
    );
    expect(await run('git checkout -q . && git rebase -i HEAD~1', root)).toMatch(
      /^exit_code: 1\n[^]*problem with the editor 'false'/,
    );
    expect(git(root, 'log', '--format=%s')).toBe('second\nfirst commit\n');
  });

  it('goes on where git has a message: of an amended commit, and of a rebase that continues', async () => {
    const root = edited();
    expect(await run('echo c > a; git commit -q -a --amend', root)).toMatch(/^exit_code: 0\n/);
    const command =
      'git checkout -q -b side HEAD~1; echo side > a; git commit -qam side; git rebase -q main; ' +
      'echo both > a; git add a; git rebase --continue';
    expect(await run(command, root)).toMatch(/^exit_code: 0\n/);
    expect(git(root, 'log', '--format=%s')).toBe('side\nsecond\nfirst commit\n');
  });

  it('has no terminal to wait at', async () => {
    expect(await run('cat /dev/tty')).toMatch(/^exit_code: 1\nstdout:\n\(empty\)\n/);
  });

  it('gets an editor that fails and a pager that does not wait, unless the user names theirs', async () => {
    const command = '$EDITOR; echo $?; echo $PAGER $VISUAL';
    expect(await run(command)).toContain('stdout:\n1\ncat false\n');
    const theirs = { EDITOR: 'true', PAGER: 'most' };
    expect(await run(command, temporaryFolder(), theirs)).toContain('stdout:\n0\nmost false\n');
  });
});

it('the model is told which shell runs its commands', () => {
  expect(shellTool(BASH).description).toContain('Runs a command with bash in the repo root');
  expect(shellTool(SH).description).toContain('Runs a command with sh in the repo root');
});
