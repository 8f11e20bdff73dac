/** Who decides whether a risky call runs: a pure policy first, a person where it says so. */
import type { Tool } from './tool.ts';

export type ApprovalPolicy = 'ask' | 'auto' | 'never';
export const APPROVAL_POLICIES: readonly ApprovalPolicy[] = ['ask', 'auto', 'never'];

export interface ApprovalRequest {
  tool: string;
  args: Readonly<Record<string, unknown>>;
}

/** A denial says why, in one clause for the model. */
export type Decision = { allowed: true } | { allowed: false; reason: string };

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
