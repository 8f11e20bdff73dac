/** Who decides whether a call runs: a pure policy first, a person where it says so. */
import { covers, ruleFor, shownBeginning, shownRule } from './always.ts';
import type { Always, AlwaysRule } from './always.ts';
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
  /** The units of numbers among them. */
  units?: Readonly<Record<string, string | undefined>> | undefined;
  /** What the call would make of a file, if it edits one. */
  change?: Pick<FileChange, 'path' | 'before' | 'after'> | undefined;
  /** The edit replaces a file that the model has not read whole: asked whatever the policy says. */
  isUnread?: boolean | undefined;
  /** Nothing of it can be always allowed: it is asked about each time. */
  isEachTime?: boolean | undefined;
  /** A yes lasts: this exact call is not asked about again. */
  isOnce?: boolean | undefined;
  /** The command that would run, if the call is one: the person may edit it. */
  command?: string | undefined;
  /** What of the command may be always allowed, whatever names follow: `npm test …`. */
  beginning?: string | undefined;
}

/**
 * What a person says. A denial says why, in one clause for the model. `edited` is the command that
 * they would rather run, which is not empty: the call is put before them again with it.
 */
export type ApprovalAnswer =
  { allowed: true; always?: Always } | { allowed: false; reason: string } | { edited: string };

/** Puts a call before a person. It answers when they do, or when `signal` aborts: that is a no. */
export type Ask = (request: ApprovalRequest, signal: AbortSignal) => Promise<ApprovalAnswer>;

const RISKY: Readonly<Record<ApprovalPolicy, Decided['decision']>> = {
  auto: 'allow',
  never: 'deny',
  ask: 'ask',
};

/** What is decided about a call, and why. */
interface Decided {
  decision: 'allow' | 'deny' | 'ask';
  /** The rule behind it, if it is one with a beginning: `npm test …`. */
  rule?: string | undefined;
}

type Approvable = Pick<Tool, 'name' | 'risky' | 'command'>;

/** The policy as it is now, and what a person always allows: for as long as this object lives. */
export class Approvals {
  policy: ApprovalPolicy;
  readonly #asksAboutAll: boolean;
  #always: AlwaysRule[] = [];

  /** @param asksAboutAll every call is asked about, whatever the policy says */
  constructor(policy: ApprovalPolicy, asksAboutAll = false) {
    this.policy = policy;
    this.#asksAboutAll = asksAboutAll;
  }

  /**
   * What is decided about a call before anyone is asked, and the beginning that allows it, as it is
   * shown, where one does.
   */
  decide(tool: Approvable, args: ApprovalRequest['args']): Decided {
    const byPolicy = tool.risky ? RISKY[this.policy] : 'allow';
    const decision = this.#asksAboutAll ? 'ask' : byPolicy;
    if (decision !== 'ask') return { decision };
    const rule = this.#always.find((each) => covers(each, tool, args));
    if (!rule) return { decision };
    return { decision: 'allow', rule: rule.beginning && shownBeginning(rule.beginning) };
  }

  /** From now on calls like this one are not asked about. */
  allowAlways(tool: Approvable, args: ApprovalRequest['args'], always: Always = 'same'): void {
    const rule = ruleFor(tool, args, always);
    if (!this.always.includes(shownRule(rule))) this.#always.push(rule);
  }

  /** What is not asked about, as it is shown, in the order in which it was allowed. */
  get always(): readonly string[] {
    return this.#always.map(shownRule);
  }

  /** Takes back one of `always`, by its index, or all. */
  forget(index?: number): void {
    if (index === undefined) this.#always = [];
    else this.#always.splice(index, 1);
  }
}
