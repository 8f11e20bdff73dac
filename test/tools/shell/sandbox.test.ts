import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { shellTool } from '../../../src/tools/run-shell.ts';
import type { Command } from '../../../src/tools/shell/process-group.ts';
import { openSandbox } from '../../../src/tools/shell/sandbox.ts';
import { SH, shellCommand } from '../../../src/tools/shell/shell.ts';
import {
  changing,
  connect,
  greeter,
  hasBubblewrap,
  place,
  run,
  tryBoth,
  writing,
  type Attempt,
  type Place,
} from '../../support/sandbox.ts';
import { runTool } from '../../support/run-tool.ts';
import { inStress, some } from '../../support/stress.ts';
import { git, toolContext } from '../../support/workspace.ts';

const ATTEMPTS: [what: string, attempt: (place: Place) => Attempt | Promise<Attempt>][] = [
  ['write outside of the workspace', ({ outside }) => writing(`${outside}/new`)],
  [
    'replace the hooks',
    ({ root }) =>
      writing(
        `${root}/.git/hooks/new`,
        'rm -rf .git/hooks; mv .git/hooks x; mkdir .git/hooks; echo x > .git/hooks/new',
      ),
  ],
  [
    'undo it in namespaces of its own',
    ({ root }) =>
      writing(
        `${root}/.git/hooks/new`,
        "unshare -Urm sh -c 'mount -o remount,bind,rw .git/hooks; umount -l .git/hooks; umount -l .git; " +
          "echo x > .git/hooks/new'; echo x > .git/hooks/new",
      ),
  ],
  [
    'write settings of git',
    ({ root }) => changing(`${root}/.git/config`, 'git config core.fsmonitor evil'),
  ],
  ['write in the session folder', ({ root }) => writing(`${root}/.mini-coding-agent/new`)],
  [
    'make settings of an editor',
    ({ root }) => writing(`${root}/.idea/x`, 'mkdir .idea; echo > .idea/x'),
  ],
  ['read a key', () => ({ command: 'cat ~/.ssh/id' })],
  [
    'reach a server on loopback',
    async () => ({
      command: connect(`${await greeter(0)}, '127.0.0.1'`),
    }),
  ],
  [
    'connect to an abstract socket',
    async ({ root }) => {
      await greeter(`\0${root}`);
      return { command: connect(`'\\0${root}'`) };
    },
  ],
  [
    'see this process',
    () => ({ command: `test -e /proc/${process.pid}/root/etc && echo reached` }),
  ],
  [
    'outlive its command',
    async () => {
      const time = someTime();
      onTestFinished(() => void spawnSync('sh', ['-c', `kill -9 $(pgrep -f 'sleep ${time}')`]));
      return {
        command: `setsid sleep ${time} >/dev/null 2>&1 & sleep 0.2`,
        succeeded: () => isRunning(time),
      };
    },
  ],
  ['write in the home folder', ({ home }) => writing(`${home}/new`, 'echo x > ~/new')],
  [
    'leave a file in /tmp',
    ({ root }) => {
      const file = `/tmp/${path.basename(root)}.left`;
      onTestFinished(() => fs.rmSync(file, { force: true }));
      return writing(file);
    },
  ],
  ['write a hook', ({ root }) => writing(`${root}/.git/hooks/pre-commit`)],
  [
    'replace .git',
    ({ root }) =>
      writing(
        `${root}/.git/hooks/new`,
        'mv .git old; mkdir .git; cp -r old/* .git; echo x > .git/hooks/new',
      ),
  ],
  [
    'replace hooks that are a link',
    ({ root }) => {
      fs.renameSync(`${root}/.git/hooks`, `${root}/hooks`);
      fs.symlinkSync('../hooks', `${root}/.git/hooks`);
      return writing(
        `${root}/.git/hooks/new`,
        'rm .git/hooks; mkdir .git/hooks; echo x > .git/hooks/new',
      );
    },
  ],
  [
    'write a hook of a repository whose folder has another name',
    ({ root }) => {
      fs.mkdirSync(`${root}/data`);
      fs.renameSync(`${root}/.git`, `${root}/data/git`);
      fs.writeFileSync(`${root}/.git`, 'gitdir: data/git\n');
      return writing(
        `${root}/data/git/hooks/new`,
        'echo x > data/git/hooks/new; mv data old; mkdir data; mkdir -p data/git/hooks; echo x > data/git/hooks/new',
      );
    },
  ],
  [
    'write settings of a submodule',
    ({ root }) => {
      fs.mkdirSync(`${root}/.git/modules/sub`, { recursive: true });
      return writing(`${root}/.git/modules/sub/config`);
    },
  ],
  [
    'append to settings of git',
    ({ root }) => changing(`${root}/.git/config`, 'echo "[a]b=c" >> .git/config'),
  ],
  ['send git to other settings', ({ root }) => writing(`${root}/.git/commondir`)],
  ['make settings of the work tree', ({ root }) => writing(`${root}/.git/config.worktree`)],
  [
    'change a session',
    ({ root }) => changing(`${root}/.mini-coding-agent/log`, 'echo x >> .mini-coding-agent/log'),
  ],
  [
    'remove a session',
    ({ root }) => changing(`${root}/.mini-coding-agent/log`, 'rm -r .mini-coding-agent'),
  ],
  [
    'change settings of an editor',
    ({ root }) => changing(`${root}/.vscode/settings.json`, 'echo x > .vscode/settings.json'),
  ],
  ['make a start-up file of the shell', ({ root }) => writing(`${root}/.bashrc`)],
  ['read a token', () => ({ command: 'cat ~/.netrc' })],
  [
    'connect to a socket of the home folder',
    async ({ home }) => {
      await greeter(`${home}/agent.sock`);
      return { command: connect(`'${home}/agent.sock'`) };
    },
  ],
  [
    'connect to a socket in /tmp',
    async ({ root }) => {
      await greeter(`${root}.sock`);
      return { command: connect(`'${root}.sock'`) };
    },
  ],
  [
    'connect to a socket of others in the workspace',
    async ({ root }) => {
      await greeter(`${root}/s.sock`);
      return { command: connect(`'${root}/s.sock'`) };
    },
  ],
  [
    'end a process outside',
    () => {
      const victim = spawn('sleep', ['300']);
      onTestFinished(() => void victim.kill('SIGKILL'));
      return {
        command: `kill -9 ${victim.pid}; sleep 0.2`,
        succeeded: () => victim.exitCode !== null || victim.signalCode !== null,
      };
    },
  ],
];

