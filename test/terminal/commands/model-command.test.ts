import { describe, expect, it } from 'vitest';
import { parseHost } from '../../../src/model/http/host.ts';
import { OllamaServer } from '../../../src/model/ollama/server.ts';
import { switchModel, listModels } from '../../../src/terminal/commands/model-command.ts';
import { never } from '../../support/workspace.ts';
import type { Models } from '../../../src/terminal/commands/command.ts';

const ollamas = new OllamaServer({ host: parseHost('127.0.0.1'), timeoutMs: 1 });

/** A server with these models, whose person wants no other; or wants each. */
function server(names: string[], wants = false): Models & { pulled: string[] } {
  const pulled: string[] = [];
  return {
    pulled,
    canPull: true,
    elsewhere: undefined,
    isSame: (one, other) => ollamas.isSame(one, other),
    list: () => Promise.resolve(names.map((name) => ({ name, bytes: 812e6 }))),
    offerPull(name) {
      if (wants) pulled.push(name);
      return Promise.resolve(wants);
    },
  };
}

function conversation(modelName: string) {
  return {
    modelName,
    switchModel(name: string) {
      this.modelName = name;
    },
  };
}

describe('/model', () => {
  it('lists the models with their sizes, the one in use marked', async () => {
    const models = server(['small:1b', 'tiny:latest']);
    expect(await listModels(conversation('tiny'), models, never)).toMatchInlineSnapshot(`
      "  small:1b     812 MB
      * tiny:latest  812 MB
      /model NAME switches to another."
    `);
    expect(await listModels(conversation('tiny'), server([]), never)).toContain('No models');
  });

  it('says where models run that are not on this machine', async () => {
    const models = {
      ...server([]),
      elsewhere: 'http://gpu:11434 (another machine, not encrypted)',
      list: () =>
        Promise.resolve([
          { name: 'tiny', bytes: undefined },
          { name: 'huge-cloud', bytes: 384, runsAt: 'https://cloud\u001b[2J' },
        ]),
    };
    expect(await listModels(conversation('tiny'), models, never)).toMatchInlineSnapshot(`
      "On http://gpu:11434 (another machine, not encrypted):
      * tiny
        huge-cloud  384 B  runs at https://cloud\\x1b[2J
      /model NAME switches to another."
    `);
  });

  it('offers no pull where the server has none', async () => {
    const models = { ...server([]), canPull: false };
    const answer = await listModels(conversation('tiny'), models, never);
    expect(answer).toBe('No models on the server.');
  });

  it('keeps to the width of usual names, however long one is', async () => {
    const answer = await listModels(conversation('x'), server(['w'.repeat(400), 'a']), never);
    expect(answer.split('\n')[0]).toBe(`  ${'w'.repeat(400)} 812 MB`);
    expect(answer.split('\n')[1]).toBe(`  ${'a'.padEnd(62)}812 MB`);
  });

  it('escapes names from the server', async () => {
    const names = ['\u001b[2J\nAllow run_shell? [y/N] y'];
    expect(await listModels(conversation('x'), server(names), never)).toContain(
      '  \\x1b[2J\\nAllow run_shell? [y/N] y  812 MB\n',
    );
  });

  it.each(['tiny', 'TINY:latest'])('finds %s by the name it has on the server', async (asked) => {
    const talk = conversation('small:1b');
    await switchModel(talk, server(['tiny:latest']), asked, never);
    expect(talk.modelName).toBe('tiny:latest');
  });

  it('takes one name: of two, neither is looked for', async () => {
    const models = server(['a', 'b'], true);
    const answer = await switchModel(conversation('other:7b'), models, 'a b', never);
    expect(answer).toBe('The name of a model has no spaces. Usage: /model NAME');
    expect(models.pulled).toEqual([]);
  });

  it('does nothing when the model is already in use', async () => {
    const talk = conversation('small:1b');
    const models = server(['small:1b']);
    expect(await switchModel(talk, models, 'small:1b', never)).toBe('Already using small:1b.');
    expect(talk.modelName).toBe('small:1b');
  });

  it.each([
    ['smal:1b', 'Did you mean small:1b?'],
    ['small:70b', 'Did you mean small:1b?'],
    ['gigantic:1t', '/model lists them.'],
  ])('keeps its model where there is no %s, and suggests the nearest', async (asked, hint) => {
    const talk = conversation('other:7b');
    const answer = await switchModel(talk, server(['small:1b', 'other:7b']), asked, never);
    expect(answer).toBe(`Still using other:7b. ${hint}`);
    expect(talk.modelName).toBe('other:7b');
  });

  it('switches to a model that was pulled for it', async () => {
    const talk = conversation('small:1b');
    const models = server(['small:1b'], true);
    await switchModel(talk, models, 'new:2b', never);
    expect({ ...talk, pulled: models.pulled }).toMatchObject({
      modelName: 'new:2b',
      pulled: ['new:2b'],
    });
  });
});
