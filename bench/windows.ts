/**
 * How small and large windows serve: 40 calls with their results over four requests, with a scripted
 * model that counts tokens as a server does and keeps what such a server's cache would keep.
 */
import fs from 'node:fs';
import path from 'node:path';
import { buildAgent } from '../src/agent/build-agent.ts';
import { replyRoom } from '../src/agent/reply-room.ts';
import { Thinking } from '../src/agent/thinking.ts';
import { ContextWindow } from '../src/context/window.ts';
import type { GenerateRequest } from '../src/model/model.ts';
import { ModelError } from '../src/model/model-error.ts';
import { ChatTemplate } from '../src/model/ollama/chat-template.ts';
import { ScriptedModel } from '../src/model/scripted.ts';
import { SessionStore } from '../src/session/store.ts';
import { Approvals } from '../src/tools/approval.ts';
import { allTools } from '../src/tools/index.ts';
import { childEnvironment } from '../src/tools/shell/environment.ts';
import { takeSnapshot } from '../src/workspace/snapshot.ts';
import { KvCache } from '../test/support/ollama/kv-cache.ts';
import { tokensOf } from '../test/support/ollama/tokenizer.ts';
import { filesAtStart, repliesOf, REQUEST } from './script.ts';
import { makeRepository } from './tasks/repository.ts';

/** What is read: source code, or files with many tokens for their characters. */
export type Text = 'code' | 'dense';

/** What a session in a window cost. */
export interface WindowCost {
  /** Calls that ran, of 40, before a request ended with an error. */
  calls: number;
  compactions: number;
  /** The least number of prompts from one compaction to the next; undefined if there are not two. */
  leastApart: number | undefined;
  /** Characters of all results: how much the model was shown. */
  shown: number;
  /** Tokens of all prompts that a cache of a model with recurrence did not have. */
  evaluated: number;
}

const REQUESTS = 4;
const STEPS = 10;

/** Runs the session in a window of `numCtx` tokens. */
export async function measureWindow(numCtx: number, text: Text): Promise<WindowCost> {
  const root = makeRepository(filesAtStart());
  if (text === 'dense') makeDense(root);
  const replies = text === 'dense' ? denseReplies() : repliesOf(REQUESTS, STEPS + 1);
  const model = new CountingModel(replies);
  const { agent, session } = await startAgent(root, model, STEPS, numCtx);
  const compactedAt: number[] = [];
  let calls = 0;
  let shown = 0;
  try {
    for (let request = 0; request < REQUESTS; request++) {
      for await (const event of agent.ask(REQUEST(request), new AbortController().signal)) {
        if (event.type === 'tool_end') {
          calls++;
          shown += event.content.length;
        }
        if (event.type === 'compacted') compactedAt.push(model.requests.length);
      }
    }
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
  }
  session.close();
  fs.rmSync(root, { recursive: true, force: true });
  const apart = compactedAt.slice(1).map((at, index) => at - (compactedAt[index] ?? 0));
  const { evaluated } = model;
  const compactions = compactedAt.length;
  const leastApart = apart.length > 0 ? Math.min(...apart) : undefined;
  return { calls, compactions, leastApart, shown, evaluated };
}

/** A model that counts tokens, has a cache, and refuses what is longer than the window. */
class CountingModel extends ScriptedModel {
  evaluated = 0;
  readonly #cache = new KvCache('hybrid');

  override async *generate(
    request: GenerateRequest,
    signal: AbortSignal,
  ): ReturnType<ScriptedModel['generate']> {
    const { turns, numCtx } = request;
    const prompt = tokens(ChatTemplate.plain.render(turns));
    if (prompt.length > numCtx) throw new ModelError('context_overflow', 'The prompt is too long.');
    this.#cache.load(numCtx);
    this.evaluated += this.#cache.evaluate(prompt);
    const generation = yield* super.generate(request, signal);
    const reply = tokens(generation.text);
    this.#cache.generated(reply);
    const usage = { prompt_tokens: prompt.length, output_tokens: reply.length };
    return { ...generation, usage };
  }
}

/** Text that is not Latin has at least a token for each character. */
function tokens(text: string): string[] {
  return tokensOf(text).flatMap((token) => (/^[\x20-\x7e\n]*$/.test(token) ? [token] : [...token]));
}

const DENSE: Record<string, string> = {
  'prose.md': `${'窗口写满了中文'.repeat(12)}\n`,
  'data.json': `${JSON.stringify({ id: 4_711, at: [52.37403, 4.88969], rgb: '#a0c4ff' }).repeat(3)}\n`,
  'bundle.min.js': `${'a=b?c:d[e]||{};f(g,h=>i+j*k);!l&&m(n);'.repeat(60)}\n`,
  'table.csv': `${'17,4.5,-3,0.25,918273,'.repeat(4)}\n`,
};

function makeDense(root: string): void {
  for (const [name, line] of Object.entries(DENSE)) {
    fs.writeFileSync(path.join(root, name), line.repeat(Math.ceil(12_000 / line.length)));
  }
}

function denseReplies(): string[] {
  const names = Object.keys(DENSE);
  const readOf = (step: number) => {
    const args = { path: names[step % names.length], start: 1 + Math.floor(step / names.length) };
    return `<tool>${JSON.stringify({ name: 'read_file', args })}</tool>`;
  };
  return Array.from({ length: REQUESTS }, (_, request) => [
    ...Array.from({ length: STEPS }, (__, step) => readOf(request * STEPS + step)),
    '<final>Done.</final>',
  ]).flat();
}

/** An agent in a session of its own, with whatever it asks for allowed. @param numCtx in tokens */
async function startAgent(root: string, model: ScriptedModel, steps: number, numCtx: number) {
  const env = childEnvironment(process.env);
  const store = new SessionStore({ workspaceRoot: root, warn: console.error });
  const session = store.create('scripted');
  const agent = buildAgent({
    model,
    tools: allTools,
    window: new ContextWindow(numCtx),
    snapshot: await takeSnapshot(root, env),
    look: () => takeSnapshot(root, env),
    env,
    approvals: new Approvals('auto'),
    keep: () => Promise.resolve(() => undefined),
    ask: () => Promise.resolve({ allowed: true }),
    settings: {
      maxSteps: steps + 1,
      replyRoom: replyRoom(undefined, numCtx),
      thinking: new Thinking(),
    },
    session,
    childSession: () => store.create('scripted', session.id),
    showOutput: () => undefined,
    showChild: () => undefined,
    version: '0',
  });
  return { agent, session };
}
