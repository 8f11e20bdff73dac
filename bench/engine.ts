/**
 * A session with the real llama.cpp server and a real small model. The scripted server speaks
 * Ollama's wire format to both programs; the engine evaluates each prompt with its own tokenizer and
 * cache, and generates the reply of the script.
 */
import { absent, MODEL, startEngine } from '../test/support/engine/engine.ts';
import { LlamaServer, type Timings } from './llama-server.ts';
import type { Program } from './programs.ts';
import { joined, type Samples } from './samples.ts';
import { playSession } from './session.ts';
import { comparison, number } from './table.ts';

const CTX = 8_192;
/** A small machine reads a hundred tokens a second or so: the session is shorter than the table's. */
const STEPS = 8;

export { absent };

/** The table: each program once, with an engine of its own. */
export async function measureEngine(programs: readonly Program[]): Promise<string> {
  const measured = [];
  for (const program of programs) measured.push(await measure(program));
  const [ours = {}, theirs] = measured;
  const how = `${MODEL} of 135 million parameters, a window of ${number(CTX)} tokens, one thread`;
  return `${comparison(joined(ours), theirs)}\n\nOne session each: ${how}.`;
}

async function measure(program: Program): Promise<Samples> {
  const engine = await startEngine({ ctx: CTX });
  const server = new LlamaServer(engine.url);
  const timings: Timings[] = [];
  const start = performance.now();
  try {
    await playSession(program, STEPS, {
      contextLength: CTX,
      template: 'chatml',
      evaluate: async (prompt, reply) => {
        const timing = await server.evaluate(prompt, reply);
        timings.push(timing);
        return timing.cache_n + timing.prompt_n;
      },
    });
  } finally {
    await engine.close();
  }
  const seconds = (performance.now() - start) / 1000;
  const session = timings.slice(0, STEPS + 1);
  const [first, resumed] = [session[0], timings[STEPS + 1]];
  const sum = (list: readonly Timings[], figure: (each: Timings) => number) =>
    list.reduce((total, each) => total + figure(each), 0);
  const evaluated = (each?: Timings) => [each?.prompt_n ?? 0];
  const prefill = (each?: Timings) => [(each?.prompt_ms ?? 0) / 1000];
  return {
    'first prompt, tokens': evaluated(first),
    'first prompt, seconds of prefill': prefill(first),
    [`${STEPS} steps: tokens sent`]: [sum(session, (each) => each.cache_n + each.prompt_n)],
    [`${STEPS} steps: tokens evaluated`]: [sum(session, (each) => each.prompt_n)],
    [`${STEPS} steps: seconds of prefill`]: [sum(session, (each) => each.prompt_ms) / 1000],
    'resume: tokens evaluated': evaluated(resumed),
    'resume: seconds of prefill': prefill(resumed),
    'all of it, seconds': [seconds],
  };
}
