import { spawnSync } from 'node:child_process';
import { getEventListeners } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { childEnvironment } from '../../src/tools/shell/environment.ts';
import { findShell } from '../../src/tools/shell/shell.ts';
import { ResultRoom } from '../../src/context/result-room.ts';
import { runShell, shellTool } from '../../src/tools/run-shell.ts';
import { never, temporaryFolder, toolContext } from '../support/workspace.ts';
import { runTool } from '../support/run-tool.ts';
import { some } from '../support/stress.ts';

const BASH = shellTool(findShell(process.env, '/no/workspace'));

const run = (command: string, root = temporaryFolder(), signal = never, tool = BASH) =>
  runTool(tool, toolContext(root), { command }, signal);

/** A zombie, which has ended but was not waited for, counts as ended. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return /^[^Z]/.test(stdout.trim());
}

/** The process ids that a command wrote, one per line. */
const pidsIn = (text: string) => [...text.matchAll(/^\d+$/gm)].map(([pid]) => Number(pid));

/** How many files this process has open. */
const openFiles = () => fs.readdirSync('/dev/fd').length;

const gone = (pids: number[]) =>
  vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 5_000 });

describe('a result', () => {
  it.each([
    ['echo out; echo err >&2', 'exit_code: 0\nstdout:\nout\nstderr:\nerr'],
    ['true', 'exit_code: 0\nstdout:\n(empty)\nstderr:\n(empty)'],
    ['echo no; exit 3', 'exit_code: 3\nstdout:\nno\nstderr:\n(empty)'],
    ['cat; echo at the end', 'exit_code: 0\nstdout:\nat the end\nstderr:\n(empty)'],
    ["printf 'ok \\377 done'", 'exit_code: 0\nstdout:\nok \ufffd done\nstderr:\n(empty)'],
    ["printf 'a\\n\\n b\\n'", 'exit_code: 0\nstdout:\na\n\n b\nstderr:\n(empty)'],
    ['kill -9 $$', 'exit_code: none (ended by SIGKILL)\nstdout:\n(empty)\nstderr:\n(empty)'],
  ])('of %s has exit code, stdout and stderr, in bash and in sh', async (command, report) => {
    for (const tool of [BASH, runShell]) {
      expect(await run(command, temporaryFolder(), never, tool)).toBe(report);
    }
  });

  it('of a command that does not exist is the exit code and message of the shell', async () => {
    expect(await run('no-such-command-here')).toMatch(
      /^exit_code: 127\nstdout:\n\(empty\)\nstderr:\n.*no-such-command-here.*not found/,
    );
  });

  it.each([
    ['too long', `: ${'x'.repeat(3_000_000)}`],
    ['one with a NUL', 'echo a\0b'],
  ])('of a command that cannot be started, %s, is an error', async (_what, command) => {
    await expect(run(command)).rejects.toThrow(/could not be started/);
  });
});

it('runs in the root of the workspace', async () => {
  const root = temporaryFolder();
  expect(await run('pwd -P', root)).toContain(`stdout:\n${root}\n`);
});

it('hides secrets of the environment from commands, and shows what the user names', async () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('CANARY_TOKEN', 'tweet-1').stubEnv('NAMED_TOKEN', 'tweet-2');
  const env = childEnvironment(process.env, ['NAMED_TOKEN']);
  const command = 'env | grep tweet; test -n "$PATH" && echo with a path';
  const report = await runTool(BASH, { ...toolContext(temporaryFolder()), env }, { command });
  expect(report).toContain('stdout:\nNAMED_TOKEN=tweet-2\nwith a path\nstderr');
});

describe('long output', () => {
  it('keeps its head and its tail, and is not clipped as a result', async () => {
    const report = await run('echo first; seq 1 200000; echo last');
    expect(report.length).toBeLessThanOrEqual(4_000);
    expect(report).toMatch(/^exit_code: 0\nstdout:\nfirst\n1\n2\n/);
    expect(report).toMatch(/\n200000\nlast\nstderr:\n\(empty\)$/);
  });

  it('leaves stderr its own room, whatever stdout prints', async () => {
    const report = await run('seq 1 200000; seq 1 50000 >&2; echo the cause >&2');
    expect(report.length).toBeLessThanOrEqual(4_000);
    const [, stdout = '', stderr = ''] = report.split(/stdout:\n|stderr:\n/);
    expect(stdout).toMatch(/^1\n2\n[\s\S]*\n200000\n$/);
    expect(stderr).toMatch(/^1\n2\n[\s\S]*\nthe cause$/);
    expect(stderr.length).toBeGreaterThan(1_000);
  });

  it.each([2_048, 4_096, 32_768])('takes its share of a window of %i tokens', async (numCtx) => {
    const resultRoom = new ResultRoom(numCtx, 1);
    const context = { ...toolContext(temporaryFolder()), resultRoom };
    const command = 'seq 1 200000; seq 1 50000 >&2; echo the cause >&2';
    const report = await runTool(BASH, context, { command });
    expect(resultRoom.clip(report)).toBe(report);
    expect(report.length).toBeGreaterThan(0.8 * resultRoom.chars);
    expect(report).toMatch(/^exit_code: 0\nstdout:\n1\n[^]*\n200000\nstderr:\n1\n[^]*the cause$/);
  });

  it('lets a short stdout leave its room to stderr', async () => {
    const report = await run('echo short; seq 1 800 >&2');
    expect(report).not.toContain('left out');
  });

  it('splits no character where it is cut', async () => {
    const report = await run("printf 'é漢😀%.0s' $(seq 1 20000)");
    expect(report).toContain('left out');
    expect(report).not.toContain('\ufffd');
    expect(report.isWellFormed()).toBe(true);
  });

  it('counts all that it leaves out, in one mark', async () => {
    const report = await run("head -c 1000000 /dev/zero | tr '\\0' z");
    const marks = [...report.matchAll(/\[(\d+) bytes left out\]/g)].map(([, count]) =>
      Number(count),
    );
    const shown = report.match(/z/g)?.length ?? 0;
    expect(marks).toEqual([1_000_000 - shown]);
  });

  it('costs little memory, however long it is', async () => {
    const before = process.resourceUsage().maxRSS;
    const report = await run('yes | head -c 200000000');
    expect(report).toMatch(/stdout:\ny\ny\n[\s\S]*left out[\s\S]*\ny\ny\n/);
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(150 * 1024);
  });
});

