import { describe, expect, it } from 'vitest';
import { APPROVAL_POLICIES, Approvals } from '../../src/tools/approval.ts';
import { allTools } from '../../src/tools/index.ts';
import { patchFile } from '../../src/tools/patch-file.ts';
import { runShell } from '../../src/tools/run-shell.ts';
import { writeFile } from '../../src/tools/write-file.ts';

it.each([
  ['ask', true, 'ask'],
  ['auto', true, 'allow'],
  ['never', true, 'deny'],
  ['ask', false, 'allow'],
  ['auto', false, 'allow'],
  ['never', false, 'allow'],
] as const)('under the policy %s, with a tool whose risk is %s, it says %s', (...row) => {
  const [policy, risky, decision] = row;
  expect(new Approvals(policy).decide({ name: 'any', risky }, {})).toBe(decision);
});

it('counts every tool that can change something as risky', () => {
  const risky = allTools.filter((tool) => tool.risky).map(({ name }) => name);
  expect(risky).toEqual(['run_shell', 'write_file', 'patch_file']);
  expect(APPROVAL_POLICIES).toEqual(['ask', 'auto', 'never']);
});

describe('what is always allowed', () => {
  it('is exactly that command, to the letter, with any timeout', () => {
    const approvals = new Approvals('ask');
    approvals.allowAlways(runShell, { command: 'npm test', timeout: 20 });
    const decisionOn = (command: string) => approvals.decide(runShell, { command, timeout: 60 });
    expect(decisionOn('npm test')).toBe('allow');
    for (const other of ['npm test ', 'npm  test', 'npm test && rm -rf .', 'NPM test', '']) {
      expect(decisionOn(other), other).toBe('ask');
    }
  });

  it('is every edit by that tool, and by no other', () => {
    const approvals = new Approvals('ask');
    approvals.allowAlways(writeFile, { path: 'a.txt', content: 'a' });
    expect(approvals.decide(writeFile, { path: 'b.txt', content: 'b' })).toBe('allow');
    expect(approvals.decide(patchFile, { path: 'a.txt' })).toBe('ask');
    expect(approvals.decide(runShell, { command: 'write_file' })).toBe('ask');
  });

  it('does not run under the policy never, and is asked about again once it is taken back', () => {
    const approvals = new Approvals('ask');
    const isAllowed = () =>
      ['a', 'b'].map((command) => approvals.decide(runShell, { command }) === 'allow');
    approvals.allowAlways(runShell, { command: 'a' });
    approvals.allowAlways(runShell, { command: 'b' });
    approvals.allowAlways(runShell, { command: 'a' });
    expect(approvals.always).toEqual(['run_shell: a', 'run_shell: b']);
    approvals.policy = 'never';
    expect(approvals.decide(runShell, { command: 'a' })).toBe('deny');
    approvals.policy = 'ask';
    expect(isAllowed()).toEqual([true, true]);
    approvals.forget(0);
    expect(isAllowed()).toEqual([false, true]);
    approvals.forget();
    expect(isAllowed()).toEqual([false, false]);
  });
});
