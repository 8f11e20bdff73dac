import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../src/agent/events.ts';
import { whenFree } from '../../src/agent/when-free.ts';
import { ModelError, type ModelErrorKind } from '../../src/model/model-error.ts';
import { readLog } from '../support/session.ts';
import { askAgent as ask } from '../support/agent.ts';
import { never } from '../support/workspace.ts';
import { DONE, start } from './on-server.ts';

const BUSY = {
  status: 503,
  body: '{"error":"server busy, please try again.  maximum pending requests exceeded"}',
};

/** An attempt that fails in these ways, one after the other, and then works. */
function attempts(...kinds: ModelErrorKind[]) {
  const made = { count: 0 };
  const attempt = async () => {
    const kind = kinds[made.count++];
    if (kind !== undefined) throw new ModelError(kind, `It is ${kind}.`);
    return 'there';
  };
  return { made, attempt };
}

/** Runs it to its end: the waits that were told, and the result. */
async function run(waiting: AsyncGenerator<AgentEvent, string>) {
  const waits: number[] = [];
  for (;;) {
    const next = await waiting.next();
    if (next.done) return { waits, result: next.value };
    if (next.value.type === 'busy') waits.push(next.value.waitMs);
  }
}

describe('a busy server', () => {
  it('is asked again after each wait, until it answers', async () => {
    const { made, attempt } = attempts('busy', 'busy');
    expect(await run(whenFree(attempt, never, [1, 2, 3]))).toEqual({
      waits: [1, 2],
      result: 'there',
    });
    expect(made.count).toBe(3);
  });

  it('is an error after the last wait, and any other failure at once', async () => {
    const busy = attempts('busy', 'busy', 'busy');
    await expect(run(whenFree(busy.attempt, never, [1, 2]))).rejects.toMatchObject({
      kind: 'busy',
    });
    expect(busy.made.count).toBe(3);
    const other = attempts('protocol');
    await expect(run(whenFree(other.attempt, never, [1]))).rejects.toThrow('It is protocol.');
    expect(other.made.count).toBe(1);
  });

  it('is waited for until the person interrupts, and no longer', async () => {
    const abort = new AbortController();
    const { attempt } = attempts('busy', 'interrupted');
    const waiting = whenFree(attempt, abort.signal, [3_600_000]);
    expect((await waiting.next()).value).toEqual({ type: 'busy', waitMs: 3_600_000 });
    setImmediate(() => abort.abort());
    await expect(waiting.next()).rejects.toMatchObject({ kind: 'interrupted' });
  });

  it('is told and asked again within a request, of which the session keeps only the answer', async () => {
    const { server, agent, session } = await start([BUSY, DONE]);
    const { end, events } = await ask(agent, 'Go.');
    expect(end.text).toBe('Done.');
    expect(events).toContainEqual({ type: 'busy', waitMs: 500 });
    expect(server.calls).toHaveLength(2);
    const types = readLog(session.path).records.map(({ type }) => type);
    expect(types).toEqual(['user', 'epoch', 'model', 'assistant']);
  });
});
