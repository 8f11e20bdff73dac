/** The real llama.cpp server with a real small model; engine.py installs and starts it. */
import { execFile, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const SCRIPT = path.join(import.meta.dirname, 'engine.py');

/** The name of the model at the server: SmolLM2, 135 million parameters. */
export const MODEL = 'smollm2';

/** The line in its log of a request that was given up, and the tokens that it had read by then. */
export const STOPPED = /cancel task[^]*stop processing: n_tokens = (\d+),/;

/**
 * Why there is no engine on this machine, or nothing. The first time, 130 MB are downloaded. No
 * Python, no pip, no network, no wheel for this machine: all are a reason to skip.
 */
export const absent: string | undefined = await promisify(execFile)('python3', [SCRIPT, 'prepare'])
  .then(() => undefined)
  .catch((error: Error & { stderr?: string }) => {
    const said = error.stderr?.trim().split('\n').at(-1);
    return `no engine: ${said || error.message}`;
  });

if (absent) console.warn(`Skipped: ${absent}`);

/** How the server is started. */
export interface EngineOptions {
  /** Tokens of all slots together: each has its part. */
  ctx?: number;
  /** Slots: how many requests it answers at a time. */
  parallel?: number;
  /** Without it, the server asks for none. */
  key?: string;
}

/** A server that runs. */
export interface Engine {
  /** Its address without a path, such as `http://127.0.0.1:43497`. */
  url: string;
  /** Settles with what matches when it writes this to its log from now on. */
  logs(line: RegExp): Promise<RegExpExecArray>;
  /** Which of its slots are at work. */
  atWork(): Promise<boolean[]>;
  close(): Promise<void>;
}

/** Starts the server and waits until the model is loaded. It ends with this process at the latest. */
export async function startEngine({
  ctx = 8192,
  parallel = 1,
  key,
}: EngineOptions = {}): Promise<Engine> {
  const args = [
    'serve',
    '--ctx',
    `${ctx}`,
    '--parallel',
    `${parallel}`,
    ...(key ? ['--key', key] : []),
  ];
  const child = spawn('python3', [SCRIPT, ...args]);
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
    child.emit('log');
  });
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const [url = ''] = await Promise.race([
    new Promise<string[]>((resolve) =>
      createInterface(child.stdout).once('line', (line) => resolve([line])),
    ),
    closed.then(() => Promise.reject(new Error(`the engine has ended:\n${log}`))),
  ]);
  return {
    url,
    logs: (line) =>
      new Promise((resolve, reject) => {
        const from = log.length;
        const check = () => {
          const match = line.exec(log.slice(from));
          if (!match) return;
          child.off('log', check);
          resolve(match);
        };
        child.on('log', check);
        void closed.then(() => reject(new Error(`the engine has ended without ${line}:\n${log}`)));
      }),
    async atWork() {
      const headers = { ...(key && { authorization: `Bearer ${key}` }) };
      const slots = (await (await fetch(`${url}/slots`, { headers })).json()) as {
        is_processing: boolean;
      }[];
      return slots.map((slot) => slot.is_processing);
    },
    async close() {
      child.stdin.end();
      await closed;
    },
  };
}
