/** Runs the built program in its own terminal, and shows what a person would see there. */
import { spawn as spawnInPty } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { onTestFinished } from 'vitest';
import type { FakeOllama, FakeOllamaOptions, ScriptedReply } from './ollama-server.ts';
import { BIN, scriptedServer } from './program.ts';
import { temporaryFolder, temporaryRepository } from './workspace.ts';

/** How long a test waits for something to be shown. */
const PATIENCE_MS = 10_000;

export interface TerminalOptions {
  columns?: number;
  rows?: number;
  env?: NodeJS.ProcessEnv;
}

export interface Terminal {
  /** All that came out so far, with its escape sequences. */
  raw(): string;
  /** What a person sees, scrolled back to the beginning; a wrapped line counts as one. */
  screen(): string;
  /** Presses these keys. */
  type(text: string | Buffer): void;
  /** Settles when the screen shows this, or this is so; fails with the screen when it is not. */
  waitFor(what: string | RegExp | (() => boolean)): Promise<void>;
  resize(columns: number, rows: number): void;
  /** Sends a signal to what was started. */
  kill(signal: NodeJS.Signals): void;
  /** The window is closed. */
  hangUp(): void;
  /** The exit code, once it has ended. */
  ended: Promise<number>;
}

/** Starts a command in a terminal. It is killed when the test ends. */
export function openTerminal(
  [file = '', ...args]: string[],
  cwd: string,
  { columns = 80, rows = 24, env = {} }: TerminalOptions = {},
): Terminal {
  const inherited = { ...process.env };
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'CI']) delete inherited[name];
  const pty = spawnInPty(file, args, {
    cwd,
    cols: columns,
    rows,
    env: { ...inherited, TERM: 'xterm-256color', XDG_STATE_HOME: temporaryFolder(), ...env },
    encoding: null,
  });
  const screen = new xterm.Terminal({
    cols: columns,
    rows,
    scrollback: 10_000,
    allowProposedApi: true,
  });
  const output: Buffer[] = [];
  const watchers = new Set<() => void>();
  pty.onData((data: string | Buffer) => {
    const bytes = Buffer.from(data);
    output.push(bytes);
    screen.write(bytes, () => watchers.forEach((watcher) => watcher()));
  });
  const ended = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      // By the time its end is known, its last output is on the screen.
      screen.write('', () => resolve(signal ? 128 + signal : exitCode));
    });
  });
  let isOver = false;
  void ended.then(() => (isOver = true));
  onTestFinished(async () => {
    if (!isOver) pty.kill('SIGKILL');
    await ended;
    screen.dispose();
  });
  const terminal: Terminal = {
    raw: () => Buffer.concat(output).toString('utf8'),
    screen: () => linesOf(screen),
    type: (text) => pty.write(text as string), // it accepts bytes too
    waitFor: (what) =>
      new Promise((resolve, reject) => {
        const settle = (problem?: string) => {
          watchers.delete(check);
          clearTimeout(timer);
          if (problem === undefined) resolve();
          else reject(new Error(`${problem} ${String(what)}:\n${terminal.screen()}`));
        };
        const check = () => {
          if (isSo(what, terminal.screen)) settle();
        };
        const timer = setTimeout(() => settle('the screen does not show'), PATIENCE_MS);
        watchers.add(check);
        check();
        void ended.then(() => settle('it ended without'));
      }),
    resize(toColumns, toRows) {
      screen.resize(toColumns, toRows);
      pty.resize(toColumns, toRows);
    },
    kill: (signal) => pty.kill(signal),
    hangUp: () => (pty as unknown as { destroy(): void }).destroy(),
    ended,
  };
  return terminal;
}

function isSo(what: string | RegExp | (() => boolean), screen: () => string): boolean {
  if (typeof what === 'function') return what();
  return typeof what === 'string' ? screen().includes(what) : what.test(screen());
}

function linesOf({ buffer }: InstanceType<typeof xterm.Terminal>): string {
  const lines: string[] = [];
  for (let row = 0; row < buffer.active.length; row++) {
    const line = buffer.active.getLine(row);
    if (!line) continue;
    // Spaces at the end of a row count only if the next row continues the line.
    const goesOn = buffer.active.getLine(row + 1)?.isWrapped ?? false;
    const text = line.translateToString(!goesOn);
    if (line.isWrapped) lines.push(`${lines.pop() ?? ''}${text}`);
    else lines.push(text);
  }
  return lines.join('\n').trimEnd();
}

/** The screen ends with the program's prompt. */
export const AT_PROMPT = /\nmini-coding-agent>$/;

export interface TerminalScene extends Terminal {
  /** The repository; the program is run in it. */
  root: string;
  server: FakeOllama;
}

export interface TerminalSceneOptions extends TerminalOptions, FakeOllamaOptions {
  args?: readonly string[];
  files?: Record<string, string | Buffer>;
}

/** A repository, a server with this script, and the program in a terminal between them. */
export async function terminalScene(
  script: ScriptedReply[] = [],
  options: TerminalSceneOptions = {},
): Promise<TerminalScene> {
  const root = temporaryRepository(options.files);
  const server = await scriptedServer(script, options);
  const env = { OLLAMA_HOST: server.url, ...options.env };
  const command = [process.execPath, BIN, ...(options.args ?? [])];
  return { root, server, ...openTerminal(command, root, { ...options, env }) };
}
