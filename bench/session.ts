/** One request of many steps, and the resume of it: times, memory, and what the server had to do. */
import fs from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { final, startFakeOllama, type FakeOllamaOptions } from '../test/support/ollama-server.ts';
import { costsOf, sumOf } from './cost.ts';
import { start, usageOf, type Program } from './programs.ts';
import { median, type Samples } from './samples.ts';
import { filesAfter, filesAtStart, kindOf, REQUEST, stepReplies, type Kind } from './script.ts';
import { filesBelow, makeRepository } from './tasks/repository.ts';

/** Steps of the sessions of the table. */
const SHORT = 20;
const LONG = 200;

const KINDS: readonly Kind[] = ['read', 'search', 'list', 'patch', 'write', 'shell'];

/** A session that was run. */
export interface Played {
  calls: Awaited<ReturnType<typeof startFakeOllama>>['calls'];
  /** What the process had used when it asked for the last reply. */
  usage: ReturnType<typeof usageOf>;
  /** From the start of the process that resumes it to its first prompt at the server. */
  resumeMs: number;
}

/**
 * Runs a session of so many steps to its answer, and resumes it for one more.
 * @throws Error where a step was not done: what it did is not what was measured
 */
export async function playSession(
  program: Program,
  steps: number,
  options: FakeOllamaOptions,
): Promise<Played> {
  let usage: Played['usage'];
  let pid = 0;
  const server = await startFakeOllama(stepReplies(steps), {
    ...options,
    // It waits for this reply: what it has used can be read.
    whenEmpty: () => {
      usage ??= usageOf(pid);
      return final('Done.');
    },
  });
  const cwd = makeRepository(filesAtStart());
  const run = (...words: string[]) => {
    const running = start(program, { cwd, host: server.url, maxSteps: steps + 1, words });
    ({ pid } = running);
    return running.ended;
  };
  try {
    await run(REQUEST(0));
    const { length } = server.calls;
    const isDone = isDeepStrictEqual(Object.fromEntries(filesBelow(cwd)), { ...filesAfter(steps) });
    if (!isDone || length !== steps + 1)
      throw new Error(`${program.name} did not do all of the steps`);
    const startedAt = performance.now();
    await run('--resume', 'latest', REQUEST(1));
    const resumeMs = (server.calls[length]?.arrivedAt ?? Number.NaN) - startedAt;
    return { calls: server.calls, usage, resumeMs };
  } finally {
    await server.close();
    fs.rmSync(cwd, { recursive: true, force: true });
  }
}

/** The rows of a short session: above all what it costs the server. */
export async function measureShort(program: Program): Promise<Samples> {
  const { calls, usage } = await playSession(program, SHORT, { architecture: 'hybrid' });
  const session = calls.slice(0, SHORT + 1);
  const costs = costsOf(session, 'hybrid');
  const [first] = costs;
  const later = costs.slice(1);
  return {
    'first prompt with project docs, characters': [first?.chars ?? 0],
    'first prompt with project docs, tokens': [first?.tokens ?? 0],
    [`${SHORT} steps: tokens sent`]: [sumOf(costs, 'tokens')],
    [`${SHORT} steps: characters evaluated`]: [sumOf(costs, 'freshChars')],
    [`${SHORT} steps: tokens evaluated`]: [sumOf(costsOf(session, 'plain'), 'evaluated')],
    [`${SHORT} steps: tokens evaluated, hybrid`]: [sumOf(costs, 'evaluated')],
    [`${SHORT} steps: cut from a prompt, characters`]: [median(later.map(({ cut }) => cut))],
    [`${SHORT} steps: peak MiB`]: usage ? [usage.peakMib] : [],
  };
}

/** The rows of a long session: its memory, its steps by kind, and its resume. */
export async function measureLong(program: Program): Promise<Samples> {
  const { calls, usage, resumeMs } = await playSession(program, LONG, { architecture: 'hybrid' });
  const gaps = calls
    .slice(0, LONG)
    .map(({ repliedAt = Number.NaN }, step) => (calls[step + 1]?.arrivedAt ?? 0) - repliedAt);
  const ofKind = (kind: Kind) => gaps.filter((_, step) => kindOf(step) === kind);
  return {
    [`${LONG} steps: peak MiB`]: usage ? [usage.peakMib] : [],
    ...Object.fromEntries(KINDS.map((kind) => [`a step: ${kind}, ms`, [median(ofKind(kind))]])),
    'a step, CPU ms': usage ? [usage.cpuMs / LONG] : [],
    [`resume of ${LONG} steps, ms`]: [resumeMs],
    [`resume of ${LONG} steps: tokens evaluated`]: [calls[LONG + 1]?.evaluated ?? Number.NaN],
  };
}
