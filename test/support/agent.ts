/** An agent with all its real parts in a temporary folder; only the model is chosen by the test. */
import { expect, onTestFinished } from 'vitest';
import type { Agent } from '../../src/agent/agent.ts';
import { buildAgent, type BuildParts } from '../../src/agent/build-agent.ts';
import { Thinking } from '../../src/agent/thinking.ts';
import { ContextWindow } from '../../src/context/window.ts';
import { childEnvironment } from '../../src/tools/shell/environment.ts';
import type { AgentEvent } from '../../src/agent/events.ts';
import type { Model } from '../../src/model/model.ts';
import { ScriptedModel, type ScriptedReply } from '../../src/model/scripted.ts';
import { buildExamples } from '../../src/prompt/examples.ts';
import { SessionStore } from '../../src/session/store.ts';
import { Approvals } from '../../src/tools/approval.ts';
import { allTools } from '../../src/tools/index.ts';
import { takeSnapshot } from '../../src/workspace/snapshot.ts';
import { temporaryFolder } from './workspace.ts';
import { readLog } from './session.ts';

/** What a test may set; everything else has a default. */
export interface Setting extends Partial<BuildParts> {
  root?: string;
  numCtx?: number | undefined;
  maxSteps?: number;
  replyRoom?: { first: number; most: number };
  thinking?: Thinking;
}

/** Makes an agent with this model. */
export async function startAgent<M extends Model>(model: M, setting: Setting = {}) {
  const { root = temporaryFolder(), numCtx, maxSteps = 6, ...given } = setting;
  const { replyRoom = { first: 512, most: 4_096 }, thinking = new Thinking(), ...parts } = given;
  const env = childEnvironment(process.env);
  const store = new SessionStore({ workspaceRoot: root, warn: (text) => expect.fail(text) });
  const session = setting.session ?? store.create(model.name);
  onTestFinished(() => session.close());
  const children: AgentEvent[] = [];
  const agent = buildAgent({
    model,
    tools: allTools,
    window: new ContextWindow(numCtx),
    snapshot: setting.snapshot ?? (await takeSnapshot(root, env)),
    look: () => takeSnapshot(root, env),
    env,
    approvals: new Approvals('auto'),
    keep: () => Promise.resolve(() => undefined),
    ask: () => Promise.reject(new Error('nobody is asked')),
    settings: { maxSteps, replyRoom, thinking },
    session,
    version: '0.0.0',
    childSession: () => store.create(model.name, session.id),
    showChild: (event) => void children.push(event),
    showOutput: () => undefined,
    ...parts,
  });
  return { agent, model, root, store, session, children };
}

/** Makes an agent with a model that gives these replies. */
export const startScripted = (replies: ScriptedReply[], setting?: Setting) =>
  startAgent(new ScriptedModel(replies), setting);

/** Asks and returns every event; the last one says how the request ended. */
export async function askAgent(
  agent: Agent,
  request: string,
  signal = new AbortController().signal,
) {
  const events: AgentEvent[] = [];
  for await (const event of agent.ask(request, signal)) events.push(event);
  const ends = events.filter((event) => event.type === 'final');
  expect(events.slice(-1)).toEqual(ends);
  const [end = expect.fail('there is no final event')] = ends;
  return { events, end, types: events.map(({ type }) => type) };
}

/** The turns of each prompt that a model got. */
export const prompts = (model: ScriptedModel) => model.requests.map(({ turns }) => turns);

/** The newest turn of each prompt. */
export const told = (model: ScriptedModel) =>
  prompts(model).map((turns) => turns.at(-1)?.content ?? '');

const EXAMPLES = buildExamples(allTools).length;

/** The conversation in the last prompt, without the examples, each turn with its role. */
export function conversation(model: ScriptedModel): string[] {
  const turns = prompts(model).at(-1) ?? [];
  return turns.slice(1 + EXAMPLES).map(({ role, content }) => `${role}: ${content}`);
}

/** The types of the records in a file. */
export const logged = (file: string) => readLog(file).records.map(({ type }) => type);
