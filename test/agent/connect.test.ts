import { expect, it } from 'vitest';
import { final } from '../support/ollama-server.ts';
import { askAgent, startAgent } from '../support/agent.ts';
import { ModelError } from '../../src/model/model-error.ts';
import { ScriptedModel } from '../../src/model/scripted.ts';
import { takeSnapshot } from '../../src/workspace/snapshot.ts';
import { temporaryFolder } from '../support/workspace.ts';

/** A model whose server is asked, and says so. */
class AskedModel extends ScriptedModel {
  #hear!: () => void;
  readonly asked = new Promise<void>((resolve) => (this.#hear = resolve));
  /** How the first questions end. */
  failures: ModelError[] = [];
  times = 0;

  override contextLength(): Promise<number | undefined> {
    this.times++;
    this.#hear();
    const failure = this.failures.shift();
    return failure ? Promise.reject(failure) : Promise.resolve(8_192);
  }
}

it('asks the server about the model before git has said what there is', async () => {
  const model = new AskedModel([final('Done.')]);
  const root = temporaryFolder();
  const look = async () => {
    await model.asked;
    return takeSnapshot(root, process.env);
  };
  const { agent } = await startAgent(model, { root, look });
  expect((await askAgent(agent, 'hi')).end.text).toBe('Done.');
  expect(model.times).toBe(1);
});

it('fails once where the server does, and asks it again for the next request', async () => {
  const model = new AskedModel([final('Done.')]);
  model.failures = [new ModelError('unreachable', 'nobody is there')];
  const { agent } = await startAgent(model);
  await expect(askAgent(agent, 'hi')).rejects.toThrow('nobody is there');
  expect(model.times).toBe(1);
  expect((await askAgent(agent, 'hi')).end.text).toBe('Done.');
});
