/** What stays from run to run: the settings of the person, and the model of a session. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SessionStore } from '../../src/session/store.ts';
import { final } from '../support/ollama-server.ts';
import { scene, type How } from '../support/program.ts';
import { inStress, isStress, some } from '../support/stress.ts';
import { temporaryFolder } from '../support/workspace.ts';

/** An environment whose configuration folder has these settings, and that names no server. */
function settled(settings: unknown): How {
  const text = JSON.stringify(settings);
  const folder = temporaryFolder({ 'mini-coding-agent/config.json': text });
  return { env: { XDG_CONFIG_HOME: folder, OLLAMA_HOST: undefined } };
}

describe('the settings of a person', () => {
  it('name the server, the model and how it is called', async () => {
    const { server, run } = await scene([final('Hello.')]);
    const settings = { host: server.url, model: 'a:1b', 'num-ctx': 2048, temperature: 0 };
    expect(await run(['hi'], '', settled(settings))).toMatchObject({ code: 0, stdout: 'Hello.\n' });
    expect(server.calls[0]?.body).toMatchObject({
      model: 'a:1b',
      options: { num_ctx: 2048, temperature: 0 },
    });
  });

  it('that are wrong end the program before it asks anyone, with exit code 2', async () => {
    const { server, run } = await scene();
    const how = settled({ host: server.url, 'max-stpes': 9 });
    const { code, stdout, stderr } = await run(['hi'], '', how);
    expect({ code, stdout, asked: server.paths }).toEqual({ code: 2, stdout: '', asked: [] });
    const file = path.join(how.env?.['XDG_CONFIG_HOME'] ?? '', 'mini-coding-agent/config.json');
    expect(stderr).toMatch(/^mini-coding-agent: "max-stpes" .*Did you mean "max-steps"\?.*\n$/);
    expect(stderr).toContain(file);
  });

  it.runIf(isStress && process.getuid?.() === 0)(
    'that nobody may read are a usage error',
    async () => {
      const { run } = await scene();
      const { env } = settled({});
      const folder = path.join(env?.['XDG_CONFIG_HOME'] ?? '', 'mini-coding-agent');
      fs.chmodSync(path.dirname(folder), 0o755);
      fs.chmodSync(path.join(folder, 'config.json'), 0o600);
      const { code, stderr } = await run(['hi'], '', { ...(env && { env }), uid: 65_534 });
      expect(code).toBe(2);
      expect(stderr).toContain(`${folder}/config.json: EACCES. Make it a file that can be read`);
    },
  );

  inStress(
    'are not taken from the workspace, in a folder of it or where a link leads into it',
    async () => {
      const { root, server, run } = await scene([], {
        'conf/mini-coding-agent/config.json': '{"host": "http://127.0.0.1:1"}',
        '.config/mini-coding-agent/config.json': '{"host": "http://127.0.0.1:1"}',
      });
      const byFolder = temporaryFolder();
      fs.symlinkSync(path.join(root, 'conf'), path.join(byFolder, 'link'));
      const byFile = temporaryFolder({ 'mini-coding-agent/x': '' });
      const file = path.join(root, 'conf/mini-coding-agent/config.json');
      fs.symlinkSync(file, path.join(byFile, 'mini-coding-agent/config.json'));
      const ways = [
        { XDG_CONFIG_HOME: path.join(root, 'conf') },
        { XDG_CONFIG_HOME: path.join(byFolder, 'link') },
        { XDG_CONFIG_HOME: byFile },
        { XDG_CONFIG_HOME: undefined, HOME: root },
      ];
      for (const env of some(1, ways)) {
        const { code, stderr } = await run(['hi'], '', { env });
        expect(code).toBe(2);
        expect(stderr).toMatch(/settings file .*config\.json is in the workspace .*Move it out/);
      }
      expect(server.paths).toEqual([]);
    },
  );

  inStress('are not looked for in the workspace by a relative XDG_CONFIG_HOME', async () => {
    const { run } = await scene([final('Hello.')], { 'conf/mini-coding-agent/config.json': '{' });
    const relative = { env: { XDG_CONFIG_HOME: 'conf', HOME: temporaryFolder() } };
    expect(await run(['hi'], '', relative)).toMatchObject({ code: 0, stdout: 'Hello.\n' });
  });
});

