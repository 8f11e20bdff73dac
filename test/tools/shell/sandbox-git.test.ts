import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  changing,
  connect,
  hasBubblewrap,
  place,
  run,
  tryBoth,
  writing,
  type Attempt,
  type Place,
} from '../../support/sandbox.ts';
import { inStress, some } from '../../support/stress.ts';
import { git } from '../../support/workspace.ts';

const SANDBOX = path.resolve(import.meta.dirname, '../../../src/tools/shell/sandbox.ts');

/** A repository that includes this file in its settings, with a condition or without. */
function including({ root }: Place, name: string, condition?: string): void {
  const section = condition === undefined ? '[include]' : `[includeIf "${condition}"]`;
  fs.appendFileSync(`${root}/.git/config`, `${section}\npath = ${name}\n`);
}

/** A command that makes git run something by a setting, which the person's own git would obey. */
const setting = (root: string, file: string, command: string): Attempt => {
  const marker = `${root}/obeyed`;
  return {
    command: command.replace('SETTING', `printf "[core]\\nfsmonitor = touch ${marker}\\n"`),
    succeeded: () => {
      fs.rmSync(marker, { force: true });
      spawnSync('git', ['status'], { cwd: root });
      return fs.existsSync(marker) && fs.existsSync(path.join(root, file));
    },
  };
};

