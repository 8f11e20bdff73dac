/** Who decides whether a risky call runs: a pure policy first, a person where it says so. */
import type { FileChange, Tool } from './tool.ts';

export type ApprovalPolicy = 'ask' | 'auto' | 'never';
export const APPROVAL_POLICIES: readonly ApprovalPolicy[] = ['ask', 'auto', 'never'];

export interface ApprovalRequest {
  tool: string;
  args: Readonly<Record<string, unknown>>;
  /** What the call would make of a file, if it edits one. */
  change?: Pick<FileChange, 'path' | 'before' | 'after'> | undefined;
  /** The command that would run, if it is one: the person may edit it. */
  command?: string | undefined;
}

/**
 * What a person says. A denial says why, in one clause for the model. `edited` is the command, not
 * blank, that they would rather run: it is put before them as it then stands.
 */
export type Decision =
  { allowed: true; always?: boolean } | { allowed: false; reason: string } | { edited: string };

/** Puts a call before a person. It answers when they do, or when `signal` aborts: that is a no. */
export type Ask = (request: ApprovalRequest, signal: AbortSignal) => Promise<Decision>;

type PolicyDecision = 'allow' | 'deny' | 'ask';

const RISKY: Readonly<Record<ApprovalPolicy, PolicyDecision>> = {
  auto: 'allow',
  never: 'deny',
  ask: 'ask',
};

/** What the policy says of a tool. */
export function policyDecision(policy: ApprovalPolicy, { risky }: Pick<Tool, 'risky'>) {
  return risky ? RISKY[policy] : 'allow';
}

type Approvable = Pick<Tool, 'name' | 'risky' | 'commandArg'>;

/** The policy as it is now, and what a person has allowed for always: as long as this lives. */
export class Approvals {
  policy: ApprovalPolicy;
  readonly #asksAboutAll: boolean;
  #always: string[] = [];

  /** @param asksAboutAll every call is asked about, whatever the policy says */
  constructor(policy: ApprovalPolicy, asksAboutAll = false) {
    this.policy = policy;
    this.#asksAboutAll = asksAboutAll;
  }

  /** What is said of a call before anyone is asked. */
  decide(tool: Approvable, args: ApprovalRequest['args']): PolicyDecision {
    const decision = this.#asksAboutAll ? 'ask' : policyDecision(this.policy, tool);
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
 * What always covers: for a command that very command, to the letter, since to tell what another
 * one does is more than parsing can; for any other tool all its calls.
 */
function scopeOf({ name, commandArg }: Approvable, args: ApprovalRequest['args']): string {
  return commandArg === undefined ? name : `${name}: ${String(args[commandArg])}`;
}
