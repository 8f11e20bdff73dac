/** The program with an OpenAI-compatible server: which model, which key, and what is not offered. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { onlySessionIn } from './session-files.ts';
import {
  startFakeOpenai,
  type FakeOpenai,
  type FakeOpenaiOptions,
} from '../support/openai-server.ts';
import { final, type ScriptedReply } from '../support/ollama-server.ts';
import { BIN, runProgram, type How } from '../support/program.ts';
import { rawServer } from '../support/raw-server.ts';
import { inStress } from '../support/stress.ts';
import { openTerminal } from '../support/terminal.ts';
import { temporaryFolder, temporaryRepository } from '../support/workspace.ts';

const KEY = 'sesame-open-0123456789';
const CTRL_C = '\u0003';

/** A repository, a server, and the program between them, without a key of the person's. */
async function openaiScene(script: ScriptedReply[] = [], options: FakeOpenaiOptions = {}) {
  const server: FakeOpenai = await startFakeOpenai(script, options);
  onTestFinished(() => server.close());
  const root = temporaryRepository();
  const where = { cwd: root, host: server.url };
  const withoutKey = { OPENAI_API_KEY: undefined };
  const run = (args: string[], input = '', { env }: How = {}) =>
    runProgram(args, { ...where, input, env: { ...withoutKey, ...env } });
  return { server, root, run };
}

const modelsAsked = ({ calls }: FakeOpenai) => calls.map(({ body }) => body['model']);

describe('the only model of an OpenAI-compatible server', () => {
  it('is used where nobody names one, and is that of the session', async () => {
    const script = [final('Hello.'), final('Again.')];
    const { server, root, run } = await openaiScene(script, { models: ['only:1b'] });
    expect(await run(['hi'])).toMatchObject({ code: 0, stdout: 'Hello.\n' });
    expect(onlySessionIn(root).records[0]).toMatchObject({ model: 'only:1b' });
    expect(await run(['-c', 'more'])).toMatchObject({ code: 0, stdout: 'Again.\n' });
    expect(modelsAsked(server)).toEqual(['only:1b', 'only:1b']);
  });

  inStress(
    'gives way to one that is named, which is refused with the list if it is not there',
    async () => {
      const { server, run } = await openaiScene([], { models: ['only:1b'] });
      const folder = temporaryFolder({ 'mini-coding-agent/config.json': '{"model": "olny:1b"}' });
      for (const [args, env] of [
        [['-m', 'olny:1b', 'hi'], {}],
        [['hi'], { XDG_CONFIG_HOME: folder }],
      ] as const) {
        const { code, stderr } = await run([...args], '', { env });
        expect(code).toBe(1);
        expect(stderr).toMatch(
          /olny:1b is not on the server .* has only:1b; the nearest is only:1b/,
        );
      }
      expect(server.calls).toEqual([]);
    },
  );
});

inStress('several models are listed where none is named, and /model switches', async () => {
  const models = ['one:1b', 'two:2b'];
  const { server, run } = await openaiScene([final('Two.')], { models });
  const { code, stderr } = await run(['-p', 'hi']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/which has one:1b, two:2b\. Name another with --model/);
  const session = await run([], '/model\n/model tow:2b\n/model two:2b\nhi\n');
  expect(session.stdout).toMatch(/\n {2}one:1b.*\n {2}two:2b.*\n\/model NAME switches/);
  expect(session.stdout).toContain('Did you mean two:2b?');
  expect(session.stdout).toContain('Two.\n');
  expect(session.stdout).not.toMatch(/Pull it|pulls/);
  expect(modelsAsked(server)).toEqual(['two:2b']);
});

inStress(
  'a session that is resumed at such a server keeps its model, or is told what there is',
  async () => {
    const there = await openaiScene([final('Hello.')], { models: ['old:1b'] });
    await there.run(['hi']);
    const other = await startFakeOpenai([], { models: ['new:1b'] });
    onTestFinished(() => other.close());
    const { code, stderr } = await there.run(['-c', '--host', other.url, 'more']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /old:1b is not on the server .* has new:1b.*\nThis session .*--model NAME/,
    );
    expect(other.calls).toEqual([]);
  },
);

describe('a key for such a server', () => {
  it('is that of OPENAI_API_KEY, and is sent with each request', async () => {
    const { server, run } = await openaiScene([final('Hello.')], { key: KEY });
    const env = { OPENAI_API_KEY: KEY, OLLAMA_API_KEY: 'wrong' };
    expect(await run(['hi'], '', { env })).toEqual({ code: 0, stdout: 'Hello.\n', stderr: '' });
    const sent = server.requests.map(({ headers }) => headers.authorization);
    expect(sent).toEqual(sent.map(() => `Bearer ${KEY}`));
  });

  inStress('that is missing or refused is asked for by the name of its variable', async () => {
    const { server, run } = await openaiScene([], { key: KEY });
    const hosts = { lab: { url: server.url, key_env: 'LAB_KEY' } };
    const file = { 'mini-coding-agent/config.json': JSON.stringify({ hosts }) };
    const XDG_CONFIG_HOME = temporaryFolder(file);
    const saidTo = async (args: string[], env: NodeJS.ProcessEnv) => {
      const { code, stderr } = await run([...args, 'hi'], '', { env });
      expect(code).toBe(1);
      return stderr;
    };
    expect(await saidTo([], {})).toMatch(/wants a key: set OPENAI_API_KEY\.\n$/);
    const lab = ['--host', 'lab'];
    expect(await saidTo(lab, { XDG_CONFIG_HOME })).toMatch(/set LAB_KEY\.\n$/);
    const refused = await saidTo(lab, { XDG_CONFIG_HOME, LAB_KEY: 'wr0ng-key' });
    expect(refused).toMatch(/refused the key in LAB_KEY/);
    expect(refused).not.toContain('wr0ng-key');
  });
});

inStress('a server that does not say which models it has is waited for until Ctrl-C', async () => {
  const silent = await rawServer(() => undefined);
  const command = [process.execPath, BIN, '--host', `${silent.url}/v1`];
  const terminal = openTerminal(command, temporaryRepository());
  await terminal.waitFor(/Ctrl-C\s+stops\s+waiting\./);
  terminal.type(CTRL_C);
  await terminal.waitFor(/\n\+=+\+\n[^]*MODEL {6}qwen3\.5:4b[^]*\nmini-coding-agent>$/);
});
