/** Whether bubblewrap works here, and places outside any sandbox. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { shellTool } from '../../src/tools/run-shell.ts';
import { childEnvironment } from '../../src/tools/shell/environment.ts';
import { openSandbox } from '../../src/tools/shell/sandbox.ts';
import { findShell } from '../../src/tools/shell/shell.ts';
import { runTool } from './run-tool.ts';
import { never, temporaryRepository, toolContext } from './workspace.ts';

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

/** Where commands run. */
export interface Place {
  /** A repository with a file `a`, a folder .vscode and a session. */
  root: string;
  /** A folder of the user outside it, and their home in there. */
  outside: string;
  home: string;
  env: NodeJS.ProcessEnv;
}

/** A new workspace, and a home outside it. */
export function place(): Place {
  const files = { a: 'a\n', '.vscode/settings.json': '{}\n', '.mini-coding-agent/log': 'log\n' };
  const root = temporaryRepository(files);
  fs.mkdirSync(path.join(root, '.git', 'hooks'), { recursive: true });
  const outside = outsideFolder();
  const home = path.join(outside, 'home');
  fs.mkdirSync(path.join(home, '.ssh'), { recursive: true });
  fs.writeFileSync(path.join(home, '.ssh', 'id'), 'reached\n');
  fs.writeFileSync(path.join(home, '.netrc'), 'reached\n');
  fs.writeFileSync(path.join(home, '.gitconfig'), '[user]\nname = Ada\nemail = a@b.c\n');
  return { root, outside, home, env: { ...childEnvironment(process.env), HOME: home } };
}

/** Runs a command with or without the sandbox; a failure is its result. */
export async function run(
  { root, env }: Place,
  command: string,
  { sandboxed = true, network = false, timeout = 20, signal = never } = {},
): Promise<string> {
  const tool = shellTool(
    findShell(env, root),
    sandboxed ? await openSandbox({ root, env, network }) : undefined,
  );
  const context = { ...toolContext(root), env };
  return runTool(tool, context, { command, timeout }, signal).catch(
    (error: Error) => `error: ${error.message}`,
  );
}

/** A command, and whether it did what it tried; without its own test, it prints `reached`. */
export interface Attempt {
  command: string;
  succeeded?: () => boolean;
}

/** A command that makes a file. */
export const writing = (file: string, command = `echo x > ${file}`): Attempt => ({
  command,
  succeeded: () => fs.existsSync(file),
});

/** The content of a file in the place's root must not change. */
export const changing = (file: string, command: string): Attempt => {
  const read = () => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined);
  const before = read();
  return { command, succeeded: () => read() !== before };
};

/** Tries a command with and without the sandbox, in a place each. @returns what it reached, and what it said */
export async function tryBoth(attempt: (place: Place) => Attempt | Promise<Attempt>) {
  const outcomes: { sandboxed: boolean; reached: boolean; report: string }[] = [];
  for (const sandboxed of [true, false]) {
    const where = place();
    const { command, succeeded } = await attempt(where);
    const report = await run(where, command, { sandboxed });
    outcomes.push({ sandboxed, report, reached: succeeded?.() ?? report.includes('reached') });
  }
  return outcomes;
}