const ATTEMPTS: [what: string, attempt: (place: Place) => Attempt | Promise<Attempt>][] = [
  [
    'change a file that the settings of git include',
    (where) => {
      including(where, '../.gitconfig');
      fs.writeFileSync(`${where.root}/.gitconfig`, '');
      return setting(where.root, '.gitconfig', 'SETTING >> .gitconfig');
    },
  ],
  [
    'make a file that the settings of git include',
    (where) => {
      including(where, '../.gitconfig');
      return setting(where.root, '.gitconfig', 'SETTING > .gitconfig');
    },
  ],
  [
    'change a file that they include in another folder, under a condition it makes true',
    (where) => {
      including(where, '../conf/one', 'onbranch:new');
      fs.mkdirSync(`${where.root}/conf`);
      fs.writeFileSync(`${where.root}/conf/one`, '[include]\npath = two\n');
      fs.writeFileSync(`${where.root}/conf/two`, '');
      const replace = 'mv conf old; mkdir -p conf; cp old/one conf; SETTING > conf/two';
      return setting(where.root, 'conf/two', `git switch -q -c new; ${replace}`);
    },
  ],
  [
    'change a link on the way to a file that they include',
    (where) => {
      including(where, '../conf/one');
      fs.mkdirSync(`${where.root}/real`);
      fs.writeFileSync(`${where.root}/real/one`, '');
      fs.symlinkSync('real', `${where.root}/conf`);
      return setting(where.root, 'conf/one', 'rm conf; mkdir conf; SETTING > conf/one');
    },
  ],
  [
    "change a file that the user's own settings of git include",
    ({ root, home }) => {
      fs.writeFileSync(`${root}/shared`, '');
      fs.appendFileSync(`${home}/.gitconfig`, `[include]\npath = ${root}/shared\n`);
      return changing(`${root}/shared`, 'echo x > shared');
    },
  ],
  ['make hidden attributes', ({ root }) => writing(`${root}/.git/info/attributes`, ATTRIBUTES)],
  [
    'change hidden attributes',
    ({ root }) => {
      fs.mkdirSync(`${root}/.git/info`);
      fs.writeFileSync(`${root}/.git/info/attributes`, '');
      const replace = 'mv .git/info .git/old; mkdir -p .git/info; echo x > .git/info/attributes';
      return changing(`${root}/.git/info/attributes`, replace);
    },
  ],
  [
    'borrow objects of another repository',
    ({ root }) =>
      writing(
        `${root}/.git/objects/info/alternates`,
        'mkdir -p .git/objects/info; pwd > .git/objects/info/alternates',
      ),
  ],
  [
    'name a remote in a file',
    ({ root }) =>
      writing(`${root}/.git/remotes/x`, 'mkdir -p .git/remotes; echo URL: /x > .git/remotes/x'),
  ],
  [
    'have git write to a file outside through a link',
    ({ root, home }) => {
      fs.writeFileSync(`${home}/.bashrc`, '');
      return {
        command: 'git branch "x;evil"; rm .git/logs/HEAD; ln -s ~/.bashrc .git/logs/HEAD',
        succeeded() {
          git(root, 'switch', '-q', 'x;evil');
          return fs.readFileSync(`${home}/.bashrc`, 'utf8').includes(';evil');
        },
      };
    },
  ],
  [
    'have git write to a file outside through a link to a link',
    ({ root, home }) => {
      const file = `${home}/logs/HEAD`;
      fs.mkdirSync(`${home}/logs`);
      return {
        command: 'mkdir .git/x; ln -s ~ .git/x/y; rm -r .git/logs; ln -s x/y/logs .git/logs',
        succeeded() {
          git(root, 'switch', '-q', '-c', 'new');
          return fs.existsSync(file);
        },
      };
    },
  ],
  [
    'turn the root itself into a repository, where .git is broken',
    ({ root }) => {
      const marker = `${root}/obeyed`;
      const config = `[core]\\nrepositoryformatversion=0\\nbare=false\\nworktree=.\\nfsmonitor=touch ${marker}\\n`;
      return {
        command: `mkdir -p objects refs/heads; echo "ref: refs/heads/main" > HEAD; printf "${config}" > config; rm .git/HEAD`,
        succeeded() {
          spawnSync('git', ['status'], { cwd: root });
          return fs.existsSync(marker);
        },
      };
    },
  ],
  [
    'have git write through a link, beside folders that cannot be listed',
    ({ root, home }) => {
      fs.writeFileSync(`${home}/.bashrc`, '');
      const long = 'd'.repeat(200);
      const deep = `d=.git/logs; for i in $(seq 30); do mkdir $d/${long} && cd $d && d=${long}; done; cd ${root}`;
      return {
        command: `git branch "x;evil"; ${deep}; rm .git/logs/HEAD; ln -s ~/.bashrc .git/logs/HEAD`,
        succeeded() {
          git(root, 'switch', '-q', 'x;evil');
          execFileSync('rm', ['-rf', `${root}/.git/logs`]); // too deep for Node
          return fs.readFileSync(`${home}/.bashrc`, 'utf8').includes(';evil');
        },
      };
    },
  ],
  [
    'have git overwrite a file outside through a link among its objects',
    ({ home, root }) => {
      fs.writeFileSync(`${home}/notes`, 'mine');
      return {
        command: 'mkdir -p .git/objects/info; ln -s ~/notes .git/objects/info/commit-graph',
        succeeded() {
          git(root, 'commit-graph', 'write', '--reachable');
          return fs.readFileSync(`${home}/notes`, 'utf8') !== 'mine';
        },
      };
    },
  ],
  [
    'lead a link elsewhere that was there before',
    ({ root, home, outside }) => {
      fs.renameSync(`${root}/.git/logs`, `${outside}/logs`);
      fs.symlinkSync(`${outside}/logs`, `${root}/.git/logs`);
      fs.mkdirSync(`${home}/logs`);
      return {
        command: 'rm .git/logs; ln -s ~/logs .git/logs',
        succeeded() {
          git(root, 'switch', '-q', '-c', 'new');
          return fs.existsSync(`${home}/logs/HEAD`);
        },
      };
    },
  ],
  [
    'pretend to be another agent that needs nothing any more',
    ({ root }) =>
      writing(
        `${root}/.git/hooks/x`,
        'rm -r .git/mini-coding-agent/* .git/hooks; mkdir -p .git/hooks; echo x > .git/hooks/x',
      ),
  ],
  [
    'connect to a socket that another program made by a relative name',
    async ({ home }) => {
      const code = `require('net').createServer((s) => s.end('reached\\n')).listen('near.sock', () => console.log('up'))`;
      const server = spawn(process.execPath, ['-e', code], { cwd: home });
      onTestFinished(() => void server.kill('SIGKILL'));
      await once(server.stdout, 'data');
      return { command: connect(`'${home}/near.sock'`) };
    },
  ],
];
const ATTRIBUTES = 'mkdir -p .git/info; echo "* filter=x" > .git/info/attributes';

