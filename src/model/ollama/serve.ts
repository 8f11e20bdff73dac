/** Starts `ollama serve` on this machine. It keeps running after the program has ended. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { orAfter } from '../../util/or-after.ts';
import type { Host } from '../http/host.ts';
import { ModelError } from '../model-error.ts';
import type { ModelServer } from '../server.ts';

/** What is needed to start the server. */
interface StartOptions {
  /** The absolute path of `ollama`. */
  program: string;
  /** The address to listen on, on this machine. */
  host: Host;
  env: NodeJS.ProcessEnv;
  /** Used to ask whether it answers. */
  server: ModelServer;
}

/** How long it may take to answer, and the time between two tries, in milliseconds. */
const START_MS = 30_000;
const RETRY_MS = 100;
/** How long one try waits, in milliseconds. */
const ANSWER_MS = 2_000;

/**
 * Whether the server at this address can be started here: on this machine, without TLS or a path,
 * which Ollama itself does not serve.
 */
export function isOwnMachine({ url }: Host): boolean {
  const { protocol, hostname, pathname } = new URL(url);
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return isLoopback && protocol === 'http:' && pathname === '/';
}

/**
 * Starts the server and waits until it answers. Returns its process id, or undefined if another
 * server answers.
 * @throws ModelError if it does not start; `interrupted` if `signal` ends the waiting
 */
export async function startOllama(
  options: StartOptions,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { program, host, env } = options;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ollama-serve-'));
  const log = path.join(folder, 'serve.log');
  // A pipe would close when we end, and stop the server at its next line.
  const output = fs.openSync(log, 'wx', 0o600);
  const child = spawn(program, ['serve'], {
    cwd: folder,
    env: { ...env, OLLAMA_HOST: new URL(host.url).host },
    detached: true,
    stdio: ['ignore', output, output],
  });
  child.unref();
  fs.closeSync(output);
  let hasEnded = false;
  for (const end of ['exit', 'error']) child.on(end, () => (hasEnded = true));
  const giveUp = Date.now() + START_MS;
  while (!(await answers(options.server, signal))) {
    if (signal.aborted) {
      const stop = child.pid === undefined ? '' : ` kill ${child.pid} stops it.`;
      throw new ModelError('interrupted', `ollama serve is still starting.${stop}`);
    }
    if (hasEnded || Date.now() > giveUp) throw notStarted(hasEnded, log);
    await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
  return hasEnded ? undefined : child.pid;
}

async function answers(server: ModelServer, signal: AbortSignal): Promise<boolean> {
  try {
    await server.list(orAfter(ANSWER_MS, signal));
    return true;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return error.kind !== 'unreachable' && error.kind !== 'interrupted';
  }
}

function notStarted(hasEnded: boolean, log: string): ModelError {
  const lastLine = fs.readFileSync(log, 'utf8').trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  const what = hasEnded ? 'ended without serving' : `does not answer after ${START_MS / 1000} s`;
  const said = lastLine === '' ? '' : `: ${lastLine}`;
  return new ModelError('unreachable', `ollama serve ${what}${said}. Its messages are in ${log}`);
}