/** Whether a `sleep` of exactly this long runs, anywhere on the machine. */
const isRunning = (time: string) =>
  spawnSync('ps', ['-eo', 'stat=,args='], { encoding: 'utf8' })
    .stdout.split('\n')
    .some((line) => /^[^Z]\S* +sleep (\S+)$/.exec(line)?.[1] === time);

/** A time that no other test sleeps for. */
const someTime = () => `300.${Math.random().toString().slice(2, 12)}`;

describe.skipIf(!hasBubblewrap)('a command in the sandbox (needs bubblewrap)', () => {
  it.each(some(3, ATTEMPTS))('cannot %s, which it can without', async (_what, attempt) => {
    for (const { sandboxed, reached, report } of await tryBoth(attempt)) {
      expect(reached, report).toBe(!sandboxed);
    }
  });

  it.skipIf(process.getuid?.() !== 0)(
    'cannot change settings of the kernel, which root can without (needs root)',
    async () => {
      const command = 'test -w /proc/sys/kernel/core_pattern && echo reached';
      expect(await run(place(), command, { sandboxed: false })).toContain('reached');
      expect(await run(place(), command)).not.toContain('reached');
    },
  );

  it('sees nothing in /run, and only harmless devices', async () => {
    const report = await run(place(), 'ls -A /run/ /var/run/; ls /dev | tr "\\n" " "');
    expect(report).toMatch(/stdout:\n\/run\/:\n\n\/var\/run\/:\n/);
    expect(report).toContain(' null ');
    expect(report).not.toMatch(/ (sd\w|vda|nvme\w*|mem|kmsg|fuse) /);
  });

  it('has no root privileges and no terminal', async () => {
    const report = await run(
      place(),
      'grep CapEff /proc/self/status; (: < /dev/tty) || echo no tty',
    );
    expect(report).toMatch(/CapEff:\t0+\nno tty/);
  });
});