describe.skipIf(!hasBubblewrap)('git outside the sandbox (needs bubblewrap)', () => {
  it.each(some(2, ATTEMPTS))('is safe from a command that tries to %s', async (_what, attempt) => {
    for (const { sandboxed, reached, report } of await tryBoth(attempt)) {
      expect(reached, report).toBe(!sandboxed);
    }
  });

  inStress(
    'can be used inside for a rebase with a conflict, a stash, a tag and tidying',
    async () => {
      const where = place();
      const command =
        'git switch -q -c new && echo b > a && git commit -qam b && git switch -q main && ' +
        'echo c > a && git commit -qam c && ! git rebase -q new >/dev/null 2>&1 && echo d > a && ' +
        'git add a && GIT_EDITOR=true git rebase --continue >/dev/null 2>&1 && ' +
        'git rebase -q --exec true HEAD~1 >/dev/null 2>&1; ' +
        'echo e > a && git stash -q && git stash pop -q && git checkout -q a && git tag t && ' +
        'git gc -q && git log --format=%s && git fsck --strict --no-dangling && git status --short';
      const report = 'exit_code: 0\nstdout:\nc\nb\nfirst commit\nstderr:\n(empty)';
      expect(await run(where, command)).toBe(report);
      expect(git(where.root, 'fsck', '--strict', '--no-dangling')).toBe('');
    },
  );
});

/** Starts this code in another process that has opened a sandbox; it is ready when it prints. */
async function otherAgent({ root, env }: Place, code: string) {
  const script = `
    const { openSandbox } = await import(${JSON.stringify(SANDBOX)});
    const env = ${JSON.stringify(env)};
    const sandbox = await openSandbox({ root: ${JSON.stringify(root)}, env, network: false });
    const confine = (command) => 
      sandbox.confine({ file: '/bin/sh', args: ['-c', command], env });
    ${code}
    console.log('ready');
    process.stdin.resume();`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  expect(String(said)).toBe('ready\n');
  return child;
}

const inGit = ({ root }: Place) =>
  fs.readdirSync(`${root}/.git`, { recursive: true, encoding: 'utf8' }).toSorted();

/** Runs a command that tries to redirect git, once `meanwhile` has happened. */
async function attackAfter(where: Place, meanwhile: () => Promise<unknown>): Promise<string> {
  const { root } = where;
  execFileSync('mkfifo', [`${root}/gate`]);
  const attack =
    'for name in commondir config.worktree; do rm -f .git/$name; echo evil > .git/$name; done';
  const running = run(where, `touch up; read x < gate; ${attack}; cat .git/commondir`, {
    timeout: 120,
  });
  await vi.waitFor(() => expect(fs.existsSync(`${root}/up`)).toBe(true), 10_000);
  await meanwhile();
  fs.writeFileSync(`${root}/gate`, '\n');
  return running;
}

