import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import { parsePython } from '../../../src/tools/facts/python.ts';
import { childEnvironment } from '../../../src/tools/shell/environment.ts';
import { pythonSays, pythonPath } from '../../support/python.ts';
import { some } from '../../support/stress.ts';
import { never, temporaryFolder } from '../../support/workspace.ts';

const PYTHON_PATH = pythonPath();
const env = { ...childEnvironment(process.env), PATH: PYTHON_PATH };
/** Enough on a busy machine, too. */
const PATIENCE_MS = 20_000;

const parse = (after: string | Buffer, root = temporaryFolder(), more: NodeJS.ProcessEnv = {}) =>
  parsePython(
    { before: Buffer.from('pass\n'), after: Buffer.from(after) },
    { root, env: { ...env, ...more } },
    never,
    PATIENCE_MS,
  );

/** The name of the folder of this version's packages. */
const VERSION = '"python%d.%d" % sys.version_info[:2]';

/** A Python program that leaves a mark. */
const leaving = (mark: string) => `open(${JSON.stringify(mark)}, "w").close()\n`;

it.each(
  some(4, [
    ['x = 1\nreturn x\n', 2, /^'return' outside function/],
    ['def f():\nreturn 1\n', 2, /^expected an indented block/],
    ['if 1:\n\ta\n        b\n', 3, /^inconsistent use of tabs/],
    [Buffer.from([0x61, 0x3d, 0x22, 0xff, 0x22]), undefined, /utf-8/],
    ['# coding: no-such-coding\n', undefined, /no-such-coding/],
    ['a = “b”\n', 1, /^invalid character/],
    ['a = (1,\n', 1, /./],
    ['a = "\n', 1, /./],
  ] as [string | Buffer, number | undefined, RegExp][]),
)('of %j it says what is wrong and where', async (source, line, message) => {
  const { language, before, after } = (await parse(source)) ?? expect.fail('nothing was said');
  expect(language).toMatch(/^Python 3\.\d+$/);
  expect(before).toBeUndefined();
  expect(after?.message).toMatch(message);
  if (line !== undefined) expect(after?.line).toBe(line);
});

it.each(
  some(4, [
    ['that would run for ever', 'while True: pass\n'],
    ['of nothing', ''],
    ['with a byte order mark', '\ufeffa = 1\n'],
    ['of lines with CRLF', 'if 1:\r\n  a\r\n'],
    ['in another coding', Buffer.from('# coding: latin-1\na = "\u00e9"\n', 'latin1')],
    ['with a warning', String.raw`a = "\d"`],
  ] as [string, string | Buffer][]),
)('says nothing against a source %s', async (_what, source) => {
  expect(await parse(source)).toMatchObject({ after: undefined });
});

it('keeps the two sources apart, whatever is in them', async () => {
  const [bad, good] = [Buffer.from('9\na = (\n'), Buffer.from('12\nb = 1\n')];
  const where = { root: temporaryFolder(), env };
  const of = (before: Buffer, after: Buffer) =>
    parsePython({ before, after }, where, never, PATIENCE_MS);
  expect(await of(bad, good)).toMatchObject({ before: undefined, after: undefined });
  expect(await of(good, bad)).toMatchObject({ before: undefined, after: { line: 2 } });
  expect(await of(bad, bad)).toMatchObject({ before: { line: 2 }, after: { line: 2 } });
});