/** A session of this workspace that was with this model; its id. */
function sessionWith(model: string, root: string): string {
  const store = new SessionStore({ workspaceRoot: root, warn: (text) => expect.fail(text) });
  const session = store.create(model);
  session.record({ type: 'user', content: 'first' });
  session.close();
  return session.id;
}

describe('a session that is resumed', () => {
  const modelsAsked = (calls: { body: Record<string, unknown> }[]) =>
    calls.map(({ body }) => body['model']);

  it('keeps its model, whatever the settings say, until a flag names another', async () => {
    const { root, server, run } = await scene([], {}, { whenEmpty: () => final('Yes.') });
    sessionWith('a:1b', root);
    const how = settled({ model: 'c:3b', host: server.url });
    const json = ['--output-format', 'stream-json'];
    const { stdout } = await run(['-c', ...json, 'again'], '', how);
    expect(stdout).toMatch(/^\{"type":"session",.*"model":"a:1b"/);
    await run(['-c', '-m', 'b:2b', 'now you'], '', how);
    expect(modelsAsked(server.calls)).toEqual(['a:1b', 'b:2b']);
  });

  inStress('keeps the model that it had last, over a reset, too', async () => {
    const { root, server, run } = await scene([], {}, { whenEmpty: () => final('Yes.') });
    sessionWith('a:1b', root);
    await run(['-c', '-m', 'b:2b', 'now you']);
    await run(['-c'], 'second\n/reset\n');
    await run(['-c', 'third']);
    expect(modelsAsked(server.calls)).toEqual(['b:2b', 'b:2b', 'b:2b']);
    await run(['new']);
    expect(modelsAsked(server.calls).at(-1)).toBe('qwen3.5:4b');
  });

  inStress(
    'names its model, and what to do, where the server does not have it any more',
    async () => {
      const { root, server, run } = await scene([], {}, { models: ['new:1b'] });
      sessionWith('old:1b', root);
      const { code, stderr } = await run(['-c', 'second']);
      expect({ code, asked: server.calls }).toEqual({ code: 1, asked: [] });
      expect(stderr).toMatch(
        /old:1b is not on the server.*pull old:1b\nThis session.*--model NAME/,
      );
    },
  );

  inStress('says nothing of the session where a flag named the model that is missing', async () => {
    const { root, run } = await scene([], {}, { models: ['new:1b'] });
    sessionWith('old:1b', root);
    const { stderr } = await run(['-c', '-m', 'old:1b', 'second']);
    expect(stderr).toMatch(/ollama pull old:1b\n$/);
  });

  inStress('brings a model and no server', async () => {
    const { root, server, run } = await scene([final('Yes.')]);
    const id = sessionWith('a:1b', root);
    const file = path.join(root, '.mini-coding-agent/sessions', `${id}.jsonl`);
    const text = fs.readFileSync(file, 'utf8');
    const model = '"model":"a:1b"';
    fs.writeFileSync(file, text.replaceAll(model, `${model},"host":"http://127.0.0.1:1"`));
    expect(await run(['-c', 'second'])).toMatchObject({ code: 0, stdout: 'Yes.\n' });
    expect(server.calls).toHaveLength(1);
  });

  inStress(
    'at the prompt is resumed with its model, unless one was named in this run',
    async () => {
      const { root, server, run } = await scene([], {}, { whenEmpty: () => final('Yes.') });
      const [first, other] = [sessionWith('a:1b', root), sessionWith('b:2b', root)];
      const lines = [`/resume ${first}`, 'one', '/model qwen3.5:4b', `/resume ${other}`, 'two'];
      const { stdout } = await run([], `${lines.join('\n')}\n`);
      expect(stdout).toContain(`Resumed ${first} with a:1b.\n`);
      expect(stdout).toContain(`Resumed ${other}.\n`);
      expect(modelsAsked(server.calls)).toEqual(['a:1b', 'qwen3.5:4b']);
    },
  );

  inStress('at the prompt keeps the model that a flag named', async () => {
    const { root, server, run } = await scene([final('Yes.')]);
    await run(['-m', 'b:2b'], `/resume ${sessionWith('a:1b', root)}\nsecond\n`);
    expect(modelsAsked(server.calls)).toEqual(['b:2b']);
  });
});