describe.skipIf(!hasBubblewrap)('what a command leaves (needs bubblewrap)', () => {
  it.each([
    ['.git/info', 'attributes', 'rm -rf .git/info'],
    ['conf', 'one', 'true'],
  ])('as a link at %s makes the agent move nothing outside', async (folder, file, remove) => {
    const where = place();
    including(where, '../conf/one');
    fs.writeFileSync(path.join(where.outside, file), 'mine');
    const report = await run(where, `${remove}; ln -s ${where.outside} ${folder}`);
    expect(report).toContain(`error: ${folder} is protected: what was made there is now `);
    expect(fs.readdirSync(where.outside).toSorted()).toEqual(['home', file].toSorted());
  });

  it('in a folder that it has closed is found: the folder is opened again', async () => {
    const where = place();
    const modeOf = (name: string) => fs.statSync(path.join(where.root, name)).mode & 0o777;
    const before = ['.', '.git'].map(modeOf);
    const report = await run(where, 'mkdir .idea; chmod 0 .git; chmod 500 .');
    expect(report).toContain('.idea is protected: what was made there is now .idea.kept-out-');
    expect(['.', '.git'].map(modeOf)).toEqual(before);
  });

  it('in a folder that it has made and closed is found, too', async () => {
    const where = place();
    including(where, '../conf/one');
    const report = await run(where, 'mkdir conf; echo > conf/one; chmod 500 conf');
    expect(report).toContain('conf/one is protected: what was made there is now one.kept-out-');
    expect(fs.statSync(`${where.root}/conf`).mode & 0o700).toBe(0o700);
  });

  inStress('in files that the program was started with is nothing', async () => {
    const where = place();
    const file = path.join(where.outside, 'lock');
    const code = `const { openSandbox, runConfined } = await import(${JSON.stringify(SANDBOX)});
      const [root, env] = ${JSON.stringify([where.root, where.env])};
      const sandbox = await openSandbox({ root, env, network: false });
      const command = { file: '/bin/bash', args: ['-c', 'echo x >&20; echo x >&200; true'], env };
      const options = { cwd: root, timeoutMs: 20_000, signal: new AbortController().signal };
      console.log((await runConfined(sandbox, command, options)).ended.how);`;
    const script = `exec 20>>"$1" 200>>"$1"; exec "$2" --import tsx --input-type=module --eval "$3"`;
    const args = ['-c', script, 'bash', file, process.execPath, code];
    expect(spawnSync('bash', args, { encoding: 'utf8' }).stdout).toBe('[ 0, null ]\n');
    expect(fs.readFileSync(file, 'utf8')).toBe('');
  });

  it('in a bare repository beside its pointer file is no commit', async () => {
    const where = place();
    fs.renameSync(`${where.root}/.git`, `${where.root}/.bare`);
    fs.writeFileSync(`${where.root}/.git`, 'gitdir: ./.bare\n');
    execFileSync('git', ['config', '-f', `${where.root}/.bare/config`, 'core.bare', 'true']);
    const report = await run(where, 'echo z > z; git add z');
    expect(report).toContain('this operation must be run in a work tree');
    expect(fs.existsSync(`${where.root}/.bare/commondir`)).toBe(false);
  });

  it.skipIf(process.getuid?.() === 0)(
    'closed before it began has no command run (needs a user that is not root)',
    async () => {
      const where = place();
      fs.chmodSync(`${where.root}/.git`, 0);
      await expect(run(where, 'chmod 700 .git')).rejects.toThrow('cannot be protected');
      fs.chmodSync(`${where.root}/.git`, 0o700);
    },
  );
});

describe.skipIf(!hasBubblewrap)('several agents in one workspace (needs bubblewrap)', () => {
  it('each protect git until their command ends, whoever began first', async () => {
    const where = place();
    const before = inGit(where);
    const end = `process.stdin.once('data', () => { settle(); process.exit(); });`;
    const first = await otherAgent(where, `const { settle } = confine('true'); ${end}`);
    const report = await attackAfter(where, async () => {
      first.stdin.write('end\n');
      await once(first, 'exit');
    });
    expect(report).toContain('stdout:\n.\n');
    expect(report).not.toContain('protected:');
    expect(inGit(where)).toEqual(before);
  });

  inStress('leave nothing for ever, though one was killed: the next one tidies up', async () => {
    const where = place();
    const before = inGit(where);
    const killed = await otherAgent(where, `confine('true');`);
    const report = await attackAfter(where, async () => {
      killed.kill('SIGKILL');
      await once(killed, 'exit');
      await run(where, 'true');
    });
    expect(report).toContain('stdout:\n.\n');
    expect(inGit(where)).toEqual(before);
  });

  inStress('wait for each other when many begin and end at once', async () => {
    const where = place();
    const before = inGit(where);
    const reports = await Promise.all(
      Array.from({ length: 6 }, () => run(where, 'cat .git/commondir')),
    );
    expect(new Set(reports)).toEqual(new Set(['exit_code: 0\nstdout:\n.\nstderr:\n(empty)']));
    expect(inGit(where)).toEqual(before);
  });

  inStress('never take a placeholder from a command that still needs it', async () => {
    const where = place();
    const before = inGit(where);
    const loop = 'for (let count = 0; count < 30; count++) confine("true").settle();';
    await attackAfter(where, async () => {
      const { ino } = fs.lstatSync(`${where.root}/.git/commondir`);
      await Promise.all(Array.from({ length: 3 }, () => otherAgent(where, loop)));
      expect(fs.lstatSync(`${where.root}/.git/commondir`).ino).toBe(ino);
    });
    expect(inGit(where)).toEqual(before);
    await Promise.all(Array.from({ length: 3 }, () => otherAgent(where, loop)));
    expect(inGit(where)).toEqual(before);
  });
});

