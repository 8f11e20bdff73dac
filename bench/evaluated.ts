/**
 * What a session costs the server: runs the built program against the scripted server, whose cache
 * keeps what a real model's would keep, and which reports how many tokens of each prompt it had to
 * evaluate. The original runs the same session, if its file is given (it needs Python).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import type { Architecture } from '../test/support/ollama/kv-cache.ts';
import { tokensOf } from '../test/support/ollama/tokenizer.ts';
import { startFakeOllama, type GenerateCall } from '../test/support/ollama-server.ts';
import { makeWorkspace, repliesOf, REQUEST } from './sessions.ts';

const BIN = path.resolve(import.meta.dirname, '../dist/cli.cjs');

/** Whose prompts are counted; `chat` is this program where a template cannot be learned. */
export type Who = 'raw' | 'chat' | { original: string };

/** The session to run. */
export interface EvaluatedPlan {
  who: Who;
  architecture: Architecture;
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

/** Runs the session. Two equal plans cost the same. */
export async function measureEvaluated(plan: EvaluatedPlan): Promise<EvaluatedCost> {
  const { who, architecture, requests, callsEach, resumes } = plan;
  const server = await startFakeOllama(repliesOf(requests, callsEach), {
    architecture,
    // A server without renderings: the conversation uses /api/chat.
    rendersTemplate: who !== 'chat',
  });
  const cwd = makeWorkspace();
  const texts = Array.from({ length: requests }, (_, index) => REQUEST(index));
  const run = async (words: string[], input: string): Promise<void> => {
    const [command, flags] = typeof who === 'object' ? ['python3', [who.original]] : NODE;
    const rest = ['--approval', 'auto', '--max-steps', String(callsEach), '--host', server.url];
    const child = spawn(command, [...flags, ...rest, ...words], {
      cwd,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.stdin.end(input);
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`${command} ended with ${code}`);
  };
  try {
    if (!resumes) await run([], `${texts.join('\n')}\n`);
    else {
      for (const [index, text] of texts.entries()) {
        await run(index === 0 ? [text] : ['--resume', 'latest', text], '');
      }
    }
    return costOf(server.calls.filter(isReplied), resumes ? callsEach : Infinity);
  } finally {
    await server.close();
    fs.rmSync(cwd, { recursive: true, force: true });
  }
}

const NODE: [string, string[]] = [process.execPath, [BIN]];

/** A call that only checks whether the server renders does not belong to the session. */
function isReplied({ body }: GenerateCall): boolean {
  return body['_debug_render_only'] !== true;
}

function costOf(calls: readonly GenerateCall[], callsEach: number): EvaluatedCost {
  const cost = { calls: calls.length, sent: 0, evaluated: 0, needed: 0, resumeSurplus: 0, cut: 0 };
  let before = '';
  for (const [at, { prompt, evaluated = 0, reply = '' }] of calls.entries()) {
    const shared = commonLength(prompt, before);
    const fresh = tokensOf(prompt.slice(shared)).length;
    cost.sent += tokensOf(prompt).length;
    cost.evaluated += evaluated;
    cost.needed += fresh;
    const last = calls[at - 1];
    if (last) cost.cut = Math.max(cost.cut, last.prompt.length - shared);
    const isResume = at > 0 && at % callsEach === 0;
    if (isResume) cost.resumeSurplus = Math.max(cost.resumeSurplus, evaluated - fresh);
    before = prompt + reply;
  }
  return cost;
}

function commonLength(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}