describe.skipIf(!hasBubblewrap)('the workspace in the sandbox (needs bubblewrap)', () => {
  it('can be written in, and so can a /tmp that is empty each time', async () => {
    const where = place();
    const command =
      'ls /tmp/x 2>/dev/null; echo new > b; rm -f a; mkdir -p c; echo x > $TMPDIR/x; ls /tmp/x; pwd -P';
    for (let time = 1; time <= 2; time++) {
      const report = `exit_code: 0\nstdout:\n/tmp/x\n${where.root}\nstderr:\n(empty)`;
      expect(await run(where, command)).toBe(report);
    }
    expect(fs.readFileSync(path.join(where.root, 'b'), 'utf8')).toBe('new\n');
    expect(fs.readdirSync(where.root).toSorted()).toEqual([
      '.git',
      '.mini-coding-agent',
      '.vscode',
      'b',
      'c',
    ]);
  });

  it('takes a commit, a branch and a merge', async () => {
    const where = place();
    const command =
      'git switch -q -c new && echo b > b && git add b && git commit -q -m second && ' +
      'git switch -q main && git merge -q new && git status --short && git log --format=%an:%s -1';
    expect(await run(where, command)).toBe('exit_code: 0\nstdout:\nAda:second\nstderr:\n(empty)');
    expect(git(where.root, 'log', '--format=%s')).toBe('second\nfirst commit\n');
    expect(git(where.root, 'fsck', '--strict')).toBe('');
  });

  it('is left without a trace of the sandbox', async () => {
    const where = place();
    const list = () => spawnSync('find', [where.root, where.home], { encoding: 'utf8' }).stdout;
    const before = list();
    await run(where, 'true');
    expect(list()).toBe(before);
  });

  it('tells the model about a protected name that was taken, and keeps what was made there', async () => {
    const where = place();
    fs.rmSync(path.join(where.root, '.git'), { recursive: true });
    const report = await run(where, 'git init -q && echo done');
    expect(report).toMatch(
      /^error: \.git is protected: what was made there is now (\.git\.kept-out-\w{6})\nexit_code: 0\nstdout:\ndone/,
    );
    const [, aside = ''] = /now (\S+)/.exec(report) ?? [];
    expect(fs.existsSync(path.join(where.root, '.git'))).toBe(false);
    expect(fs.existsSync(path.join(where.root, aside, 'HEAD'))).toBe(true);
  });

  it('keeps the pointer file of a linked work tree', async () => {
    const where = place();
    const repository = path.join(where.outside, 'repository');
    fs.cpSync(where.root, repository, { recursive: true });
    const tree = path.join(where.outside, 'tree');
    git(repository, 'worktree', 'add', '-q', tree);
    const there = { ...where, root: tree };
    const file = path.join(tree, '.git');
    const pointer = fs.readFileSync(file, 'utf8');
    await run(there, 'echo "gitdir: evil" > .git; rm -f .git; mv .git x; mkdir .git; echo b > b');
    expect(fs.readFileSync(file, 'utf8')).toBe(pointer);
    expect(await run(there, 'git status --short')).toContain('stdout:\n?? b\n');
    await run(there, 'mv .git x', { sandboxed: false });
    expect(fs.existsSync(file)).toBe(false);
  });
});

describe.skipIf(!hasBubblewrap)('the network of the sandbox (needs bubblewrap)', () => {
  it('is available where it was asked for; sockets are not', async () => {
    const where = place();
    await greeter(`${where.home}/agent.sock`);
    const port = await greeter(0);
    const network = { network: true };
    expect(await run(where, connect(`${port}, '127.0.0.1'`), network)).toContain('reached');
    expect(await run(where, connect(`'${where.home}/agent.sock'`), network)).not.toContain(
      'reached',
    );
  });
});

