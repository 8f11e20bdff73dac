/** The programs that are measured, and how much a process of theirs takes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pythonSays } from '../test/support/python.ts';
import { fail } from './flags.ts';

/** This program or the original. */
export interface Program {
  name: string;
  /** The interpreter and the program; the flags come after them. */
  command: readonly [string, ...string[]];
  /** The interpreter alone, doing nothing. */
  bare: readonly [string, ...string[]];
  /** What it runs on, such as `Node.js 20.19.0`. */
  runtime: string;
}

/** This program, as it is built. */
export const THIS: Program = {
  name: 'this program',
  command: [process.execPath, path.resolve(import.meta.dirname, '../dist/cli.cjs')],
  bare: [process.execPath, '-e', '0'],
  runtime: `Node.js ${process.versions.node}`,
};

/** This program, and the original where its file is named. Ends the process where it cannot be run. */
export function programsWith(original: string | undefined): readonly [Program, ...Program[]] {
  if (original === undefined) {
    console.error('Without --original FILE, this program alone is measured.');
    return [THIS];
  }
  try {
    return [THIS, originalOf(original)];
  } catch (error) {
    return fail(
      `The original cannot be run: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** @throws Error where there is no such file, or no Python */
function originalOf(file: string): Program {
  if (!fs.existsSync(file)) throw new Error(`There is no file ${file}.`);
  // Python itself: a version manager's script in front of it would be measured, too.
  const python = pythonSays('sys.executable');
  return {
    name: 'the original',
    command: [python, path.resolve(file)],
    bare: [python, '-c', 'pass'],
    runtime: `Python ${pythonSays('sys.version.split()[0]')}`,
  };
}

/** Nobody's settings; what is kept between runs, such as compiled code, is kept for this bench. */
const CACHE = fs.mkdtempSync(path.join(os.tmpdir(), 'mca-bench-cache-'));
process.once('exit', () => fs.rmSync(CACHE, { recursive: true, force: true }));
export const ENVIRONMENT: NodeJS.ProcessEnv = {
  ...process.env,
  LC_ALL: 'C.UTF-8',
  TERM: 'xterm-256color',
  XDG_CONFIG_HOME: os.devNull,
  XDG_STATE_HOME: CACHE,
  XDG_CACHE_HOME: CACHE,
};

/** How a program runs: with everything allowed. */
export interface RunOptions {
  cwd: string;
  /** The URL of its server. */
  host: string;
  maxSteps: number;
  /** More words of its command line. */
  words?: readonly string[];
  /** What is piped in; without it, its standard input is empty. */
  input?: string;
}

/** Starts a program. `ended` rejects where it does not end with 0. */
export function start({ name, command: [file, ...first] }: Program, options: RunOptions) {
  const { cwd, host, maxSteps, words = [], input } = options;
  const flags = ['--approval', 'auto', '--max-steps', String(maxSteps), '--host', host];
  const child = spawn(file, [...first, ...flags, ...words], {
    cwd,
    env: ENVIRONMENT,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'ignore'],
  });
  child.stdin?.end(input);
  const ended = once(child, 'exit').then(([code]) => {
    if (code !== 0) throw new Error(`${name} ended with ${code}`);
  });
  return { pid: child.pid ?? 0, ended };
}

/** Milliseconds that a process took, from its start to its end; CPU time is that of its children, too. */
export interface Times {
  wall: number;
  cpu: number;
}

/** Runs a command to its end. bash counts: Node.js cannot tell the CPU time of one child. */
export async function timed(command: readonly string[], cwd: string): Promise<Times> {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&1 </dev/null';
  const child = spawn('bash', ['-c', script, 'bash', ...command], {
    cwd,
    env: ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'close');
  const said = await text(child.stderr);
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}`);
  const [wall = 0, user = 0, system = 0] = said.trim().split(' ').map(Number);
  return { wall: wall * 1000, cpu: (user + system) * 1000 };
}

/** What a running process has used so far; undefined where there is no /proc. */
export function usageOf(pid: number): { cpuMs: number; peakMib: number } | undefined {
  if (!fs.existsSync('/proc/self/stat')) return undefined;
  const peakKib = Number(
    /^VmHWM:\s*(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1],
  );
  // The fields after the name: the 14th to the 17th are user and system time, and those of children.
  const stat = fs
    .readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const ticks = stat.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { cpuMs: ticks * MS_PER_TICK, peakMib: peakKib / 1024 };
}

/** The kernel tells times in hundredths of a second. */
const MS_PER_TICK = 10;
