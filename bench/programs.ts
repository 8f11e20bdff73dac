/** The programs that are measured, and how much a process of theirs takes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pythonSays } from '../test/support/python.ts';

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

/** The original. @throws Error where there is no such file, or no Python */
export function originalOf(file: string): Program {
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
