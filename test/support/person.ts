/** A person who is asked about calls. */
import { expect } from 'vitest';
import type { ApprovalAnswer, ApprovalRequest } from '../../src/tools/approval.ts';

/** A person who gives these answers in order, and what they were asked. */
export function person(...answers: ApprovalAnswer[]) {
  const asked: ApprovalRequest[] = [];
  const ask = (call: ApprovalRequest) => {
    asked.push(call);
    return Promise.resolve(answers.shift() ?? expect.fail('asked too often'));
  };
  return { ask, asked };
}