const fifo = (file: string) => void execFileSync('mkfifo', [file]);

const ODD: [what: string, plant: (root: string) => void][] = [
  [
    '.git that is a pipe',
    (root) => (fs.rmSync(`${root}/.git`, { recursive: true }), fifo(`${root}/.git`)),
  ],
  ['commondir that is a pipe', (root) => fifo(`${root}/.git/commondir`)],
  ['commondir that is a folder', (root) => fs.mkdirSync(`${root}/.git/commondir`)],
  ['commondir without end', (root) => fs.symlinkSync('/dev/zero', `${root}/.git/commondir`)],
  [
    'commondir of 300 MB',
    (root) => {
      fs.writeFileSync(`${root}/.git/commondir`, '');
      fs.truncateSync(`${root}/.git/commondir`, 300 * 1024 * 1024);
    },
  ],
  ['commondir with NUL in it', (root) => fs.writeFileSync(`${root}/.git/commondir`, 'a\0b\n')],
  ['config.worktree that is a pipe', (root) => fifo(`${root}/.git/config.worktree`)],
  [
    'pointer file without end',
    (root) => {
      fs.rmSync(`${root}/.git`, { recursive: true });
      fs.symlinkSync('/dev/zero', `${root}/.git`);
    },
  ],
  [
    'config that is a pipe',
    (root) => {
      fs.rmSync(`${root}/.git/config`);
      fifo(`${root}/.git/config`);
    },
  ],
  [
    'folder of hooks that is a pipe',
    (root) => (fs.rmdirSync(`${root}/.git/hooks`), fifo(`${root}/.git/hooks`)),
  ],
  [
    '.vscode that is a pipe',
    (root) => (fs.rmSync(`${root}/.vscode`, { recursive: true }), fifo(`${root}/.vscode`)),
  ],
];

describe.skipIf(!hasBubblewrap)('a repository that a command runs in (needs bubblewrap)', () => {
  it.each(some(3, ODD))('may have a %s', async (_what, plant) => {
    const where = place();
    plant(where.root);
    expect(await run(where, 'echo hi')).toBe('exit_code: 0\nstdout:\nhi\nstderr:\n(empty)');
  });

  it('must have no link where agents tell each other of their commands: it is not followed', async () => {
    const where = place();
    fs.symlinkSync(where.outside, `${where.root}/.git/mini-coding-agent`);
    const before = fs.readdirSync(where.outside);
    await expect(run(where, 'echo hi')).rejects.toThrow(
      /^The sandbox \(--sandbox\) cannot start: git's settings cannot be protected: .*remove it\.$/,
    );
    expect(fs.readdirSync(where.outside)).toEqual(before);
  });

  it('keeps a pipe at a protected name as it is', async () => {
    const where = place();
    fifo(`${where.root}/.git/commondir`);
    await run(where, 'rm -f .git/commondir; ln -s x .git/commondir; mv -f a .git/commondir');
    expect(fs.lstatSync(`${where.root}/.git/commondir`).isFIFO()).toBe(true);
  });
});
