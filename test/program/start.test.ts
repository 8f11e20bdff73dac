/** How the program starts: with as little as it needs, and from the second time on from its code cache. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { final, toolCall } from '../support/ollama-server.ts';
import { BIN, runProgram, scene, scriptedServer } from '../support/program.ts';
import { inStress } from '../support/stress.ts';
import { temporaryFolder } from '../support/workspace.ts';

/** Has the program tell what becomes of its code cache. */
const TELLING = { NODE_DEBUG: 'mini-coding-agent' };
const toldOf = (stderr: string, file = 'program.cjs') =>
  [...stderr.matchAll(/code cache \S+ of (\S+): (.*)$/gm)].flatMap(([, of, what]) =>
    of === file ? [what] : [],
  );

it.each([
  ['--version', 0, `${packageJson.version}\n`, ['cli.cjs']],
  ['-V', 0, `${packageJson.version}\n`, ['cli.cjs']],
  ['--help', 0, /^Usage: mini-coding-agent/, ['cli.cjs', 'main.cjs']],
  ['--nosuch', 2, '', ['cli.cjs', 'main.cjs']],
])('answers %s without the files that it does not need', async (flag, code, stdout, files) => {
  const folder = temporaryFolder();
  for (const file of files)
    fs.copyFileSync(path.join(path.dirname(BIN), file), path.join(folder, file));
  const bin = path.join(folder, 'cli.cjs');
  const ran = await runProgram([flag], { cwd: folder, bin });
  expect(ran).toMatchObject({ code, stdout: expect.stringMatching(stdout) as string });
});

it('keeps at its first request what V8 has made of it, and runs that at the next', async () => {
  const { run } = await scene([final('One.'), final('Two.'), final('Three.')]);
  const env = { ...TELLING, XDG_CACHE_HOME: temporaryFolder() };
  await run(['--help'], '', { env });
  const [first, second] = [
    await run(['-p', 'hi'], '', { env }),
    await run(['-p', 'hi'], '', { env }),
  ];
  expect(toldOf(first.stderr)).toEqual(['none', 'kept']);
  expect(toldOf(second.stderr)).toEqual(['has print in a pipe']);
  expect([first.stdout, second.stdout]).toEqual(['One.\n', 'Two.\n']);
  const without = await run(['-p', 'hi'], '', { env: { ...env, NODE_DISABLE_COMPILE_CACHE: '1' } });
  expect(toldOf(without.stderr)).toEqual(['none']);
  expect(without.stdout).toBe('Three.\n');
});

inStress(
  'finds what a longer run has kept, in which V8 was told to keep its heap small',
  async () => {
    const sleeps = toolCall('run_shell', { command: 'sleep 0.5' });
    const { run } = await scene([sleeps, final('One.'), final('Two.')]);
    const env = { ...TELLING, XDG_CACHE_HOME: temporaryFolder() };
    await run(['-p', '--approval', 'auto', 'hi'], '', { env });
    const { stderr } = await run(['-p', 'hi'], '', { env });
    expect(toldOf(stderr)).toEqual(['has print in a pipe']);
    expect(toldOf(stderr, 'main.cjs')).toEqual(['has any start']);
  },
);

it.each([[['--help']], [['--nosuch']], [['-p', 'hi']]])(
  'exits once all is written, though the timer of a library still runs: %s',
  async (args) => {
    const { run } = await scene([final('One.')]);
    const timer = '--import="data:text/javascript,setInterval(() => {}, 1e9)"';
    const { code } = await run(args, '', { env: { NODE_OPTIONS: timer } });
    expect(code).toBe(args.includes('--nosuch') ? 2 : 0);
  },
);

it('tells a bug with its stack also where it runs from the cache', async () => {
  const cwd = temporaryFolder();
  const { url: host } = await scriptedServer([final('One.')]);
  const bug = `process.on('newListener', (name) => {
    if (process.env.BUG && name === 'SIGTERM') throw new Error('a bug');
  })`;
  const preload = `--import="data:text/javascript,${encodeURIComponent(bug)}"`;
  const env = { ...TELLING, XDG_CACHE_HOME: temporaryFolder(), NODE_OPTIONS: preload };
  await runProgram(['-p', 'hi'], { cwd, host, env });
  const { code, stderr } = await runProgram(['-p', 'hi'], { cwd, host, env: { ...env, BUG: '1' } });
  expect(toldOf(stderr)).toEqual(['has print in a pipe']);
  expect(code).toBe(70);
  expect(stderr).toMatch(/This is a bug in mini-coding-agent:\nError: a bug\n.*program\.cjs:\d+/s);
});