describe('output for a terminal', () => {
  it('has no colours in the result and in what the person is shown of it', async () => {
    const call = BASH.prepare({ command: "printf '\\033[31mred\\033[0m\\r\\nN\\bN\\n'" });
    const { text, summary } = await call.run(toolContext(temporaryFolder()), never);
    expect(text).toBe('exit_code: 0\nstdout:\nred\nN\nstderr:\n(empty)');
    expect(summary?.output).toEqual(['red', 'N']);
  });

  it('is only the last of its progress, which takes no room from the rest', async () => {
    const steps = (count: number) => `for i in $(seq ${count}); do printf '\\rstep %d' $i; done`;
    expect(await run(`echo begun; ${steps(20_000)}; echo; echo done`)).toBe(
      'exit_code: 0\nstdout:\nbegun\nstep 20000\ndone\nstderr:\n(empty)',
    );
    expect(await run(`${steps(400)} >&2`)).toMatch(/stderr:\nstep 400$/);
  });
});

describe('processes', () => {
  it('in the background do not delay the result, and end with it', async () => {
    const report = await run('sleep 300 & echo $!; sleep 300 & echo $!; echo hi');
    expect(report).toContain('hi\nstderr');
    const pids = pidsIn(report);
    expect(pids).toHaveLength(2);
    await gone(pids);
  });

  it.each(
    some(2, [
      [
        'children of children',
        '(sleep 300 & echo $!; echo $$; echo so far; echo err >&2; wait) | cat',
      ],
      [
        'those that ignore SIGTERM',
        "trap '' TERM; echo $$; echo so far; echo err >&2; while :; do sleep 0.1; done",
      ],
      ['children', 'sleep 300 & echo $!; echo $$; echo so far; echo err >&2; wait'],
    ]),
  )('end at the timeout, %s too, and the output so far is kept', async (_what, command) => {
    const context = toolContext(temporaryFolder());
    const failure = await runTool(BASH, context, { command, timeout: 1 }).catch(String);
    expect(failure).toMatch(/the command was stopped after 1 s\nexit_code: none\nstdout:\n/);
    expect(failure).toMatch(/so far\nstderr:\nerr/);
    const pids = pidsIn(failure);
    expect(pids.length).toBeGreaterThan(0);
    await gone(pids);
  });

  it('that read from their own output are not waited for', async () => {
    const command = 'read x <&1; echo "got $?"; read y <&2; echo "got $?" >&2';
    const result = await run(command);
    expect(result).toContain('stdout:\ngot 1\n');
    expect(result).toContain('stderr:\ngot 1');
  });

  it('end with an interrupt', async () => {
    const root = temporaryFolder();
    const pidFile = path.join(root, 'pids');
    const controller = new AbortController();
    const command = `sleep 300 & printf '%s\\n%s\\n' $! $$ > pids.new; mv pids.new pids; wait`;
    const running = run(command, root, controller.signal).then(
      () => 'it ran to its end',
      () => 'interrupted',
    );
    await vi.waitFor(() => expect(fs.existsSync(pidFile)).toBe(true), { timeout: 10_000 });
    const pids = pidsIn(fs.readFileSync(pidFile, 'utf8'));
    expect(pids.map(isAlive)).toEqual([true, true]);
    controller.abort();
    expect(await running).toBe('interrupted');
    await gone(pids);
  });

  it('are not even started after an interrupt', async () => {
    const root = temporaryFolder();
    await expect(run('touch it-ran', root, AbortSignal.abort())).rejects.toThrow();
    expect(fs.existsSync(path.join(root, 'it-ran'))).toBe(false);
    await run('touch it-ran', root);
    expect(fs.existsSync(path.join(root, 'it-ran'))).toBe(true);
  });

  it('leave no open file behind, however many commands run', async () => {
    const root = temporaryFolder();
    await run('true', root);
    const before = openFiles();
    for (let count = 0; count < 20; count++) await run('echo hi', root);
    await vi.waitFor(() => expect(openFiles()).toBeLessThanOrEqual(before + 1));
  });

  it('leave no listener behind on the signal of the request', async () => {
    const { signal } = new AbortController();
    await run('true', temporaryFolder(), signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
