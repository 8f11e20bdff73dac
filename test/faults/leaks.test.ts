/** What must not pile up in a long session. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { expect, it, onTestFinished, vi } from 'vitest';
import { runShell } from '../../src/tools/run-shell.ts';
import { runTool } from '../support/run-tool.ts';
import { inStress, often } from '../support/stress.ts';
import { temporaryFolder, toolContext } from '../support/workspace.ts';

const COMMANDS = often(60, 500);
const AT_A_TIME = 20;

/** What commands leave in the background, under a name that no other process has. */
const LEFT_BEHIND = `sleep 300.${process.pid}`;

function processes(): string[] {
  const { stdout } = spawnSync('ps', ['-eo', 'stat=,args='], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => /^[^Z]/.test(line) && line.includes(LEFT_BEHIND));
}

/** How many files this process has open. */
const openFiles = () => fs.readdirSync('/dev/fd').length;

inStress(`${COMMANDS} commands leave no process and no open file behind`, async () => {
  const context = toolContext(temporaryFolder());
  const run = (command: string) => runTool(runShell, context, { command });
  await run('true');
  const before = openFiles();
  const worker = async (_: unknown, first: number) => {
    for (let count = first; count < COMMANDS; count += AT_A_TIME) {
      // Every tenth leaves something in the background that holds the pipe.
      const command = count % 10 === 0 ? `${LEFT_BEHIND} & echo ${count}` : `echo ${count}`;
      expect(await run(command)).toContain(`stdout:\n${count}\n`);
    }
  };
  // The control: a running one is found.
  const controller = new AbortController();
  const long = runTool(runShell, context, { command: LEFT_BEHIND }, controller.signal);
  const interrupted = expect(long).rejects.toThrow('interrupted');
  await vi.waitFor(() => expect(processes()).not.toEqual([]));
  controller.abort();
  await interrupted;

  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  await vi.waitFor(() => expect(processes()).toEqual([]), { timeout: 5_000 });
  await vi.waitFor(() => expect(openFiles()).toBeLessThanOrEqual(before + 1));
});

it('a process that leaves the group of its command outlives it, but keeps no file open here', async () => {
  const context = toolContext(temporaryFolder());
  await runTool(runShell, context, { command: 'true' });
  const before = openFiles();
  for (let count = 0; count < 10; count++) {
    const command = `bash -c 'set -m; ${LEFT_BEHIND} & echo $!'`;
    const [, pid] = /stdout:\n(\d+)\n/.exec(await runTool(runShell, context, { command })) ?? [];
    onTestFinished(() => void process.kill(Number(pid)));
  }
  expect(processes()).toHaveLength(10);
  await vi.waitFor(() => expect(openFiles()).toBeLessThanOrEqual(before + 1));
});
