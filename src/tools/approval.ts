/** Who decides whether a call runs: a pure policy first, a person where it says so. */
import type { FileChange, Tool } from './tool.ts';

/** Whether risky calls are asked about, run at once, or never run. */
export type ApprovalPolicy = 'ask' | 'auto' | 'never';
/** All of them. */
export const APPROVAL_POLICIES: readonly ApprovalPolicy[] = ['ask', 'auto', 'never'];

/** A call that is put before a person. */
export interface ApprovalRequest {
  /** The tool's name. */
  name: string;
  /** The tool can change something. */
  risky: boolean;
  args: Readonly<Record<string, unknown>>;
  /** What the call would make of a file, if it edits one. */
  change?: Pick<FileChange, 'path' | 'before' | 'after'> | undefined;
  /** The edit replaces a file that the model has not read whole: asked whatever the policy says. */
  isUnread?: boolean | undefined;
  /** A yes lasts: this exact call is not asked about again. */
  isOnce?: boolean | undefined;
  /** The command that would run, if the call is one: the person may edit it. */
  command?: string | undefined;
}

/**
 * What a person says. A denial says why, in one clause for the model. `edited` is the command that
 * they would rather run, which is not empty: the call is put before them again with it.
 */
export type ApprovalAnswer =
  { allowed: true; always?: boolean } | { allowed: false; reason: string } | { edited: string };

/** Puts a call before a person. It answers when they do, or when `signal` aborts: that is a no. */
export type Ask = (request: ApprovalRequest, signal: AbortSignal) => Promise<ApprovalAnswer>;

type PolicyDecision = 'allow' | 'deny' | 'ask';

const RISKY: Readonly<Record<ApprovalPolicy, PolicyDecision>> = {
  auto: 'allow',
  never: 'deny',
  ask: 'ask',
};

type Approvable = Pick<Tool, 'name' | 'risky' | 'command'>;

/** The policy as it is now, and what a person always allows: for as long as this object lives. */
export class Approvals {
  policy: ApprovalPolicy;
  readonly #asksAboutAll: boolean;
  #always: string[] = [];

  /** @param asksAboutAll every call is asked about, whatever the policy says */
  constructor(policy: ApprovalPolicy, asksAboutAll = false) {
    this.policy = policy;
    this.#asksAboutAll = asksAboutAll;
  }

  /** What is decided about a call before anyone is asked. */
  decide(tool: Approvable, args: ApprovalRequest['args']): PolicyDecision {
    const byPolicy = tool.risky ? RISKY[this.policy] : 'allow';
    const decision = this.#asksAboutAll ? 'ask' : byPolicy;
    return decision === 'ask' && this.#always.includes(scopeOf(tool, args)) ? 'allow' : decision;
  }

  /** From now on calls like this one are not asked about. */
  allowAlways(tool: Approvable, args: ApprovalRequest['args']): void {
    const scope = scopeOf(tool, args);
    if (!this.#always.includes(scope)) this.#always.push(scope);
  }

  /** What is not asked about, in the order in which it was allowed. */
  get always(): readonly string[] {
    return this.#always;
  }

  /** Takes back one of `always`, by its index, or all. */
  forget(index?: number): void {
    if (index === undefined) this.#always = [];
    else this.#always.splice(index, 1);
  }
}

/**
 * What `always` covers: for a command that exact command, since no parser can tell what another one
 * does; for any other tool all its calls.
 */
function scopeOf({ name, command }: Approvable, args: ApprovalRequest['args']): string {
  return command === undefined ? name : `${name}: ${String(args[command])}`;
}
