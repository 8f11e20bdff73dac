/** Builds an agent out of its parts. A delegate is built of the same ones, with fewer rights. */
import { Agent, type AgentParts, type AgentSettings } from './agent.ts';
import type { ContextWindow } from '../context/window.ts';
import { turnsOf } from '../context/transcript.ts';
import { briefFrom, delegateTool, type Spawn } from '../delegation/delegate.ts';
import type { AgentEvent } from './events.ts';
import type { Model } from '../model/model.ts';
import type { Session } from '../session/session.ts';
import { Approvals, type Ask } from '../tools/approval.ts';
import { FileVersions } from '../tools/file-versions.ts';
import { Gate } from '../tools/gate.ts';
import { allTools, readOnlyTools } from '../tools/index.ts';
import { runShell, shellTool } from '../tools/run-shell.ts';
import type { Sandbox } from '../tools/shell/sandbox.ts';
import { type ToolContext } from '../tools/tool.ts';
import { PathError, resolveInside } from '../workspace/paths.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import { ToolError } from '../tools/tool-error.ts';

export interface Assembly {
  model: Model;
  window: (signal: AbortSignal) => Promise<ContextWindow>;
  /** The workspace at the start, and how to look at it again. */
  snapshot: Snapshot;
  look: () => Promise<Snapshot>;
  /** The window the user asked for, in tokens. */
  askedNumCtx?: number | undefined;
  /** The environment of child processes. */
  env: NodeJS.ProcessEnv;
  approvals: Approvals;
  ask: Ask;
  /** Where commands run; without it they may do what the user may. */
  sandbox?: Sandbox | undefined;
  settings: Omit<AgentSettings, 'readOnly'>;
  session: Session;
  /** Keeps what files held, so that a change can be undone. */
  keep: ToolContext['keep'];
  /** A new session for a delegate of this one. */
  childSession: () => Session;
  /** Of the program, for the sessions' logs. */
  version: string;
  /** Deals with an event of a delegate, which waits for it. */
  showChild: (event: AgentEvent) => void | Promise<void>;
}

export function assembleAgent(assembly: Assembly): Agent {
  let child: string | undefined;
  const spawn: Spawn = (task, maxSteps, signal) => {
    const session = assembly.childSession();
    child = session.id;
    return runChild(assembly, session, { task, maxSteps }, signal);
  };
  const takeChild = () => {
    const id = child;
    child = undefined;
    return id;
  };
  const shell = shellTool(assembly.sandbox);
  const tools = allTools.map((tool) => (tool === runShell ? shell : tool));
  return build({ ...assembly, takeChild }, [...tools, delegateTool(spawn)], false);
}

async function runChild(
  parent: Assembly,
  session: Session,
  { task, maxSteps }: { task: string; maxSteps: number },
  signal: AbortSignal,
): Promise<string> {
  const { state } = parent.session;
  const asked = state.entries.findLast(({ record }) => record.type === 'user');
  const request = asked?.record.type === 'user' ? asked.record.content : '';
  session.record({ type: 'note', content: briefFrom(request, turnsOf(state)) });
  const child = build(
    {
      ...parent,
      session,
      approvals: new Approvals('never'),
      settings: { ...parent.settings, maxSteps },
    },
    readOnlyTools,
    true,
  );
  try {
    for await (const event of child.ask(task, signal)) {
      await parent.showChild(event);
      if (event.type !== 'final') continue;
      if (event.reason !== 'answer') throw new ToolError(event.text);
      return event.text;
    }
  } finally {
    session.close();
  }
  throw new Error('a request ended without its final event');
}

function build(
  assembly: Assembly & Pick<AgentParts, 'takeChild'>,
  tools: typeof allTools,
  readOnly: boolean,
): Agent {
  const { snapshot, env, approvals, ask, keep, session, settings } = assembly;
  const { root } = snapshot;
  const context = { root, env, versions: versionsOf(session, root), keep };
  const gate = new Gate({ tools, context, approvals, ask, beforeRisky: () => session.flush() });
  return new Agent({ ...assembly, tools, gate, settings: { ...settings, readOnly } }, snapshot);
}

/** What a resumed session has seen of files: an edit that was made meanwhile is not overwritten. */
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
