import { describe, expect, it } from 'vitest';
import type { GenerateRequest } from '../../src/model/model.ts';
import { ModelError } from '../../src/model/model-error.ts';
import { ScriptedModel } from '../../src/model/scripted.ts';
import { askAgent as ask, startAgent } from '../support/agent.ts';
import { settle } from '../support/settle.ts';
import { never } from '../support/workspace.ts';
import { DONE, READS, sent, start } from './on-server.ts';

/** A model whose first call does not end before it is let go. */
class HeldModel extends ScriptedModel {
  readonly order: string[] = [];
  release = (): void => undefined;
  fail: (error: ModelError) => void = () => undefined;
  readonly #held = new Promise<void>((resolve, reject) => {
    this.release = resolve;
    this.fail = reject;
  });

  override async *generate(
    request: GenerateRequest,
    signal: AbortSignal,
  ): ReturnType<ScriptedModel['generate']> {
    const name = request.numPredict === 1 ? 'warm-up' : 'request';
    this.order.push(`${name} begins`);
    if (name === 'warm-up') await this.#held;
    const generation = yield* super.generate(request, signal);
    this.order.push(`${name} ends`);
    return generation;
  }
}

describe('the warm-up', () => {
  it('sends exactly the beginning of the first prompt, and asks for one token', async () => {
    const { server, agent } = await start([READS[0] ?? '', DONE]);
    await agent.warmUp(never);
    await ask(agent, 'Look.');
    const [warm = '', first = ''] = server.calls.map(({ prompt }) => prompt);
    expect(sent(server, 'num_predict')).toEqual([1, 512, 512]);
    expect(warm).toMatch(/<\|im_end\|>\n<\|im_start\|>user\n$/);
    expect(first.startsWith(warm)).toBe(true);
    expect(first.slice(warm.length)).toMatch(/^Look\.<\|im_end\|>/);
  });

  it('of a resumed session sends its conversation too', async () => {
    const { agent, session, store, root } = await start([...READS, DONE]);
    await ask(agent, 'Read both.');
    session.close();
    const again = await start([DONE], { root, session: store.resume(session.id) });
    await again.agent.warmUp(never);
    await ask(again.agent, 'Go on.');
    const [warm = '', first = ''] = again.server.calls.map(({ prompt }) => prompt);
    expect(warm).toContain(' 200: old');
    expect(first.startsWith(warm)).toBe(true);
    expect(first.slice(warm.length)).toMatch(/^Go on\.<\|im_end\|>/);
  });

  it('is awaited by a request that comes meanwhile', async () => {
    const { agent, model } = await startAgent(new HeldModel(['.', DONE]), { numCtx: 8_192 });
    const warmed = agent.warmUp(never);
    const asked = ask(agent, 'Go.');
    await settle();
    expect(model.order).toEqual(['warm-up begins']);
    model.release();
    await warmed;
    expect((await asked).end.text).toBe('Done.');
    expect(model.order.join(', ')).toBe(
      'warm-up begins, warm-up ends, request begins, request ends',
    );
  });

  it('is told of by a request that waits for it, once it has gone past loading', async () => {
    const { agent, model } = await startAgent(new HeldModel(['.', DONE]), { numCtx: 8_192 });
    const types: string[] = [];
    const follow = async () => {
      for await (const { type } of agent.ask('Go.')) types.push(type);
    };
    const warmed = agent.warmUp(never);
    const followed = follow();
    await settle();
    expect(types).toEqual(['prompt_ahead']);
    model.release();
    await Promise.all([warmed, followed]);
    expect(types[1]).toBe('model_start');
    expect(types.filter((type) => type === 'prompt_ahead')).toHaveLength(1);
  });

  it('does not hold back the interrupt of a request', async () => {
    const { agent, model } = await startAgent(new HeldModel(['.', DONE]));
    void agent.warmUp(never);
    const stop = new AbortController();
    const asked = ask(agent, 'Go.', stop.signal);
    await settle();
    stop.abort();
    expect((await asked).end.reason).toBe('interrupted');
    expect(model.order).toEqual(['warm-up begins']);
    model.release();
  });

  it('that fails says why, and fails no request', async () => {
    const { agent, model } = await startAgent(new HeldModel([DONE]));
    const warmed = expect(agent.warmUp(never)).rejects.toThrow('not now');
    const asked = ask(agent, 'Go.');
    await settle();
    model.fail(new ModelError('protocol', 'not now'));
    await warmed;
    expect((await asked).end.text).toBe('Done.');
  });
});
