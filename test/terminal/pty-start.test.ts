/** The first prompt does not wait for git; what is sent does. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { final } from '../support/ollama-server.ts';
import { AT_PROMPT, terminalScene } from '../support/terminal.ts';
import { temporaryFolder } from '../support/workspace.ts';

/** A PATH with a git that answers only once `open` was called. */
function slowGit() {
  const folder = temporaryFolder();
  const gate = path.join(folder, 'gate');
  execFileSync('mkfifo', [gate]);
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const script = `#!/bin/sh\n[ ! -p '${gate}' ] || cat '${gate}' >/dev/null\nexec ${real} "$@"\n`;
  fs.writeFileSync(path.join(folder, 'git'), script, { mode: 0o755 });
  const open = () => {
    const fd = fs.openSync(gate, fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
    fs.rmSync(gate);
    fs.closeSync(fd);
  };
  return { PATH: `${folder}:${process.env['PATH']}`, open };
}

it.each([
  ['/prompt system', (screen: string) => screen],
  ['hi', (_: string, prompt = '') => prompt],
])('the prompt shows the branch before git has answered; %j waits for git', async (line, where) => {
  const { PATH, open } = slowGit();
  const { server, ...terminal } = await terminalScene([final('Hello.')], { env: { PATH } });
  await terminal.waitFor(AT_PROMPT);
  expect(terminal.screen()).toMatch(/BRANCH +main/);
  terminal.type(`${line}\r`);
  open();
  await terminal.waitFor(new RegExp(`${line}\\n[^]*\\n[^]*${AT_PROMPT.source}`));
  expect(where(terminal.screen(), server.calls[0]?.prompt)).toMatch(/first commit/);
  expect(terminal.screen()).not.toContain('not asked yet');
});
