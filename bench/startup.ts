/**
 * What a person waits for besides the model, measured as whole processes that alternate with bare
 * `node -e 0`, so that a change of the machine's speed affects both.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startFakeOllama } from '../test/support/ollama-server.ts';
import { median } from './sessions.ts';

const BIN = path.resolve(import.meta.dirname, '../dist/cli.cjs');

/** Medians, in milliseconds. */
export interface StartupTimes {
  bareNode: number;
  version: number;
  /** From the start of the process to its first prompt at the server. */
  firstPrompt: number;
  oneRequest: number;
}

/** Measures each kind of process this many times, after a warm-up. */
export async function measureStartup(runs: number): Promise<StartupTimes> {
  const server = await startFakeOllama([], { whenEmpty: () => '<final>Hello.</final>' });
  const cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'mca-bench-'));
  const timed = async (args: string[]): Promise<number> => {
    const start = performance.now();
    const env = { ...process.env, XDG_CONFIG_HOME: os.devNull, OLLAMA_HOST: server.url };
    const child = spawn(process.execPath, args, { cwd, env, stdio: 'ignore' });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
    return performance.now() - start;
  };
  const times = { bareNode: [], version: [], firstPrompt: [], oneRequest: [] } as {
    [name in keyof StartupTimes]: number[];
  };
  for (let run = 0; run <= runs; run++) {
    const bareNode = await timed(['-e', '0']);
    const version = await timed([BIN, '--version']);
    const start = performance.now();
    const arrived = server.arrived(server.calls.length).then(() => performance.now() - start);
    const oneRequest = await timed([BIN, 'say hello']);
    if (run === 0) continue; // a warm-up
    times.bareNode.push(bareNode);
    times.version.push(version);
    times.firstPrompt.push(await arrived);
    times.oneRequest.push(oneRequest);
  }
  await server.close();
  fs.rmSync(cwd, { recursive: true, force: true });
  return {
    bareNode: median(times.bareNode),
    version: median(times.version),
    firstPrompt: median(times.firstPrompt),
    oneRequest: median(times.oneRequest),
  };
}
