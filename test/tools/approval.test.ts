import { expect, it } from 'vitest';
import { APPROVAL_POLICIES, policyDecision } from '../../src/tools/approval.ts';
import { allTools } from '../../src/tools/index.ts';

it.each([
  ['ask', true, 'ask'],
  ['auto', true, 'allow'],
  ['never', true, 'deny'],
  ['ask', false, 'allow'],
  ['auto', false, 'allow'],
  ['never', false, 'allow'],
] as const)('under the policy %s, with a tool whose risk is %s, it says %s', (...row) => {
  const [policy, risky, decision] = row;
  expect(policyDecision(policy, { risky })).toBe(decision);
});

it('counts every tool that can change something as risky', () => {
  const risky = allTools.filter((tool) => tool.risky).map(({ name }) => name);
  expect(risky).toEqual(['run_shell', 'write_file', 'patch_file']);
  expect(APPROVAL_POLICIES).toEqual(['ask', 'auto', 'never']);
});
