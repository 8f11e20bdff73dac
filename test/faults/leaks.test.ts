/** What must not pile up in a long session. */
import { spawnSync } from 'node:child_process';
import { getEventListeners } from 'node:events';
import fs from 'node:fs';
import { expect, it, vi } from 'vitest';
import { runShell } from '../../src/tools/run-shell.ts';
import { runTool } from '../support/run-tool.ts';
import { temporaryFolder, toolContext } from '../support/workspace.ts';

const COMMANDS = 500;
const AT_A_TIME = 20;

/** What commands leave in the background, by a name that no other process has. */
const LEFT_BEHIND = `sleep 300.${process.pid}`;

function processes(): string[] {
  const { stdout } = spawnSync('ps', ['-eo', 'stat=,args='], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => /^[^Z]/.test(line) && line.includes(LEFT_BEHIND));
}

/** What this process holds besides memory. */
function held(signal: AbortSignal) {
  return {
    files: fs.readdirSync('/dev/fd').length,
    resources: process.getActiveResourcesInfo().length,
    listeners: getEventListeners(signal, 'abort').length,
  };
}

it(`${COMMANDS} commands leave no process, no open file, no timer and no listener behind`, async () => {
  const context = toolContext(temporaryFolder());
  const { signal } = new AbortController();
  const run = (command: string) => runTool(runShell, context, { command }, signal);
  await run('true');
  const before = held(signal);
  const worker = async (_: unknown, first: number) => {
    for (let count = first; count < COMMANDS; count += AT_A_TIME) {
      // Every tenth leaves something in the background that holds the pipe.
      const command = count % 10 === 0 ? `${LEFT_BEHIND} & echo ${count}` : `echo ${count}`;
      expect(await run(command)).toContain(`stdout:\n${count}\n`);
    }
  };
  // The control: while one runs, it is found.
  const controller = new AbortController();
  const long = runTool(runShell, context, { command: LEFT_BEHIND }, controller.signal);
  const interrupted = expect(long).rejects.toThrow('interrupted');
  await vi.waitFor(() => expect(processes()).not.toEqual([]));
  controller.abort();
  await interrupted;

  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  await vi.waitFor(() => expect(processes()).toEqual([]), { timeout: 5_000 });
  await vi.waitFor(() => {
    const after = held(signal);
    expect(after.files).toBeLessThanOrEqual(before.files + 1);
    expect(after.resources).toBeLessThanOrEqual(before.resources + 1);
    expect(after.listeners).toBe(0);
  });
});
