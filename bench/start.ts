/** What a person waits for before the model does anything. */
import { spawn } from '@lydell/node-pty';
import { final, startFakeOllama } from '../test/support/ollama-server.ts';
import { costsOf } from './cost.ts';
import { ENVIRONMENT, THIS, timed, type Program } from './programs.ts';
import type { Samples } from './samples.ts';

/** The prompt that both programs show. */
const PROMPT = 'mini-coding-agent> ';

/** Starts it in each way once, in this repository without project documents. */
export async function measureStart(program: Program, cwd: string): Promise<Samples> {
  const { command, bare } = program;
  const server = await startFakeOllama([], { whenEmpty: () => final('Hello.') });
  const run = (...words: string[]) => timed([...command, ...words], cwd);
  try {
    const nothing = await timed(bare, cwd);
    // The original has no such flag.
    const version = program === THIS ? [(await run('--version')).cpu] : [];
    const help = await run('--help');
    const prompt = await measurePrompt([...command, '--host', server.url], cwd);
    const { length } = server.calls;
    const request = await run('--host', server.url, 'say hello');
    const [first] = costsOf(server.calls.slice(length), 'plain');
    return {
      'the interpreter alone, CPU ms': [nothing.cpu],
      '`--version`, CPU ms': version,
      '`--help`, CPU ms': [help.cpu],
      'to the prompt in a terminal, ms': [prompt],
      'one request, ms': [request.wall],
      'one request, CPU ms': [request.cpu],
      'first prompt, tokens': [first?.tokens ?? 0],
    };
  } finally {
    await server.close();
  }
}

/** Starts it in a terminal of its own, waits for its prompt, and leaves. */
async function measurePrompt([file = '', ...args]: string[], cwd: string): Promise<number> {
  const start = performance.now();
  const terminal = spawn(file, args, { cwd, env: ENVIRONMENT, cols: 100, rows: 30 });
  const ended = new Promise((resolve) => terminal.onExit(resolve));
  let shown = '';
  await new Promise<void>((resolve, reject) => {
    terminal.onData((data) => {
      shown += data;
      if (shown.includes(PROMPT)) resolve();
    });
    void ended.then(() => reject(new Error(`${file} ended without a prompt:\n${shown}`)));
  });
  const took = performance.now() - start;
  terminal.write('/exit\r');
  await ended;
  return took;
}
