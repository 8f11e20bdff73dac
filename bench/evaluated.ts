/**
 * What a conversation of several requests costs the server: in one process, or resumed for each, for
 * each kind of attention; where a template can be learned and where it cannot.
 */
import fs from 'node:fs';
import type { Architecture } from '../test/support/ollama/kv-cache.ts';
import { startFakeOllama, type GenerateCall } from '../test/support/ollama-server.ts';
import { costsOf, sumOf } from './cost.ts';
import { start, THIS, type Program } from './programs.ts';
import { filesAtStart, repliesOf, REQUEST } from './script.ts';
import { makeRepository } from './tasks/repository.ts';

/** Whose prompts are counted; `chat` is this program where a template cannot be learned. */
export type Who = 'raw' | 'chat' | Program;

/** The session to run. */
export interface EvaluatedPlan {
  who: Who;
  requests: number;
  /** Model calls of each request, its answer included. */
  callsEach: number;
  /** Each request runs in its own process, which resumes the session. */
  resumes: boolean;
}

/** What the session cost, in tokens unless said otherwise. */
export interface EvaluatedCost {
  calls: number;
  /** Tokens of all prompts, and those that the server had to evaluate. */
  sent: number;
  evaluated: number;
  /** Tokens of the first prompt, and those that each later one adds to the previous one and its reply. */
  needed: number;
  /** Tokens evaluated in the first prompt of a resume, beyond what is new in it; the maximum. */
  resumeSurplus: number;
  /** Characters at the end of a prompt that the next one does not repeat; the maximum. */
  cut: number;
}

/** Runs the session: what it costs with each kind of attention. Two equal plans cost the same. */
export async function measureEvaluated(
  plan: EvaluatedPlan,
): Promise<Record<Architecture, EvaluatedCost>> {
  const { who, requests, callsEach, resumes } = plan;
  const server = await startFakeOllama(repliesOf(requests, callsEach), {
    architecture: 'hybrid',
    // A server without renderings: the conversation uses /api/chat.
    rendersTemplate: who !== 'chat',
  });
  const cwd = makeRepository(filesAtStart());
  const texts = Array.from({ length: requests }, (_, index) => REQUEST(index));
  const program = typeof who === 'object' ? who : THIS;
  const how = { cwd, host: server.url, maxSteps: callsEach };
  try {
    if (!resumes) await start(program, { ...how, input: `${texts.join('\n')}\n` }).ended;
    else {
      for (const [index, text] of texts.entries()) {
        const words = index === 0 ? [text] : ['--resume', 'latest', text];
        await start(program, { ...how, words }).ended;
      }
    }
  } finally {
    await server.close();
    fs.rmSync(cwd, { recursive: true, force: true });
  }
  const { calls } = server;
  return {
    plain: costOf(calls, 'plain', plan),
    sliding: costOf(calls, 'sliding', plan),
    hybrid: costOf(calls, 'hybrid', plan),
  };
}

function costOf(
  calls: readonly GenerateCall[],
  architecture: Architecture,
  { resumes, callsEach }: EvaluatedPlan,
): EvaluatedCost {
  const costs = costsOf(calls, architecture);
  const resumed = costs.filter((_, at) => resumes && at > 0 && at % callsEach === 0);
  return {
    calls: costs.length,
    sent: sumOf(costs, 'tokens'),
    evaluated: sumOf(costs, 'evaluated'),
    needed: sumOf(costs, 'fresh'),
    resumeSurplus: Math.max(0, ...resumed.map(({ evaluated, fresh }) => evaluated - fresh)),
    cut: Math.max(...costs.map(({ cut }) => cut)),
  };
}
