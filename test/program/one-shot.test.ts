import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { lastTurnOf, transcriptOf } from '../support/conversation.ts';
import { final, toolCall } from '../support/ollama-server.ts';
import { runProgram, scene } from '../support/program.ts';
import { inStress } from '../support/stress.ts';
import { temporaryFolder } from '../support/workspace.ts';

describe('one request', () => {
  it('is answered on standard output, with the progress on standard error', async () => {
    const { server, run } = await scene([toolCall('list_files'), final('Two\nfiles.')], { a: '' });
    const { code, stdout, stderr } = await run(['how', 'many', 'files?']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Two\nfiles.\n' });
    expect(stderr).toBe('• listed . · 1 entry\n');
    expect(server.calls).toHaveLength(2);
    expect(lastTurnOf(server.calls[0]?.prompt ?? '')).toBe('how many files?');
    expect(lastTurnOf(server.calls[1]?.prompt ?? '')).toMatch(/^Result of list_files:\n\[F\] a/);
  });

  it('is told apart from piped input, which is no part of it, unless that only answers', async () => {
    const shell = toolCall('run_shell', { command: 'echo once >> ran.txt' });
    const notRead = 'The piped input is not part of the request';
    const { root, server, run, start } = await scene([final('One.')]);
    expect((await run(['fix it'], 'a trace\nof lines\n')).stderr).toContain(notRead);
    expect(server.calls[0]?.prompt).not.toContain('a trace');
    server.push(shell, final('Two.'));
    const answered = await run(['fix it'], 'y\n');
    expect({ ...answered, ran: fs.existsSync(path.join(root, 'ran.txt')) }).toMatchObject({
      stdout: 'Two.\n',
      stderr: expect.not.stringContaining(notRead),
      ran: true,
    });
    // An answer that comes after its question is read once.
    server.push(shell, shell, final('Three.'));
    const program = start(['fix it']);
    await program.shows('Allow run_shell?');
    program.child.stdin.write('y\n');
    await program.shows(/Allow run_shell\?[^]*Allow run_shell\?/);
    program.child.stdin.end('n\n');
    const { stderr } = await program.ended;
    expect(stderr).not.toContain(notRead);
    expect(fs.readFileSync(path.join(root, 'ran.txt'), 'utf8')).toBe('once\nonce\n');
  });

  inStress('retries after an empty and a malformed reply, without using steps', async () => {
    const replies = ['', '<tool>{"name":</tool>', toolCall('list_files'), 'Done.'];
    const { server, run } = await scene(replies);
    const { code, stdout, stderr } = await run(['--max-steps', '2', 'hi']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Done.\n' });
    expect(stderr).toContain('retrying');
    expect(transcriptOf(server.calls[2]?.prompt ?? '')).toContain(
      '[assistant] <tool>{"name":</tool>\n[user] Not usable: ',
    );
  });

  inStress(
    'gives more room to a reply that the token limit cut off, and never runs it',
    async () => {
      const cut = { text: toolCall('list_files'), doneReason: 'length' };
      const { server, run } = await scene([cut, final('Done.')]);
      const { stderr } = await run(['hi']);
      expect(stderr).not.toContain('list_files');
      const room = server.calls.map(({ body }) => (body['options'] as Options).num_predict);
      expect(room).toEqual([512, 1024]);
    },
  );

  inStress('works on the repository that contains --cwd', async () => {
    const files = { 'README.md': 'The root.', 'deep/er/note.txt': 'A note.' };
    const read = toolCall('read_file', { path: 'deep/er/note.txt' });
    const { root, server } = await scene([read, final('Read.')], files);
    const args = ['--cwd', path.join(root, 'deep', 'er'), 'read the note'];
    const { code } = await runProgram(args, { cwd: temporaryFolder(), host: server.url });
    expect(code).toBe(0);
    const prompt = server.calls[1]?.prompt;
    expect(prompt).toContain(`- cwd: ${root}/deep/er\n- repo_root: ${root}\n`);
    expect(prompt).toContain('   1: A note.');
    expect(fs.existsSync(path.join(root, '.mini-coding-agent'))).toBe(true);
  });

  it('works in a folder without git', async () => {
    const { server } = await scene([final('Done.')]);
    const cwd = temporaryFolder({ 'a.txt': '' });
    expect(await runProgram(['hi'], { cwd, host: server.url })).toMatchObject({ code: 0 });
    expect(server.calls[0]?.prompt).toContain(`- repo_root: ${cwd}\n- branch: -\n`);
  });

  inStress('shows nothing from the answer or a tool that could steer the terminal', async () => {
    const hostile = 'red \u001b[31m, title \u001b]0;x\u0007, back \u202e, \u009b2J';
    const replies = [toolCall('read_file', { path: hostile }), final(hostile)];
    const { run } = await scene(replies);
    const { stdout, stderr } = await run(['hi']);
    expect(stdout).toContain('\\x1b[31m');
    expect(stderr).toContain('\\x1b[31m');
    // eslint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

interface Options {
  num_predict: number;
}

describe('the exit code', () => {
  it('is 70, with a stack, where the program waits for what nothing can bring', async () => {
    const { run } = await scene();
    // A request whose connection is never made, and holds nothing open.
    const never = `import http from 'node:http'; import { EventEmitter } from 'node:events';
      http.request = () => Object.assign(new EventEmitter(), { end() {}, destroy() {} });
      (await import('node:module')).syncBuiltinESMExports();`;
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(never)}`;
    const { code, stderr } = await run(['-p', 'hi'], '', { env: { NODE_OPTIONS } });
    expect([code, stderr]).toEqual([
      70,
      expect.stringMatching(/^This is a bug .*\n.*waits for what/),
    ]);
  });

  it('is 3 at the step limit, with a message and an empty answer', async () => {
    const { server, run } = await scene([
      toolCall('list_files'),
      toolCall('search', { pattern: 'x' }),
      toolCall('list_files'),
    ]);
    const { code, stdout, stderr } = await run(['--max-steps', '2', 'hi']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/step limit \(2\) .* Nothing was edited or run\.\n$/);
    expect(server.calls).toHaveLength(3);
  });

  inStress(
    'is 0 where the model answers then: it is held to that, and the work is listed',
    async () => {
      const write = toolCall('write_file', { path: 'a.txt', content: 'a' });
      const { server, run } = await scene([write, '{"final":"I wrote a.txt."}']);
      const args = ['-p', '--approval', 'auto', '--max-steps', '1', 'hi'];
      expect(await run(args)).toEqual({
        code: 0,
        stdout: 'I wrote a.txt.\n\nStopped at the step limit (1). Edited: `a.txt`.\n',
        stderr: '',
      });
      expect(server.calls.map(({ body }) => JSON.stringify(body['format']))).toEqual([
        undefined,
        expect.stringMatching(/^[^]{1,60}"final"[^]{1,80}$/),
      ]);
    },
  );

  inStress('is 3 when the model makes no sense after all retries', async () => {
    const { server, run } = await scene([], {}, { whenEmpty: () => '' });
    const { code, stdout } = await run(['--max-steps', '2', 'hi']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(server.calls).toHaveLength(6);
  });

  it('is 2 for a wrong flag, with one line before anything runs', async () => {
    const { root, server, run } = await scene();
    const { code, stdout, stderr } = await run(['--max-steps', 'zero', 'hi']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^mini-coding-agent: .*--max-steps.*'zero'.*\n$/);
    expect(fs.readdirSync(root)).toEqual(['.git']);
    expect(server.paths).toEqual([]);
  });

  inStress('is 0 for --help and --version, which ask no server', async () => {
    const { server, run } = await scene();
    const help = await run(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const flag of [
      '--cwd',
      '--model',
      '--host',
      '--ollama-timeout',
      '--resume',
      '--approval',
    ]) {
      expect(help.stdout).toContain(flag);
    }
    const version = await run(['--version']);
    expect(version).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
    expect(server.paths).toEqual([]);
  });
});
