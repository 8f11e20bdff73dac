/** Commands that have to be ended. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { runShell } from '../../src/tools/run-shell.ts';
import { runTool } from '../support/run-tool.ts';
import { never, temporaryFolder, toolContext } from '../support/workspace.ts';

/** What the model is told about a command that was ended. */
const ended = (command: string, root = temporaryFolder(), signal = never) =>
  runTool(runShell, toolContext(root), { command, timeout: 1 }, signal).then(
    () => expect.fail('it ended by itself'),
    String,
  );

it('a command gets SIGTERM before SIGKILL, so that it may clean up', async () => {
  const loop = 'while :; do sleep 0.05; done';
  expect(await ended(`trap 'echo tidied; exit' TERM; echo ready; ${loop}`)).toContain(
    'the command was stopped after 1 s\nexit_code: none\nstdout:\nready\ntidied\nstderr:',
  );
});

it('an interrupt keeps the output so far, as the timeout does', async () => {
  const root = temporaryFolder();
  const controller = new AbortController();
  const command = 'echo so far; echo err >&2; touch begun; sleep 300';
  const report = runTool(
    runShell,
    toolContext(root),
    { command, timeout: 120 },
    controller.signal,
  ).catch(String);
  await vi.waitFor(() => expect(fs.existsSync(path.join(root, 'begun'))).toBe(true), {
    timeout: 10_000,
  });
  controller.abort();
  expect(await report).toContain(
    'the user interrupted it\nexit_code: none\nstdout:\nso far\nstderr:\nerr',
  );
});

it('keeps the head and the tail of endless output, in little memory', async () => {
  const before = process.resourceUsage().maxRSS;
  const report = await ended('yes');
  expect(report).toMatch(/stdout:\ny\ny\n[\s\S]*\n\.\.\.\[\d{6,} bytes left out\]\.\.\.\n[\s\S]*y/);
  expect(report.length).toBeLessThan(4_100);
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(150 * 1024);
});