describe.skipIf(!hasBubblewrap)('the end of a command in the sandbox (needs bubblewrap)', () => {
  it.each(
    some(2, [
      ['echo out; echo err >&2', 'exit_code: 0\nstdout:\nout\nstderr:\nerr'],
      ['exit 3', 'exit_code: 3\nstdout:\n(empty)\nstderr:\n(empty)'],
      ['cat; echo at the end', 'exit_code: 0\nstdout:\nat the end\nstderr:\n(empty)'],
      ['kill -9 $$', 'exit_code: 137\nstdout:\n(empty)\nstderr:\n(empty)'],
      [`echo 'a "b" $HOME \\'; : '`, undefined],
      ['ls /proc/self/fd', undefined],
    ]),
  )('of %s is reported as without', async (command, report) => {
    const where = place();
    const expected = report ?? (await run(where, command, { sandboxed: false }));
    expect(await run(where, command)).toBe(expected);
  });

  it('does not wait for the background', async () => {
    expect(await run(place(), 'sleep 300 & echo hi')).toContain('stdout:\nhi\nstderr');
  });

  it.each(
    some(1, [
      ['children of children', '(sleep TIME & echo so far; wait) | cat'],
      ['children', 'sleep TIME & echo so far; wait'],
      ['those of other sessions', 'setsid sleep TIME & echo so far; wait'],
      ['those that do not listen', "trap '' TERM; echo so far; while :; do sleep TIME; done"],
    ]),
  )('comes at the timeout for %s, and the output so far is kept', async (_what, command) => {
    const time = someTime();
    const report = await run(place(), command.replace('TIME', time), { timeout: 1 });
    expect(report).toMatch(
      /^error: the command was stopped after 1 s\nexit_code: none\nstdout:\nso far/,
    );
    expect(isRunning(time)).toBe(false);
  });

  inStress('is requested first: a command may clean up at the timeout', async () => {
    const command = "trap 'echo tidied; exit' TERM; echo so far; sleep 300 & wait";
    expect(await run(place(), command, { timeout: 1 })).toContain('so far\ntidied\n');
  });

  it('comes with an interrupt', async () => {
    const where = place();
    const time = someTime();
    const controller = new AbortController();
    const running = run(where, `sleep ${time} & touch up; wait`, { signal: controller.signal });
    await vi.waitFor(() => expect(fs.existsSync(path.join(where.root, 'up'))).toBe(true), 10_000);
    await vi.waitFor(() => expect(isRunning(time)).toBe(true), 10_000);
    controller.abort();
    expect(await running).toMatch(/^error: the user interrupted it\n/);
    expect(isRunning(time)).toBe(false);
  });

  it('comes with the end of the program, however it ended', async () => {
    const { root, env } = place();
    const time = someTime();
    const sandbox = await openSandbox({ root, env, network: false });
    const { file, args, env: given } = sandbox.confine(shellCommand(SH, `sleep ${time}`, env));
    const code = `require('child_process').spawn(...${JSON.stringify([file, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'], env: given, detached: true }])})`;
    const program = spawn(process.execPath, ['-e', `${code}; setInterval(() => {}, 1000)`]);
    onTestFinished(() => void program.kill('SIGKILL'));
    await vi.waitFor(() => expect(isRunning(time)).toBe(true), 10_000);
    program.kill('SIGKILL');
    await once(program, 'exit');
    await vi.waitFor(() => expect(isRunning(time)).toBe(false), 5_000);
  });

  it('leaves no open file behind', async () => {
    const where = place();
    const tool = shellTool(SH, await openSandbox({ ...where, network: false }));
    const runOnce = () => runTool(tool, toolContext(where.root), { command: 'echo hi' });
    await runOnce();
    const openFiles = () => fs.readdirSync('/proc/self/fd').length;
    const before = openFiles();
    for (let count = 0; count < 10; count++) await runOnce();
    await vi.waitFor(() => expect(openFiles()).toBeLessThanOrEqual(before + 1));
  });

  it('is one end, though it says what bubblewrap says when it could not start', async () => {
    const where = place();
    const said = "bwrap: Can't create file at /nope/x: No such file or directory";
    await run(where, `echo ran >> log; echo "${said}" >&2; exit 1`);
    expect(fs.readFileSync(path.join(where.root, 'log'), 'utf8')).toBe('ran\n');
  });

  it('is not the end of one that had to hide a socket which went away meanwhile', async () => {
    const where = place();
    const sandbox = await openSandbox({ ...where, network: false });
    const socket = path.join(where.outside, 'socket');
    const server = net.createServer().listen(socket);
    await once(server, 'listening');
    let prepared = 0;
    const confine = (command: Command) => {
      const confined = sandbox.confine(command);
      prepared++;
      fs.rmSync(socket, { force: true });
      return confined;
    };
    onTestFinished(() => void server.close());
    const tool = shellTool(SH, { network: false, confine });
    const result = await runTool(tool, toolContext(where.root), { command: 'echo hi' });
    expect(result).toContain('exit_code: 0\nstdout:\nhi\n');
    expect(prepared).toBe(2);
  });
});
