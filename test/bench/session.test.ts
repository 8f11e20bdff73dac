/** `npm run bench` with whole processes. */
import { execa } from 'execa';
import { expect } from 'vitest';
import { THIS, timed } from '../../bench/programs.ts';
import { playSession } from '../../bench/session.ts';
import { inStress } from '../support/stress.ts';
import { temporaryFolder } from '../support/workspace.ts';

inStress('a program that does not do the work is not measured', async () => {
  const idle = { ...THIS, command: [process.execPath, '-e', '0', '--'] as const };
  await expect(playSession(idle, 2, {})).rejects.toThrow(
    'this program did not do all of the steps',
  );
});

inStress('the CPU time of a command has that of the programs that it starts', async () => {
  const spent = '(({ user, system }) => user + system)(process.cpuUsage())';
  const spin = `while (${spent} < 200_000);`;
  const nested = `require('child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(spin)}])`;
  const { cpu, wall } = await timed([process.execPath, '-e', nested], temporaryFolder());
  expect(cpu).toBeGreaterThanOrEqual(190);
  expect(wall).toBeGreaterThan(0);
  await expect(timed(['false'], temporaryFolder())).rejects.toThrow('false ended with 1');
});

inStress(
  'a session of this program has times, memory and costs, and so has its resume',
  async () => {
    const { calls, resumeMs, usage } = await playSession(THIS, 8, { architecture: 'hybrid' });
    expect(calls).toHaveLength(10);
    for (const { arrivedAt, repliedAt = 0 } of calls) expect(repliedAt).toBeGreaterThan(arrivedAt);
    expect(resumeMs).toBeGreaterThan(0);
    if (process.platform === 'linux') expect(usage?.peakMib).toBeGreaterThan(20);
  },
);

inStress('wrong flags are told before anything is measured', async () => {
  const bench = (...flags: string[]) =>
    execa('npx', ['tsx', 'bench/index.ts', ...flags], { reject: false });
  expect(await bench('--runs', 'many')).toMatchObject({
    exitCode: 2,
    stderr: '--runs takes a whole number from 1, not many.',
  });
  expect(await bench('--original', 'no/such.py')).toMatchObject({
    exitCode: 2,
    stderr: 'The original cannot be run: There is no file no/such.py.',
  });
});
