import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { final, toolCall } from '../support/ollama-server.ts';
import { runProgram, scene } from '../support/program.ts';
import { hasBubblewrap, outsideFolder, shellProgram } from '../support/sandbox.ts';
import { inStress, isStress, some } from '../support/stress.ts';

const AUTO = ['--approval', 'auto'];

/** A shell command that writes inside and outside the workspace. */
function writing() {
  const outside = path.join(outsideFolder(), 'outside');
  const command = `echo x > inside; echo x > ${outside}`;
  return { call: toolCall('run_shell', { command }), outside };
}

describe.skipIf(!hasBubblewrap)('--sandbox (needs bubblewrap)', () => {
  it('confines the commands of the model to the workspace, and tells it and the person', async () => {
    const { call, outside } = writing();
    const { root, server, run } = await scene([call, final('Done.')]);
    const { code, stdout } = await run(['--sandbox', ...AUTO], 'write\n');
    expect(code).toBe(0);
    expect(fs.existsSync(path.join(root, 'inside'))).toBe(true);
    expect(fs.existsSync(outside)).toBe(false);
    expect(stdout).toContain('APPROVAL   auto (shell in a sandbox, no network) ');
    expect(server.calls[0]?.prompt).toContain(' It is sandboxed: there is no network, and only');
    expect(server.calls[1]?.prompt).toContain('Read-only file system');
  });

  inStress('is off unless asked for', async () => {
    const { call, outside } = writing();
    const { server, run } = await scene([call, final('Done.')]);
    expect((await run([...AUTO, 'write'])).code).toBe(0);
    expect(fs.existsSync(outside)).toBe(true);
    expect(server.calls[0]?.prompt).not.toContain('sandbox');
  });

  inStress('still asks, and leaves the other tools as they are', async () => {
    const { call } = writing();
    const write = toolCall('write_file', { path: 'file', content: 'x' });
    const { root, server, run } = await scene([call, write, final('Done.')]);
    await run(['--sandbox', '--sandbox-net', 'write'], 'n\ny\n');
    expect(fs.readdirSync(root).toSorted()).toEqual(['.git', '.mini-coding-agent', 'file']);
    expect(server.calls[0]?.prompt).toContain(' It is sandboxed: only the repo and /tmp');
  });

  inStress('ends with Ctrl-C, and the conversation continues', async () => {
    const sleep = toolCall('run_shell', { command: 'touch up; sleep 300', timeout: 120 });
    const { root, start } = await scene([sleep, final('Still here.')]);
    const program = start(['--sandbox', ...AUTO]);
    program.child.stdin.write('wait\n');
    while (!fs.existsSync(path.join(root, 'up'))) await new Promise(setImmediate);
    program.child.kill('SIGINT');
    await program.shows('interrupted');
    program.child.stdin.end('go on\n');
    expect((await program.ended).stdout).toContain('Still here.');
  });

  inStress('runs the demo', async () => {
    const { root } = await scene();
    const { code, stdout, stderr } = await runProgram(['--demo', '--sandbox', ...AUTO], {
      cwd: root,
      env: { TMPDIR: outsideFolder() },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('All four tests pass');
  });
});

describe('--sandbox without a bubblewrap that works', () => {
  it.each(
    some(1, [
      [
        'it is not installed',
        undefined,
        /^mini-coding-agent: The sandbox \(--sandbox\) needs bubblewrap, .*apt install/,
      ],
      ['it fails', 'echo no namespaces >&2; exit 1', /cannot run here: no namespaces\. Often user/],
    ]),
  )('ends the program at the start if %s', async (_why, commands, message) => {
    const { root, server } = await scene();
    const folder = outsideFolder();
    if (commands !== undefined) shellProgram(path.join(folder, 'bwrap'), commands);
    const options = { cwd: root, host: server.url, env: { PATH: folder } };
    for (const args of some(1, [['ask'], ['-p', 'ask'], []])) {
      const { code, stdout, stderr } = await runProgram(['--sandbox', ...args], options);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(message);
      expect(stderr.trim()).not.toContain('\n');
    }
    expect(server.calls).toEqual([]);
    expect(fs.readdirSync(root)).toEqual(['.git']);
  });
});

describe('--approval auto', () => {
  inStress('says at the start, in one line among the progress, what it allows', async () => {
    const { run } = await scene(['One.', 'Two.', 'Three.', 'Four.'].map(final));
    const line =
      'approval auto: the model may change files here and run any command without asking; ' +
      '--sandbox confines commands.\n';
    const conversation = await run(AUTO, 'one\n');
    expect(conversation.stdout.indexOf(line)).toBe(0);
    expect(conversation.stderr).toBe('');
    expect((await run([...AUTO, 'two'])).stderr.indexOf(line)).toBe(0);
    expect((await run([...AUTO, '-p', 'three'])).stderr).toBe('');
    expect((await run(['four'])).stderr).not.toContain('without asking');
  });

  it.skipIf(!isStress || !hasBubblewrap)(
    'says so with a sandbox too (needs bubblewrap)',
    async () => {
      const { run } = await scene([final('One.'), final('Two.')]);
      const one = await run([...AUTO, '--sandbox', 'one']);
      expect(one.stderr).toContain(' commands run in a sandbox without network.\n');
      const two = await run([...AUTO, '--sandbox', '--sandbox-net', 'two']);
      expect(two.stderr).toContain(' commands run in a sandbox with network.\n');
    },
  );
});
