/** The client of OpenAI-compatible servers, with the real llama.cpp server. */
import { expect, it } from 'vitest';
import type { GenerateRequest, Turn } from '../../src/model/model.ts';
import { openai } from '../../src/model/openai/openai.ts';
import { replySchema } from '../../src/reply/schema.ts';
import { allTools } from '../../src/tools/index.ts';
import { MODEL, STOPPED } from '../support/engine/engine.ts';
import { describeEngine, untilAtWork } from '../support/engine/suite.ts';
import { never } from '../support/workspace.ts';
import { generate } from '../model/ollama/model-at.ts';

const asking = (content: string, more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  turns: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content },
  ],
  numCtx: 8192,
  numPredict: 8,
  think: 'off',
  ...more,
});

/** A text of so many tokens at least: this model has one for each digit. */
const digits = (count: number) => '0123456789'.repeat(Math.ceil(count / 10));

describeEngine('the client with llama.cpp', {}, (engine) => {
  const model = () => openai(MODEL, { host: `${engine().url}/v1`, temperature: 0 });

  it('has the first piece of a reply while the server is still at work', async () => {
    const format = { type: 'array', items: { const: 'x' }, minItems: 50, maxItems: 50 };
    const stream = model().generate(asking('Go.', { format, numPredict: 400 }), never);
    let next = await stream.next();
    const hasBegun = () => typeof next.value === 'string';
    while (!hasBegun()) next = await stream.next(); // how far it has come with the prompt
    expect(next.done).toBe(false);
    expect(await engine().atWork()).toEqual([true]);
    let pieces = 0;
    for (; !next.done; next = await stream.next()) pieces++;
    expect(pieces).toBeGreaterThan(50);
    const { text, doneReason, usage } = next.value;
    expect(JSON.parse(text)).toHaveLength(50);
    expect(doneReason).toBe('stop');
    expect(usage.output_tokens).toBeGreaterThan(50);
  });

  it('gets JSON that the schema of a reply admits', async () => {
    const format = replySchema(allTools.filter(({ name }) => name === 'list_files'));
    const request = asking('List the files with {"name": "list_files", "args": {"path": "."}}', {
      format,
      numPredict: 200,
    });
    const { text, doneReason } = await generate(model(), request);
    expect(doneReason).toBe('stop');
    const keys = Object.keys(JSON.parse(text) as object);
    expect([['name', 'args'], ['final']]).toContainEqual(keys);
  });

  it('is refused a schema that the server cannot keep', async () => {
    const request = asking('Go.', { format: { type: 'nonsense' } });
    await expect(generate(model(), request)).rejects.toMatchObject({ kind: 'format_refused' });
  });

  it('has the server evaluate only what is new', async () => {
    const first = asking(`Remember ${digits(300)}.`);
    const { text, usage } = await generate(model(), first);
    expect(usage.prompt_tokens).toBeGreaterThan(300);
    const more: Turn[] = [
      { role: 'assistant', content: text },
      { role: 'user', content: 'And now?' },
    ];
    const second = await generate(model(), { ...first, turns: [...first.turns, ...more] });
    expect(second.usage.cached_tokens).toBeGreaterThanOrEqual(usage.prompt_tokens ?? Infinity);
    expect(second.usage.prompt_tokens).toBeGreaterThan(second.usage.cached_tokens ?? Infinity);
  });

  it('says of a prompt that is too long how long it is', async () => {
    await expect(generate(model(), asking(digits(9000)))).rejects.toMatchObject({
      kind: 'context_overflow',
      prompt_tokens: expect.closeTo(9030, -2),
    });
  });

  it('stops the server where a call is aborted, while it reads the prompt', async () => {
    const abort = new AbortController();
    const call = generate(model(), asking(digits(7000)), abort.signal);
    await untilAtWork(engine());
    const stopped = engine().logs(STOPPED);
    abort.abort();
    await expect(call).rejects.toMatchObject({ kind: 'interrupted' });
    expect(Number((await stopped)[1])).toBeLessThan(3_000);
  });
});
