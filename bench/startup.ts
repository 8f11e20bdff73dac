/**
 * What a person waits for besides the model: the whole process of one request, from start to exit,
 * against bare `node -e 0`, in turn, so that a machine that changes its pace changes both.
 * `npm run build && npm run bench`
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startFakeOllama } from '../test/support/ollama-server.ts';

const RUNS = 21;
const BIN = path.resolve(import.meta.dirname, '../dist/cli.js');

async function timed(args: string[], options: { cwd: string; host: string }): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: options.cwd,
    env: { ...process.env, OLLAMA_HOST: options.host },
    stdio: 'ignore',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return performance.now() - start;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

const server = await startFakeOllama([], { whenEmpty: () => '<final>Hello.</final>' });
const cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'mca-bench-'));
const bare: number[] = [];
const request: number[] = [];
const version: number[] = [];
for (let run = 0; run <= RUNS; run++) {
  const options = { cwd, host: server.url };
  const times = {
    bare: await timed(['-e', '0'], options),
    request: await timed([BIN, 'say hello'], options),
    version: await timed([BIN, '--version'], options),
  };
  if (run === 0) continue; // a warm-up
  bare.push(times.bare);
  request.push(times.request);
  version.push(times.version);
}
await server.close();
fs.rmSync(cwd, { recursive: true, force: true });

const rows = { 'node -e 0': bare, 'mini-coding-agent --version': version, 'one request': request };
console.log(`whole process, median of ${RUNS} runs, ms (above bare node)`);
for (const [name, values] of Object.entries(rows)) {
  const ms = median(values);
  console.log(
    `${name.padEnd(30)}${ms.toFixed(0).padStart(5)}  (+${(ms - median(bare)).toFixed(0)})`,
  );
}
