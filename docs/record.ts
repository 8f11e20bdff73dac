/**
 * `npm run record`: records the demo again, then runs a session of the built program with
 * those replies in a terminal. The session goes into docs/usage.md as text, and into docs/session.svg as
 * a picture; its page becomes docs/session-page.png. Needs Linux with bubblewrap, which lends it a home
 * folder to show.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { readRecording } from '../src/session/recording.ts';
import { startFakeOllama } from '../test/support/ollama-server.ts';
import { recordDemo } from './record-demo.ts';
import { drawPage } from './record-page.ts';
import { withSteadyScreen } from './steady.ts';
import { drawTerminal } from './svg.ts';

const COLUMNS = 88;
const ROOT = path.resolve(import.meta.dirname, '..');
const HOME = '/home/ada';
/** Milliseconds between two pieces of a reply: the pace of a small model. */
const PACE_MS = 20;
const PROMPT = /\nmini-coding-agent>$/;
const QUESTION = /\nAllow [^\n]*\]$/;

recordDemo();
const { items } = readRecording(path.join(ROOT, 'src/cli/demo.jsonl'));
const requests = items.filter((item) => item.type === 'request').slice(0, 2);
const server = await startFakeOllama(
  requests.flatMap(({ replies }) => replies.map(({ text }) => ({ text, paceMs: PACE_MS }))),
  { architecture: 'plain' },
);
const workspace = fs.mkdtempSync(path.join(os.tmpdir(), 'mini-coding-agent-record-'));
execFileSync('git', ['init', '--quiet', '--initial-branch=main', workspace]);
const screen = new xterm.Terminal({
  cols: COLUMNS,
  rows: 30,
  scrollback: 1_000,
  allowProposedApi: true,
});
const pty = spawn('bwrap', [...home(), process.execPath, `${HOME}/.agent/cli.cjs`], {
  cols: COLUMNS,
  rows: 30,
  env: {
    PATH: process.env['PATH'],
    HOME,
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    OLLAMA_HOST: server.url,
  },
});
const ended = new Promise((resolve) => pty.onExit(resolve));
let showing: () => void = () => undefined;
pty.onData((data) => screen.write(data, () => showing()));

try {
  await shown(PROMPT);
  for (const { request } of requests) {
    pty.write(`${request}\r`);
    while ((await shown(PROMPT, QUESTION)) === QUESTION) pty.write('y\r');
  }
  pty.write('/exit\r');
  await ended;
  const text = withSteadyScreen(linesOf(screen).join('\n').trim());
  writeUsage(text);
  const title = 'mini-coding-agent writes a file, runs it, and changes it when asked to';
  fs.writeFileSync(
    path.join(ROOT, 'docs/session.svg'),
    withSteadyScreen(drawTerminal(screen, title)),
  );
  drawPage(workspace);
} finally {
  pty.kill();
  await server.close();
  fs.rmSync(workspace, { recursive: true, force: true });
}

/** The file system as it is, except for a home folder that contains the workspace and the program. */
function home(): string[] {
  const binds = [
    ['--bind', workspace, `${HOME}/my-project`],
    ['--ro-bind', path.join(ROOT, 'dist'), `${HOME}/.agent`],
  ];
  return [
    '--dev-bind',
    '/',
    '/',
    '--tmpfs',
    '/home',
    ...binds.flat(),
    '--chdir',
    `${HOME}/my-project`,
  ];
}

/** Settles with the first of these that the screen ends with, once it has changed. */
function shown(...ends: RegExp[]): Promise<RegExp> {
  const before = linesOf(screen).join('\n');
  return new Promise((resolve) => {
    showing = () => {
      const text = linesOf(screen).join('\n').trimEnd();
      const end = text === before.trimEnd() ? undefined : ends.find((each) => each.test(text));
      if (end) resolve(end);
    };
    showing();
  });
}

/** The lines on the screen; a wrapped line counts as one. */
function linesOf({ buffer: { active } }: InstanceType<typeof xterm.Terminal>): string[] {
  const lines: string[] = [];
  for (let row = 0; row < active.length; row++) {
    const line = active.getLine(row);
    const text = line?.translateToString(true) ?? '';
    if (line?.isWrapped) lines.push(`${lines.pop() ?? ''}${text}`);
    else lines.push(text);
  }
  return lines;
}

/** Replaces the session in docs/usage.md. */
function writeUsage(session: string): void {
  const file = path.join(ROOT, 'docs/usage.md');
  const usage = fs.readFileSync(file, 'utf8');
  const block = /(?<=\n## A first session\n[^]*?\n```\n)[^]*?(?=\n```\n)/;
  fs.writeFileSync(
    file,
    usage.replace(block, () => session),
  );
}
