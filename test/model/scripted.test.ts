import { describe, expect, it } from 'vitest';
import type { GenerateRequest } from '../../src/model/model.ts';
import { ScriptedModel } from '../../src/model/scripted.ts';
import { never } from '../support/workspace.ts';

const request = (content: string): GenerateRequest => ({
  turns: [
    { role: 'system', content: 'Rules:' },
    { role: 'user', content },
  ],
  numCtx: 4096,
  numPredict: 64,
});

async function generate(model: ScriptedModel, prompt: string, signal = never) {
  const pieces: unknown[] = [];
  const stream = model.generate(request(prompt), signal);
  for (;;) {
    const next = await stream.next();
    if (next.done) return { pieces, ...next.value };
    pieces.push(next.value);
  }
}

describe('the scripted model', () => {
  it('gives its replies in order and unchanged, and keeps the calls', async () => {
    const model = new ScriptedModel(['  one\n\ttwo  three\n', '']);
    const first = await generate(model, 'first');
    expect(first.pieces.length).toBeGreaterThan(1);
    expect(first.pieces.join('')).toBe('  one\n\ttwo  three\n');
    expect(first).toMatchObject({ text: '  one\n\ttwo  three\n', doneReason: 'stop', usage: {} });
    expect((await generate(model, 'second')).text).toBe('');
    expect(model.requests.map(({ turns }) => turns.at(-1)?.content)).toEqual(['first', 'second']);
  });

  it('can end a reply for another reason', async () => {
    const model = new ScriptedModel([{ text: 'cut', doneReason: 'length' }]);
    expect(await generate(model, 'x')).toMatchObject({ text: 'cut', doneReason: 'length' });
  });

  it('counts tokens only if it knows how many characters make one', async () => {
    const model = new ScriptedModel(['x'], { charsPerToken: 4 });
    expect((await generate(model, 'go on')).usage).toEqual({ prompt_tokens: 3 });
    expect((await generate(new ScriptedModel(['x']), 'go on')).usage).toEqual({});
  });

  it('is sent messages, and is not asked to think', async () => {
    expect(await new ScriptedModel([]).rendering()).toEqual({ route: 'chat' });
  });

  it('fails like a server when it has no reply left', async () => {
    const failure = { name: 'ModelError', kind: 'protocol' };
    await expect(generate(new ScriptedModel([]), 'x')).rejects.toMatchObject(failure);
  });

  it('stops between two words when it is interrupted', async () => {
    const abort = new AbortController();
    const stream = new ScriptedModel(['one two'], { pauseMs: 1 }).generate(
      request('x'),
      abort.signal,
    );
    expect(await stream.next()).toEqual({ done: false, value: 'one ' });
    abort.abort();
    await expect(stream.next()).rejects.toMatchObject({ name: 'ModelError', kind: 'interrupted' });
  });
});
