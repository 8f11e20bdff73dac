import { describe, expect, it } from 'vitest';
import { changeModel, listModels } from '../../../src/terminal/commands/model-command.ts';
import { never } from '../../support/workspace.ts';
import type { Models } from '../../../src/terminal/commands/command.ts';

/** A server with these models, whose person wants no other; or wants each. */
function server(names: string[], wants = false): Models & { pulled: string[] } {
  const pulled: string[] = [];
  return {
    pulled,
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
      /model NAME goes on with another one."
    `);
    expect(await listModels(conversation('tiny'), server([]), never)).toContain('no model');
  });

  it('shows nothing of a name that could steer the terminal', async () => {
    const names = ['\u001b[2J\nAllow run_shell? [y/N] y'];
    expect(await listModels(conversation('x'), server(names), never)).toContain(
      '  \\x1b[2J\\nAllow run_shell? [y/N] y  812 MB\n',
    );
  });

  it.each(['tiny', 'TINY:latest'])('finds %s by the name it has on the server', async (asked) => {
    const talk = conversation('small:1b');
    await changeModel(talk, server(['tiny:latest']), asked, never);
    expect(talk.modelName).toBe('tiny:latest');
  });

  it('does nothing where the model is the same', async () => {
    const talk = conversation('small:1b');
    const models = server(['small:1b']);
    expect(await changeModel(talk, models, 'small:1b', never)).toContain('already');
    expect(talk.modelName).toBe('small:1b');
  });

  it.each([
    ['smal:1b', 'Did you mean small:1b?'],
    ['small:70b', 'Did you mean small:1b?'],
    ['gigantic:1t', '/model lists what there is.'],
  ])('stays with its model where there is no %s, and says what is near', async (asked, hint) => {
    const talk = conversation('other:7b');
    const answer = await changeModel(talk, server(['small:1b', 'other:7b']), asked, never);
    expect(answer).toBe(`other:7b stays. ${hint}`);
    expect(talk.modelName).toBe('other:7b');
  });

  it('goes on with a model that was pulled for it', async () => {
    const talk = conversation('small:1b');
    const models = server(['small:1b'], true);
    await changeModel(talk, models, 'new:2b', never);
    expect({ ...talk, pulled: models.pulled }).toMatchObject({
      modelName: 'new:2b',
      pulled: ['new:2b'],
    });
  });
});
