/** Lets the agent do a task: with all its real parts, and nobody who could be asked. */
import type { AgentEvent } from '../../src/agent/events.ts';
import { buildAgent } from '../../src/agent/build-agent.ts';
import { replyRoom } from '../../src/agent/reply-room.ts';
import { Thinking } from '../../src/agent/thinking.ts';
import { ModelError } from '../../src/model/model-error.ts';
import type { Think } from '../../src/model/think.ts';
import { SessionStore } from '../../src/session/store.ts';
import { Approvals } from '../../src/tools/approval.ts';
import { childEnvironment } from '../../src/tools/shell/environment.ts';
import type { Sandbox } from '../../src/tools/shell/sandbox.ts';
import { takeSnapshot } from '../../src/workspace/snapshot.ts';
import type { Built } from './parts.ts';

/** A request in a repository. */
export interface Play {
  root: string;
  request: string;
  /** Tool calls. */
  maxSteps: number;
  /** Whether the model is to think. */
  think: Think;
  sandbox: Sandbox | undefined;
  /** Ends the request. */
  signal: AbortSignal;
}

/** How it went. */
export interface Played {
  /** Empty where there is none. */
  answer: string;
  /** `answer`, or why there is none. */
  end: string;
  /** Calls of a tool that there is, with arguments that it takes. */
  validCalls: number;
}

/** Asks the agent. Its session stays in the repository. @throws ModelError where there is no server */
export async function play(built: Built, given: Play): Promise<Played> {
  const { root, request, maxSteps, think, sandbox, signal } = given;
  const env = childEnvironment(process.env);
  const warn = () => undefined;
  const store = new SessionStore({ workspaceRoot: root, warn });
  const { name } = built.model;
  const session = store.create(name);
  let validCalls = 0;
  const note = (event: AgentEvent) => {
    if (event.type === 'tool_end' && !UNUSABLE.test(event.content)) validCalls++;
  };
  const agent = buildAgent({
    ...built,
    snapshot: await takeSnapshot(root, env),
    look: () => takeSnapshot(root, env),
    env,
    sandbox,
    approvals: new Approvals('auto'),
    ask: () => Promise.resolve({ allowed: false, reason: 'nobody can be asked' }),
    keep: () => Promise.resolve(() => undefined),
    settings: { maxSteps, replyRoom: replyRoom(), thinking: new Thinking({ mode: think }) },
    session,
    childSession: () => store.create(name, session.id),
    showOutput: () => undefined,
    showChild: note,
    version: '0',
  });
  try {
    for await (const event of agent.ask(request, signal)) {
      note(event);
      if (event.type !== 'final') continue;
      const { reason, text } = event;
      return { answer: reason === 'answer' ? text : '', end: reason, validCalls };
    }
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return { answer: '', end: error.message, validCalls };
  } finally {
    agent.close();
  }
  throw new Error('a request ended without its final event');
}

/** What is told of a call of a tool that there is not, or with arguments that it does not take. */
const UNUSABLE = /^error: (?:there is no tool|invalid arguments for) /;
