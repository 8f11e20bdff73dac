/** The library's way to an agent: options with the program's defaults. */
import packageJson from '../../package.json' with { type: 'json' };
import { ContextWindow } from '../context/window.ts';
import type { Model } from '../model/model.ts';
import type { Think } from '../model/think.ts';
import { SessionStore } from '../session/store.ts';
import { Approvals, type ApprovalRequest, type Ask } from '../tools/approval.ts';
import { Check } from '../tools/check.ts';
import { allTools } from '../tools/index.ts';
import { INTERRUPTED } from '../tools/refusals.ts';
import { childEnvironment, FOR_GIT } from '../tools/shell/environment.ts';
import { openSandbox } from '../tools/shell/sandbox.ts';
import type { Tool } from '../tools/tool.ts';
import { Undo } from '../undo/undo.ts';
import { trackedBelow } from '../workspace/git.ts';
import { STATE_FOLDER } from '../workspace/paths.ts';
import { looksAfter } from '../workspace/look-again.ts';
import { takeSnapshot } from '../workspace/snapshot.ts';
import type { Agent, Person } from './agent.ts';
import { DEFAULT_MAX_STEPS } from './defaults.ts';
import { buildAgent } from './build-agent.ts';
import { checkTools } from './check-tools.ts';
import type { AgentEvent } from './events.ts';
import { replyRoom } from './reply-room.ts';
import { settledOrAborted } from './settled-or-aborted.ts';
import { Thinking } from './thinking.ts';

/** Whether a call may run, and if not, why: one clause for the model. */
export interface Permission {
  allowed: boolean;
  reason?: string | undefined;
}

/** What `createAgent` takes. Only `root` and `model` are required. */
export interface AgentOptions {
  /** The folder to work in. The workspace is the git repository that holds it, or the folder. */
  root: string;
  model: Model;
  /** Default: `defaultTools`. A delegate, which is added, gets those that are not risky. */
  tools?: readonly Tool[] | undefined;
  /**
   * Decides about every tool call, a delegate's too. Without it no risky call runs. What it throws
   * ends the request and comes out of `ask`.
   */
  approve?:
    ((call: ApprovalRequest, signal: AbortSignal) => Permission | Promise<Permission>) | undefined;
  /**
   * A command that runs after the edits of a request, before its answer. A failure goes back to the
   * model, at most three times. `approve` is asked once, with the name `check`.
   */
  check?: string | undefined;
  /** A session to resume: its id, or `latest`. Default: a new one. */
  session?: string | undefined;
  /** Tool calls in one request. Default: 20. */
  maxSteps?: number | undefined;
  /**
   * Decides at the step limit, after so many tool calls, whether the request may go on for as many
   * again. Without it, or after a no, the model is held to an answer.
   */
  mayGoOn?: ((steps: number, signal: AbortSignal) => boolean | Promise<boolean>) | undefined;
  /**
   * Is called after each tool result, and takes what the person has added to the request since then:
   * the model reads it with the result. Undefined if nothing.
   */
  heard?: (() => string | undefined) | undefined;
  /** Tokens that no reply may exceed. Default: 512 or less, up to 4,096 for replies that are cut off. */
  maxNewTokens?: number | undefined;
  /** Whether the model thinks before its replies. Default: off, if it can be told so. */
  think?: Think | undefined;
  /** The most tokens of a thought. Default: 1,024. */
  thinkBudget?: number | undefined;
  /** The context window in tokens. Default: 16,384, or what the model has if that is less. */
  numCtx?: number | undefined;
  /** The environment of commands. Default: the variables that common tools need, without secrets. */
  env?: NodeJS.ProcessEnv | undefined;
  /** Runs the commands of `run_shell` in bubblewrap (Linux only). */
  sandbox?: { network: boolean } | undefined;
  /** Gets each event of a delegate, which waits until it has been dealt with. */
  onDelegate?: ((event: AgentEvent) => void | Promise<void>) | undefined;
  /** Gets the last lines that a running command has printed, a few times a second. */
  onOutput?: ((text: string) => void) | undefined;
  /** Gets one-line messages about things that did not stop the agent, such as a damaged session. */
  onWarning?: ((message: string) => void) | undefined;
}

