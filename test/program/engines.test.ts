/** The server of a run: what is told of it, and where a key goes. */
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { onlySessionIn } from './session-files.ts';
import { lineSchema } from '../../src/cli/json-lines.ts';
import { final, toolCall } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { some } from '../support/stress.ts';
import { AT_PROMPT, terminalScene } from '../support/terminal.ts';
import { temporaryFolder } from '../support/workspace.ts';

/** No machine has this address, and no network looks for it. */
const NOWHERE = 'http://255.255.255.255:9';
const REMOTE = 'https://ollama.example:443';
const KEY = 'sesame-open-0123456789';

describe('a server that is another machine', () => {
  it('is told of before it is asked, on standard error, whatever else is shown', async () => {
    const { run } = await scene();
    const host = { env: { OLLAMA_HOST: NOWHERE, OLLAMA_API_KEY: KEY } };
    for (const flags of some(1, [['-p'], ['--output-format', 'json'], ['--quiet'], []])) {
      const { code, stdout, stderr } = await run([...flags, 'hi'], '', host);
      expect({ code, stdout: stdout.replace(/^\{.*\}\n$/, '') }).toEqual({ code: 1, stdout: '' });
      expect(stderr.split('\n')).toEqual([
        `mini-coding-agent: All that the model reads goes to ${NOWHERE} (another machine, not encrypted).`,
        `mini-coding-agent: The key in OLLAMA_API_KEY goes to ${NOWHERE} unencrypted: the network in between can read it.`,
        expect.stringMatching(/^mini-coding-agent: .*255\.255\.255\.255:9/),
        '',
      ]);
    }
  });

  it('has told that others can read the password in its address', async () => {
    const { run } = await scene();
    const host = { env: { OLLAMA_HOST: NOWHERE.replace('//', '//ada:s3cret@') } };
    const { stderr } = await run(['-p', 'hi'], '', host);
    expect(stderr).toContain(`The password in the address goes to ${NOWHERE} unencrypted:`);
    expect(stderr).not.toContain('s3cret');
  });

  it('is in the welcome, at any width', async () => {
    for (const columns of some(1, [40, 80])) {
      const env = { OLLAMA_HOST: NOWHERE };
      const terminal = await terminalScene([], { env, columns });
      await terminal.waitFor(AT_PROMPT);
      expect(terminal.screen()).toMatch(
        /\| SERVER {5}http:.*:9 *\|\n\| {12}another mach.*ot encrypted *\|\n/,
      );
      expect(terminal.screen()).not.toContain('All that the model reads');
    }
  });
});

it('a model that Ollama has run elsewhere is told of once, before the prompt is sent', async () => {
  const { run, server } = await scene(
    [final('Hello.'), final('Again.')],
    {},
    { remoteHost: REMOTE },
  );
  const says = `mini-coding-agent: The server runs qwen3.5:4b at ${REMOTE}: all that the model reads goes there.\n`;
  const { stdout, stderr } = await run(['--output-format', 'stream-json', 'hi']);
  expect(stderr).toBe(says);
  for (const line of stdout.trim().split('\n')) lineSchema.parse(JSON.parse(line));
  server.push(final('More.'));
  const session = await run([], 'hi\nagain\n/model\n');
  expect(session.stderr).toBe(says);
  expect(session.stdout).toContain(`runs at ${REMOTE}\n`);
});

describe('a key', () => {
  it('reaches its server with every request, and nothing else', async () => {
    const show = toolCall('run_shell', { command: 'env' });
    const edit = toolCall('write_file', { path: 'a.txt', content: 'a' });
    const { root, server, run } = await scene([show, edit, final('Done.')]);
    const env = { OLLAMA_API_KEY: KEY, OPENAI_API_KEY: `other-${KEY}` };
    const flags = ['--approval', 'auto', '--check', 'env', '--output-format', 'stream-json'];
    const { code, stdout, stderr } = await run([...flags, 'show'], '', { env });
    expect(code).toBe(0);
    const sent = server.calls.map(({ headers }) => headers.authorization);
    expect(sent).toEqual(sent.map(() => `Bearer ${KEY}`));
    expect(stdout.match(/PATH=\//g)?.length).toBeGreaterThanOrEqual(2); // the command's and the check's
    const session = fs.readFileSync(onlySessionIn(root).path, 'utf8');
    expect(stdout + stderr + session).not.toContain(KEY);
    expect(JSON.stringify(server.calls)).not.toContain(`other-${KEY}`);
  });

  it('of a server with a name is that in its variable', async () => {
    const { server, run } = await scene([final('Hello.')]);
    const hosts = { lab: { url: server.url, model: 'coder:1b', key_env: 'LAB_KEY' } };
    const folder = temporaryFolder({ 'mini-coding-agent/config.json': JSON.stringify({ hosts }) });
    const env = { XDG_CONFIG_HOME: folder, LAB_KEY: KEY, OLLAMA_API_KEY: 'wrong' };
    const { stdout } = await run(['--host', 'lab', 'hi'], '', { env });
    expect(stdout).toBe('Hello.\n');
    expect(server.calls[0]).toMatchObject({
      body: { model: 'coder:1b' },
      headers: { authorization: `Bearer ${KEY}` },
    });
  });
});
