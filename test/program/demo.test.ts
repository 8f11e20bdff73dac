import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { some } from '../support/stress.ts';
import { temporaryFolder } from '../support/workspace.ts';

/** Runs the demo in an empty folder that is also the folder for temporary files. */
async function demo(args: string[], input = '') {
  const cwd = temporaryFolder();
  const env = { TMPDIR: cwd };
  const host = 'http://127.0.0.1:9'; // no server may be asked
  const result = await runProgram(['--demo', ...args], { cwd, env, host, input });
  const [, folder = ''] = /^Repository: (.*)$/m.exec(result.stdout) ?? [];
  const [, session = ''] = /^Session: (.*)$/m.exec(result.stdout) ?? [];
  return { ...result, cwd, folder, session };
}

describe('the demo', () => {
  it('says on its first line that the replies are recorded, and runs through', async () => {
    const { code, stdout, stderr, cwd, folder, session } = await demo(['--approval', 'auto']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')[0]).toContain('recorded');
    expect(stdout.match(/^mini-coding-agent> /gm)).toHaveLength(3);
    expect(path.dirname(fs.realpathSync(folder))).toBe(cwd);
    expect(fs.existsSync(path.join(folder, '.git'))).toBe(true);

    // Everything except the replies is real: the tests that it wrote and fixed pass.
    const again = ['--test', '--test-reporter=tap']; // which one is usual depends on Node's version
    const tests = execFileSync(process.execPath, again, { cwd: folder, encoding: 'utf8' });
    expect(tests).toMatch(/^# pass [1-9]/m);
    expect(tests).toMatch(/^# fail 0/m);
    const results = fs
      .readFileSync(session, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { type: string; content?: string; ok?: boolean })
      .filter(({ type }) => type === 'tool');
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(results.some(({ content }) => content?.startsWith('exit_code: 1'))).toBe(true);
    expect(results.at(-1)?.content).toMatch(/^exit_code: 0\n/);
  });

  it.each(
    some(1, [
      ['a no', 'n\n'],
      ['the end of input', ''],
    ]),
  )('ends politely at %s, with nothing written', async (_, input) => {
    const { code, stdout, stderr, folder } = await demo([], input);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('You said no');
    expect(stdout.match(/Allow .+\?/g)).toHaveLength(1);
    expect(stdout.match(/^mini-coding-agent> /gm)).toHaveLength(1);
    expect(fs.readdirSync(folder).toSorted()).toEqual(['.git', '.mini-coding-agent']);
  });
});