/**
 * Looks at the workspace, opens a session in its `.mini-coding-agent/sessions` and returns an agent.
 * Call its `close` at the end.
 * @throws TypeError for tools that cannot work, RangeError for a limit that is not a whole number
 *   from 1, SessionError where the session cannot be resumed, SandboxError where there can be no
 *   sandbox, an Error with a `code` where `root` is no folder
 */
export async function createAgent(options: AgentOptions): Promise<Agent> {
  const { root: folder, model, tools = allTools, approve, numCtx } = options;
  const { onWarning: warn = () => undefined, onDelegate: showChild = () => undefined } = options;
  const { onOutput: showOutput = () => undefined } = options;
  checkTools(tools);
  checkLimits(options);
  const gitEnv = childEnvironment(process.env, FOR_GIT);
  const env = options.env ?? childEnvironment(process.env);
  const snapshot = await takeSnapshot(folder, gitEnv);
  const { root } = snapshot;
  const sandbox = options.sandbox && (await openSandbox({ ...options.sandbox, root, env }));
  const store = sessionsIn(root, gitEnv, warn);
  const session = store.open(options.session, model.name);
  const changes = new Undo({ session, root, warn });
  return buildAgent({
    model,
    tools,
    env,
    sandbox,
    check: new Check(options.check),
    session,
    snapshot,
    showChild,
    showOutput,
    window: new ContextWindow(numCtx, (limit) => {
      if (numCtx === undefined) return;
      warn(`The model has a context window of ${limit} tokens, less than the ${numCtx} asked for.`);
    }),
    look: looksAfter(snapshot, gitEnv, warn),
    approvals: approve ? new Approvals('ask', true) : new Approvals('never'),
    ask: approve ? askBy(approve) : neverAsked,
    keep: (change) => changes.keep(change),
    childSession: () => store.create(model.name, session.id),
    person: { mayGoOn: options.mayGoOn && goOnBy(options.mayGoOn), heard: options.heard },
    settings: {
      maxSteps: options.maxSteps ?? DEFAULT_MAX_STEPS,
      replyRoom: replyRoom(options.maxNewTokens, options.numCtx),
      thinking: new Thinking({ mode: options.think, budget: options.thinkBudget }),
    },
    version: packageJson.version,
  });
}

const LIMITS = ['maxSteps', 'maxNewTokens', 'thinkBudget', 'numCtx'] as const;

/** @throws RangeError that names the first limit that is not a whole number from 1 */
function checkLimits(options: AgentOptions): void {
  for (const name of LIMITS) {
    const value = options[name];
    if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) continue;
    throw new RangeError(`${name} must be a whole number from 1, not ${value}.`);
  }
}

/** The sessions of a workspace, except those that may have come with the repository. */
export function sessionsIn(
  root: string,
  gitEnv: NodeJS.ProcessEnv,
  warn: (message: string) => void,
): SessionStore {
  const tracked = () => trackedBelow(root, STATE_FOLDER, gitEnv);
  return new SessionStore({ workspaceRoot: root, warn, tracked });
}

const neverAsked: Ask = () => Promise.reject(new Error('there is nobody to ask'));

function goOnBy(mayGoOn: NonNullable<AgentOptions['mayGoOn']>): Person['mayGoOn'] {
  return async (steps, signal) => {
    const answered = (async () => mayGoOn(steps, signal))();
    await settledOrAborted(answered, signal);
    return !signal.aborted && answered;
  };
}

function askBy(approve: NonNullable<AgentOptions['approve']>): Ask {
  return async (call, signal) => {
    const answered = (async () => approve(call, signal))();
    await settledOrAborted(answered, signal);
    if (signal.aborted) return { allowed: false, reason: INTERRUPTED };
    const { allowed, reason = 'permission was refused' } = await answered;
    return allowed ? { allowed } : { allowed: false, reason };
  };
}
