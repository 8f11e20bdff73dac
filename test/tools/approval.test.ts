import { describe, expect, it } from 'vitest';
import { APPROVAL_POLICIES, Approvals } from '../../src/tools/approval.ts';
import { checkTool } from '../../src/tools/check.ts';
import { allTools } from '../../src/tools/index.ts';
import { patchFile } from '../../src/tools/patch-file.ts';
import { runShell } from '../../src/tools/run-shell.ts';
import { SH } from '../../src/tools/shell/shell.ts';
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
  expect(new Approvals(policy).decide({ name: 'any', risky }, {})).toEqual({ decision });
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
    const decisionOn = (command: string) =>
      approvals.decide(runShell, { command, timeout: 60 }).decision;
    expect(decisionOn('npm test')).toBe('allow');
    for (const other of ['npm test ', 'npm  test', 'npm test && rm -rf .', 'NPM test', '']) {
      expect(decisionOn(other), other).toBe('ask');
    }
  });

  it('is every command of the beginning that was allowed and names, and the rule is named', () => {
    const approvals = new Approvals('ask');
    approvals.allowAlways(runShell, { command: 'npm test a' }, 'beginning');
    approvals.allowAlways(runShell, { command: 'npm test b' }, 'beginning');
    approvals.allowAlways(runShell, { command: 'ls; pwd' }, 'beginning'); // no beginning: the same
    expect(approvals.always).toEqual(['run_shell: npm test …', 'run_shell: ls; pwd']);
    const ask = { decision: 'ask' };
    for (const [command, decided] of Object.entries({
      'npm test': { decision: 'allow', rule: 'npm test …' },
      'npm test -- c': { decision: 'allow', rule: 'npm test …' },
      'npm test -- --run c': ask,
      'ls; pwd': { decision: 'allow' },
      'npm test; ls': ask,
      'npm run test': ask,
      'ls; pwd x': ask,
    })) {
      expect(approvals.decide(runShell, { command }), command).toEqual(decided);
      expect(approvals.decide(checkTool(SH), { command }), command).toEqual(ask);
    }
    approvals.policy = 'auto';
    expect(approvals.decide(runShell, { command: 'npm test' })).toEqual({ decision: 'allow' });
    approvals.policy = 'never';
    expect(approvals.decide(runShell, { command: 'npm test' })).toEqual({ decision: 'deny' });
  });

  it('is every edit by that tool, and by no other', () => {
    const approvals = new Approvals('ask');
    approvals.allowAlways(writeFile, { path: 'a.txt', content: 'a' });
    expect(approvals.decide(writeFile, { path: 'b.txt', content: 'b' }).decision).toBe('allow');
    expect(approvals.decide(patchFile, { path: 'a.txt' }).decision).toBe('ask');
    expect(approvals.decide(runShell, { command: 'write_file' }).decision).toBe('ask');
  });

  it('does not run under the policy never, and is asked about again once it is taken back', () => {
    const approvals = new Approvals('ask');
    const isAllowed = () =>
      ['a', 'b'].map((command) => approvals.decide(runShell, { command }).decision === 'allow');
    approvals.allowAlways(runShell, { command: 'a' });
    approvals.allowAlways(runShell, { command: 'b' });
    approvals.allowAlways(runShell, { command: 'a' });
    expect(approvals.always).toEqual(['run_shell: a', 'run_shell: b']);
    approvals.policy = 'never';
    expect(approvals.decide(runShell, { command: 'a' })).toEqual({ decision: 'deny' });
    approvals.policy = 'ask';
    expect(isAllowed()).toEqual([true, true]);
    approvals.forget(0);
    expect(isAllowed()).toEqual([false, true]);
    approvals.forget();
    expect(isAllowed()).toEqual([false, false]);
  });
});
