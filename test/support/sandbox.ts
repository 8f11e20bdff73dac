/** Whether bubblewrap works here, and places outside any sandbox. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { onTestFinished } from 'vitest';

const PROBE = ['--ro-bind', '/', '/', '--unshare-user-try', '--unshare-pid', '--unshare-net'];

/** Without it the tests that need it are skipped, visibly. */
export const hasBubblewrap =
  spawnSync('bwrap', [...PROBE, '--proc', '/proc', '/bin/sh', '-c', 'exit 0']).status === 0;

/** A folder that is neither in a workspace nor in /tmp, removed when the test ends. */
export function outsideFolder(): string {
  const folder = fs.realpathSync(fs.mkdtempSync('/var/tmp/mca-test-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A server that says `reached`, closed when the test ends. Returns its port, zero for a path. */
export async function greeter(where: string | number): Promise<number> {
  const server = net.createServer((socket) => socket.on('error', () => undefined).end('reached\n'));
  await new Promise<void>((resolve) => {
    if (typeof where === 'string') server.listen(where, resolve);
    else server.listen(where, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

/** A command that prints what a server says. `where` is a port or the path of a socket, as code. */
export function connect(where: string): string {
  const code = `require('net').connect(${where}).on('error', (e) => console.log(e.code)).pipe(process.stdout)`;
  return `${JSON.stringify(process.execPath)} -e ${JSON.stringify(code)}`;
}

/** A program file made of shell commands. */
export function shellProgram(file: string, commands: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `#!/bin/sh\n${commands}\n`, { mode: 0o755 });
}
