import { describe, expect, it } from 'vitest';
import { final, toolCall } from '../support/ollama-server.ts';
import { runProgram, scene } from '../support/program.ts';
import { onlySessionIn, sessionsIn } from './session-files.ts';

const MID_STREAM = { raw: ['{"response":"<final>Al"}\n', '{"error":"lost it"}\n'] };

/** One message, in one line, that names the server and the model. */
function expectOneMessage(stderr: string, url: string): void {
  expect(stderr).toMatch(/^mini-coding-agent: [^\n]+\n$/);
  expect(stderr).toContain(url);
  expect(stderr).toContain('qwen3.5:4b');
  // eslint-disable-next-line no-control-regex
  expect(stderr).not.toMatch(/\u001b|\bat .*:\d+:\d+/);
}

describe('a failing server', () => {
  it('ends one request with exit code 1 and one message', async () => {
    const { root, server, run } = await scene([MID_STREAM]);
    const { code, stdout, stderr } = await run(['hi']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expectOneMessage(stderr, server.url);
    expect(onlySessionIn(root).records.map(({ type }) => type)).toEqual(['session', 'user']);
  });

  it('in the middle of a request leaves what was done in the session', async () => {
    const { root, server, run } = await scene([toolCall('list_files'), { status: 500 }]);
    expect((await run(['look'])).code).toBe(1);
    server.push(final('Gone on.'));
    expect(await run(['-c', 'go on'])).toMatchObject({ code: 0, stdout: 'Gone on.\n' });
    expect(server.calls[2]?.prompt).toMatch(
      /\[user\] look\n\[tool:list_files\] .*\n.*\n\[user\] go/,
    );
    onlySessionIn(root);
  });

  it('that is away is told with what to do, in one request and in the conversation', async () => {
    const { server, run } = await scene();
    await server.close();
    const once = await run(['hi']);
    expect(once).toMatchObject({ code: 1, stdout: '' });
    expectOneMessage(once.stderr, server.url);
    expect(once.stderr).toContain('ollama serve');
    const conversation = await run([], 'hi\n/help\n');
    expect(conversation.code).toBe(0);
    expectOneMessage(conversation.stderr, server.url);
    expect(conversation.stdout).toContain('/memory');
  });

  it('without the model is told with how to get it', async () => {
    const { server, run } = await scene([], {}, { models: ['other'] });
    const { code, stderr } = await run(['hi']);
    expect(code).toBe(1);
    expectOneMessage(stderr, server.url);
    expect(stderr).toContain('ollama pull qwen3.5:4b');
  });

  it('that is silent is given up after --ollama-timeout', async () => {
    const { server, run } = await scene([{ silent: true }]);
    const { code, stdout, stderr } = await run(['--ollama-timeout', '1', 'hi']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expectOneMessage(stderr, server.url);
    expect(stderr).toContain('--ollama-timeout');
    await server.calls[0]?.closed;
  });

  it('is never told with the credentials of its address', async () => {
    const { root, server } = await scene([{ status: 500 }]);
    const host = server.url.replace('//', '//ada:s3cret@');
    const failed = await runProgram(['hi'], { cwd: root, host });
    expect(failed.code).toBe(1);
    expectOneMessage(failed.stderr, server.url);
    await server.close();
    const away = await runProgram(['--host', host, 'hi'], { cwd: root });
    expect(away.code).toBe(1);
    for (const text of [failed.stderr, away.stderr, JSON.stringify(sessionsIn(root))]) {
      expect(text).not.toMatch(/ada|s3cret/);
    }
  });
});
