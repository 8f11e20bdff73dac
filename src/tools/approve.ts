/** Puts a call before the policy and then before a person, until it is allowed or denied. */
import { clipLine } from '../context/clip.ts';
import type { ApprovalDecision } from '../records.ts';
import type { ApprovalRequest, Approvals, Ask } from './approval.ts';
import { offeredBeginning } from './always.ts';
import { withPathOnDisk } from './path-on-disk.ts';
import type { FileChange, PreparedCall, Tool, ToolContext } from './tool.ts';
import type { WholeFileGuard } from './whole-file-guard.ts';

/** Characters of a command that the person has changed: the call in the log has all of it. */
const EDITED_CHARS = 300;

/** A call that can work, as it would run. */
export interface ReadyCall {
  tool: Tool;
  prepared: PreparedCall;
  /** What it would make of a file, if it edits one. */
  change: FileChange | undefined;
  /** What the model is told after the result: that the person has changed the command. */
  note?: string;
}

/** How it was decided about a call, and the call as it was last shown. */
interface Approval {
  ready: ReadyCall;
  /** That it must not run, and why: what the model is told after the name of the tool. */
  denial?: string;
  /** Undefined where nothing had to be decided. */
  decision?: ApprovalDecision;
  /** The rule with a beginning that allowed it, as it is shown. */
  rule?: string | undefined;
}

/** A call that is checked. @throws as `PreparedCall.check` */
export function readyCall(tool: Tool, prepared: PreparedCall, context: ToolContext): ReadyCall {
  const onDisk = withPathOnDisk(tool, prepared, context.root);
  return { tool, prepared: onDisk, change: onDisk.check(context) };
}

/** What decides about a call. */
interface Deciders {
  approvals: Approvals;
  wholeFiles: WholeFileGuard;
  ask: Ask;
  context: ToolContext;
}

/** Asks about a call until it is allowed as it was last shown, or denied. */
export async function approve(
  asked: ReadyCall,
  { approvals, wholeFiles, ask, context }: Deciders,
  signal: AbortSignal,
): Promise<Approval> {
  for (let ready = asked; ;) {
    const { tool, prepared, change } = ready;
    const { decision: decided, rule } = approvals.decide(tool, prepared.args);
    if (decided === 'deny') {
      const denial = 'was not approved: the approval policy is never';
      return { ready, denial, decision: 'denied_by_policy' };
    }
    const unread = wholeFiles.notice(change, context);
    if (unread?.isFirst) return { ready, denial: `did not run: ${unread.reason}` };
    if (decided === 'allow' && !unread) {
      return tool.risky ? { ready, decision: 'allowed_by_policy', rule } : { ready };
    }
    const answer = await ask({ ...questionAbout(ready), isUnread: unread && true }, signal);
    if ('edited' in answer) {
      ready = withCommand(ready, answer.edited, context);
      continue;
    }
    if (!answer.allowed) {
      const why = unread ? `${answer.reason}; ${unread.reason}` : answer.reason;
      return { ready, denial: `was not approved: ${why}`, decision: 'denied' };
    }
    if (answer.always) approvals.allowAlways(tool, prepared.args, answer.always);
    const decision = answer.always ? 'always' : ready === asked ? 'allowed' : 'edited';
    return { ready, decision };
  }
}

/** Asks about a call of which a yes lasts: the same call is always allowed from then on. */
export function askOnce(ask: Ask): Ask {
  return async (request, signal) => {
    const answer = await ask({ ...request, isOnce: true, beginning: undefined }, signal);
    return 'allowed' in answer && answer.allowed ? { allowed: true, always: 'same' } : answer;
  };
}

function questionAbout({ tool, prepared: { args }, change }: ReadyCall): ApprovalRequest {
  const command = tool.command === undefined ? undefined : String(args[tool.command]);
  const beginning = offeredBeginning(command);
  const { name, risky, wording } = tool;
  return { name, risky, args, units: wording?.units, change, command, beginning };
}

/** The call with another command, validated like the first. */
function withCommand(
  { tool, prepared }: ReadyCall,
  command: string,
  context: ToolContext,
): ReadyCall {
  if (tool.command === undefined) throw new Error(`${tool.name} has no command`);
  const note = `\n(The user changed the command to: ${clipLine(command, EDITED_CHARS)})`;
  const edited = tool.prepare({ ...prepared.args, [tool.command]: command }, true);
  return { ...readyCall(tool, edited, context), note };
}
