/** Builds an agent out of its parts. A delegate is built of the same ones, with fewer rights. */
import { turnsOf } from '../context/transcript.ts';
import { briefFrom, delegateTool, type Spawn } from '../delegation/delegate.ts';
import { linesRead } from '../session/lines-read.ts';
import type { Session } from '../session/session.ts';
import { lastRequest } from '../session/state.ts';
import type { Approvals, Ask } from '../tools/approval.ts';
import { Check, checkTool } from '../tools/check.ts';
import { FileVersions } from '../tools/file-versions.ts';
import { Gate } from '../tools/gate.ts';
import { runShell, shellTool } from '../tools/run-shell.ts';
import type { Sandbox } from '../tools/shell/sandbox.ts';
import { findShell, type Shell } from '../tools/shell/shell.ts';
import { ToolError } from '../tools/tool-error.ts';
import type { Tool, ToolContext } from '../tools/tool.ts';
import { PathError, resolveInside } from '../workspace/paths.ts';
import { Agent, type AgentParts, type AgentSettings } from './agent.ts';
import { Attachments } from './attachments.ts';
import { Checks } from './checks.ts';
import type { AgentEvent } from './events.ts';

/** What an agent is built of. */
export interface BuildParts extends Pick<
  AgentParts,
  'model' | 'window' | 'session' | 'snapshot' | 'look' | 'person' | 'version'
> {
  /** Without the delegate, which is added. */
  tools: readonly Tool[];
  /** The environment of child processes. */
  env: NodeJS.ProcessEnv;
  approvals: Approvals;
  ask: Ask;
  /** The command that runs after edits; none by default. */
  check?: Check | undefined;
  /** Where commands run; without it they may do whatever the user may. */
  sandbox?: Sandbox | undefined;
  settings: Omit<AgentSettings, 'readOnly'>;
  /** Keeps what files held, so that a change can be undone. */
  keep: ToolContext['keep'];
  /** A new session for a delegate. */
  childSession: () => Session;
  /** Gets the last lines that a running command has printed, a few times a second. */
  showOutput: ToolContext['showOutput'];
  /** Gets each event of a delegate, which waits until it has been dealt with. */
  showChild: (event: AgentEvent) => void | Promise<void>;
}

/** Builds an agent that can delegate. */
export function buildAgent(parts: BuildParts): Agent {
  const shell = findShell(parts.env, parts.snapshot.root);
  const withShell = (tool: Tool) => (tool === runShell ? shellTool(shell, parts.sandbox) : tool);
  const tools = parts.tools.map(withShell);
  const safeTools = tools.filter(({ risky }) => !risky);
  let childId: string | undefined;
  const spawn: Spawn = (task, maxSteps, signal) => {
    const session = parts.childSession();
    childId = session.id;
    const settings = { ...parts.settings, maxSteps, readOnly: true };
    const child = assemble({ ...parts, session, settings, person: undefined }, safeTools, shell);
    return runChild(child, parts, task, signal);
  };
  const takeChild = () => {
    const id = childId;
    childId = undefined;
    return id;
  };
  const settings = { ...parts.settings, readOnly: false };
  return assemble({ ...parts, settings, takeChild }, [...tools, delegateTool(spawn)], shell);
}

/** Lets a delegate do its task and returns its answer. @throws ToolError where it has none */
async function runChild(
  child: Agent,
  { session: { state }, showChild }: BuildParts,
  task: string,
  signal: AbortSignal,
): Promise<string> {
  child.session.record({ type: 'note', content: briefFrom(lastRequest(state), turnsOf(state)) });
  try {
    for await (const event of child.ask(task, signal)) {
      await showChild(event);
      if (event.type !== 'final') continue;
      if (event.reason !== 'answer') throw new ToolError(event.text);
      return event.text;
    }
  } finally {
    child.close();
  }
  throw new Error('a request ended without its final event');
}

function assemble(
  parts: Omit<BuildParts, 'settings'> & Pick<AgentParts, 'settings' | 'takeChild'>,
  tools: readonly Tool[],
  shell: Shell,
): Agent {
  const { snapshot, env, approvals, ask, keep, session, window, showOutput } = parts;
  const { check = new Check(), sandbox } = parts;
  const { root } = snapshot;
  const context: ToolContext = {
    root,
    env,
    get resultRoom() {
      return window.resultRoom;
    },
    versions: versionsOf(session, root),
    linesRead: (real) => linesRead(session.state.entries, root, real),
    showOutput,
    keep,
  };
  const gate = new Gate({ tools, context, approvals, ask, beforeRisky: () => session.synced() });
  const checks = new Checks({ check, tool: checkTool(shell, sandbox), gate, session });
  const attachments = new Attachments({ session, context });
  return new Agent({ ...parts, tools, gate, checks, attachments });
}

/** What a resumed session has read of files: an edit made since then is not overwritten. */
function versionsOf(session: Session, root: string): FileVersions {
  const versions = new FileVersions();
  for (const [file, seenAt] of session.state.seen) {
    try {
      versions.noteSeenAt(resolveInside(root, file).real, Date.parse(seenAt));
    } catch (error) {
      if (!(error instanceof PathError)) throw error; // it can no longer be written either
    }
  }
  return versions;
}