describe('nothing of the repository runs', () => {
  /** A repository that tries all it can; `mark` exists once anything of it has run. */
  function hostile() {
    const top = temporaryFolder();
    const mark = path.join(top, 'ran');
    const root = path.join(top, 'repo');
    const program = `#!/bin/sh\n: > '${mark}'\nprintf 'Python 3.9\\nok\\nok\\n'\n`;
    const modules = ['ast', 'sys', 'io', 'codecs', 'encodings', 'site', 'sitecustomize'];
    const files: Record<string, string> = {
      ...Object.fromEntries(modules.map((name) => [`${name}.py`, leaving(mark)])),
      'usercustomize.py': leaving(mark),
      'encodings/evil.py': leaving(mark),
      'evil.pth': `import os; ${leaving(mark)}`,
      '.python-version': 'evil\n',
      'pyvenv.cfg': 'home = .\n',
      'startup.py': leaving(mark),
      'bin/python3': program,
      'node_modules/.bin/python3': program,
      '.venv/bin/python3': program,
      python3: program,
    };
    for (const [name, content] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      fs.writeFileSync(path.join(root, name), content, { mode: 0o755 });
    }
    return { root, mark, top };
  }

  it('by a python3 of its own, however it comes into the PATH', async () => {
    const { root, mark, top } = hostile();
    fs.symlinkSync('repo/bin', path.join(top, 'linked'));
    fs.mkdirSync(path.join(top, 'tools'));
    fs.symlinkSync('../repo/bin/python3', path.join(top, 'tools/python3'));
    const entries = [
      '',
      '.',
      'bin',
      ...['bin', 'node_modules/.bin', '.venv/bin'].map((name) => path.join(root, name)),
      path.join(top, 'linked'),
      path.join(top, 'tools'),
    ];
    for (const entry of entries) {
      const parsed = await parse('a = (', root, { PATH: `${entry}:${PYTHON_PATH}` });
      expect(parsed).toMatchObject({ after: { line: 1 } });
    }
    expect(fs.existsSync(mark)).toBe(false);
  });

  it('by a module, a start-up file or a path file that Python would load', async () => {
    const { root, mark, top } = hostile();
    const site = path.join(top, 'home/.local/lib', pythonSays(VERSION), 'site-packages');
    fs.mkdirSync(site, { recursive: true });
    fs.copyFileSync(path.join(root, 'evil.pth'), path.join(site, 'evil.pth'));
    fs.copyFileSync(path.join(root, 'usercustomize.py'), path.join(site, 'usercustomize.py'));
    const variables = {
      HOME: path.join(top, 'home'),
      PYTHONUSERBASE: path.join(top, 'home/.local'),
      PYTHONPATH: root,
      PYTHONSTARTUP: path.join(root, 'startup.py'),
      PYTHONINSPECT: '1',
    };
    const here = process.cwd();
    process.chdir(root);
    try {
      const parsed = await parse('# coding: evil\n', root, variables);
      expect(parsed).toMatchObject({ after: { message: expect.stringContaining('evil') } });
      expect(await parse('import ast\n', root, variables)).toMatchObject({ before: undefined });
    } finally {
      process.chdir(here);
    }
    expect(fs.existsSync(mark)).toBe(false);
    // The control: what is isolated here would run.
    execFileSync('python3', ['-c', ''], {
      cwd: '/',
      env: { ...env, HOME: path.join(top, 'home') },
    });
    expect(fs.existsSync(mark)).toBe(true);
  });

  it('by a path file among the packages of an environment, which may lead into it', async () => {
    const { root, mark, top } = hostile();
    const folder = path.join(top, 'environment');
    const site = path.join(folder, 'lib', pythonSays(VERSION), 'site-packages');
    for (const name of [site, path.join(folder, 'bin')]) fs.mkdirSync(name, { recursive: true });
    const executable = pythonSays('sys.executable');
    fs.writeFileSync(path.join(folder, 'pyvenv.cfg'), `home = ${path.dirname(executable)}\n`);
    fs.symlinkSync(executable, path.join(folder, 'bin/python3'));
    fs.copyFileSync(path.join(root, 'evil.pth'), path.join(site, 'evil.pth'));
    const python = path.join(folder, 'bin/python3');
    const parsed = await parse('a = (', root, { PATH: `${path.dirname(python)}:${PYTHON_PATH}` });
    expect(parsed).toMatchObject({ after: { line: 1 } });
    expect(fs.existsSync(mark)).toBe(false);
    // The control: without -S, it would run.
    execFileSync(python, ['-I', '-c', ''], { cwd: '/' });
    expect(fs.existsSync(mark)).toBe(true);
  });

  it('by its source, which is only compiled', async () => {
    const { root, mark } = hostile();
    expect((await parse(leaving(mark), root))?.after).toBeUndefined();
    expect(fs.existsSync(mark)).toBe(false);
  });
});

/** The states of the processes of a group that have not ended. */
function aliveIn(group: string): string[] {
  const rows = execFileSync('ps', ['-e', '-o', 'pgid=,stat='], { encoding: 'utf8' }).split('\n');
  return rows.flatMap((row) => {
    const [pgid, stat = ''] = row.trim().split(/ +/);
    return pgid === group && !stat.startsWith('Z') ? [stat] : [];
  });
}

describe('an interpreter that fails is no fact', () => {
  /** With a python3 that is this shell script. */
  async function withInterpreter(script: string, source = 'a = (') {
    const folder = temporaryFolder();
    const file = path.join(folder, 'python3');
    fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { parsed: await parse(source, undefined, { PATH: `${folder}:/usr/bin:/bin` }), folder };
  }

  it.each([
    ['ends with an error', 'exit 1'],
    ['prints nothing', 'exit 0'],
    ['prints something else', 'echo Python 3.11; echo ok; echo maybe'],
    ['is no Python', 'echo Perl 5; echo ok; echo ok'],
    ['fails after it has spoken', "printf 'Python 3.11\\nok\\nok\\n'; exit 1"],
    ['reads nothing', 'exec <&-; exit 0'],
  ])('when it %s', async (_what, script) => {
    const { parsed } = await withInterpreter(script, `a = "${'x'.repeat(500_000)}"`);
    expect(parsed).toBeUndefined();
  });

  it('when it cannot be started or there is none', async () => {
    const folder = temporaryFolder({ python3: 'not a program' });
    fs.chmodSync(path.join(folder, 'python3'), 0o755);
    expect(await parse('a', undefined, { PATH: folder })).toBeUndefined();
    expect(await parse('a', undefined, { PATH: temporaryFolder() })).toBeUndefined();
  });

  it('when it does not end, and all that it has started is ended', async () => {
    const script = `trap '' TERM\n(trap '' TERM; echo $$ > "$HOME/group"; sleep 60) &\nwait`;
    const home = temporaryFolder();
    const folder = temporaryFolder();
    fs.writeFileSync(path.join(folder, 'python3'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const more = { PATH: `${folder}:/usr/bin:/bin`, HOME: home };
    const sources = { before: Buffer.alloc(0), after: Buffer.from('a') };
    const where = { root: temporaryFolder(), env: { ...env, ...more } };
    expect(await parsePython(sources, where, never, 500)).toBeUndefined();
    const group = fs.readFileSync(path.join(home, 'group'), 'utf8').trim();
    await vi.waitFor(() => expect(aliveIn(group)).toEqual([]));
  });

  it('when the person stops it', async () => {
    const stop = new AbortController();
    stop.abort();
    const sources = { before: Buffer.alloc(0), after: Buffer.from('a = (') };
    const parsed = await parsePython(sources, { root: temporaryFolder(), env }, stop.signal);
    expect(parsed).toBeUndefined();
  });

  it('when a source is deeper than it can read', async () => {
    const source = `${'-'.repeat(200_000)}1\n`;
    const parsed = await parse(source);
    if (parsed !== undefined) expect(parsed.language).toMatch(/^Python/); // one that could
  });
});
