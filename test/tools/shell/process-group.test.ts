/** What a command prints in its last moment, however busy this program is then. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { runToEnd } from '../../../src/tools/shell/process-group.ts';
import { never, temporaryFolder } from '../../support/workspace.ts';

const SH = '/bin/sh';

/** Blocks this process, and all its events, until the shell command ends. */
const blockUntil = (command: string) => spawnSync(SH, ['-c', command]);

/** Ends when the process has ended, which need not have been waited for. */
const hasEnded = (pid: string | number) =>
  `until ps -o stat= -p ${pid} | grep -q '^Z' || ! kill -0 ${pid}; do sleep 0.01; done`;

it('output is read that came in the last moment, while nothing else could be done', async () => {
  const root = temporaryFolder();
  const file = (name: string) => path.join(root, name);
  const command = 'echo $$ > new; mv new pid; until [ -e go ]; do sleep 0.01; done; echo words';
  const options = { cwd: root, timeoutMs: 20_000, signal: never };
  const ending = runToEnd({ file: SH, args: ['-c', command], env: process.env }, options);
  await vi.waitFor(() => expect(fs.existsSync(file('pid'))).toBe(true), 10_000);
  const pid = fs.readFileSync(file('pid'), 'utf8').trim();

  // The end of another process makes us hear of the command's end before we hear of its output.
  const other = spawn(SH, ['-c', 'echo x']);
  other.stdout.once('data', () => {
    fs.writeFileSync(file('go'), '');
    blockUntil(hasEnded(pid));
  });
  other.once('exit', () => blockUntil('sleep 0.3'));
  blockUntil(hasEnded(other.pid ?? 0));
  await once(other, 'close');

  const { how, stdout } = await ending;
  expect(how).toEqual([0, null]);
  expect(stdout.text(100)).toBe('words');
});
