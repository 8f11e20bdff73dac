import { describe, expect, it } from 'vitest';
import { parseHost } from '../../../src/model/http/host.ts';
import type { PullProgress } from '../../../src/model/server.ts';
import { OllamaServer } from '../../../src/model/ollama/server.ts';
import { pullLines, type FakeOllamaOptions } from '../../support/ollama-server.ts';
import { scriptedServer } from '../../support/program.ts';
import { some } from '../../support/stress.ts';
import { never } from '../../support/workspace.ts';

async function serverWith(options: FakeOllamaOptions = {}) {
  const fake = await scriptedServer([], options);
  const server = new OllamaServer({ host: parseHost(fake.url), timeoutMs: 15_000 });
  return { fake, server };
}

async function pull(server: OllamaServer) {
  const seen: PullProgress[] = [];
  for await (const progress of server.pull('small:1b', never)) seen.push(progress);
  return seen;
}

describe('the models of a server', () => {
  it('are listed by name and size', async () => {
    const { server } = await serverWith({ models: ['small:1b', 'big:70b'] });
    expect(await server.list(never)).toEqual([
      { name: 'small:1b', bytes: 3_400_000_000 },
      { name: 'big:70b', bytes: 3_400_000_000 },
    ]);
  });

  it('may be none, and are an error if there is no server', async () => {
    const { fake, server } = await serverWith({ models: [] });
    expect(await server.list(never)).toEqual([]);
    await fake.close();
    await expect(server.list(never)).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.not.stringContaining('model'),
    });
  });
});

describe('a pull', () => {
  it('reports the progress over all layers', async () => {
    const [first, second] = [
      { status: 'pulling a', digest: 'a', total: 1_000 },
      { status: 'pulling b', digest: 'b', total: 200 },
    ];
    const lines = pullLines(
      { status: 'pulling manifest' },
      first,
      { ...first, completed: 400 },
      { ...first, completed: 1_000 },
      second,
      { ...second, completed: 200 },
      { status: 'success' },
    );
    const { server } = await serverWith({ pull: () => ({ raw: lines }) });
    expect((await pull(server)).map(({ completed, total }) => [completed, total])).toEqual([
      [0, 0],
      [0, 1_000],
      [400, 1_000],
      [1_000, 1_000],
      [1_000, 1_200],
      [1_200, 1_200],
      [1_200, 1_200],
    ]);
  });

  it('trusts no number', async () => {
    const lines = pullLines(
      { status: 7, digest: 'a', total: 100, completed: 1e9 },
      { digest: 'b', total: -5, completed: -1 },
      { digest: 'c', total: 'many' },
      { digest: 'd', total: 50, completed: -7 },
      { status: 'success' },
    );
    const { server } = await serverWith({ pull: () => ({ raw: lines }) });
    expect((await pull(server)).at(-1)).toEqual({ status: 'success', completed: 100, total: 150 });
  });

  it('may be longer than a reply', async () => {
    const filler = pullLines({ status: 'x'.repeat(100_000) });
    const lines = [...Array<string[]>(90).fill(filler).flat(), ...pullLines({ status: 'success' })];
    const { server } = await serverWith({ pull: () => ({ raw: lines }) });
    expect(await pull(server)).toHaveLength(91);
  });

  it.each(
    some(3, [
      [
        'an error line',
        { raw: pullLines({ error: 'disk full' }) },
        'protocol',
        /failed: disk full/,
      ],
      [
        'an end without success',
        { raw: pullLines({ status: 'pulling' }) },
        'protocol',
        /broke off/,
      ],
      [
        'a name that nobody knows',
        { raw: pullLines({ error: 'pull model manifest: file does not exist' }) },
        'model_missing',
        /no model small:1b to pull/,
      ],
      ['a line without end', { raw: ['"'.repeat(9 * 1024 * 1024)] }, 'protocol', /without an end/],
    ]),
  )('that ends with %s fails', async (_, reply, kind, message) => {
    const { server } = await serverWith({ pull: () => reply });
    const failure = { kind, message: expect.stringMatching(message) as string };
    await expect(pull(server)).rejects.toMatchObject(failure);
  });

  it('that is stopped hangs up on the server', async () => {
    const stop = new AbortController();
    const lines = pullLines({ status: 'pulling a', digest: 'a', total: 100 });
    const { fake, server } = await serverWith({ pull: () => ({ raw: lines, stall: true }) });
    const pulling = (async () => {
      for await (const _ of server.pull('small:1b', stop.signal)) stop.abort();
    })();
    await expect(pulling).rejects.toMatchObject({ kind: 'interrupted' });
    await fake.pulls[0]?.closed;
  });
});
