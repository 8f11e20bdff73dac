import { describe, expect, it } from 'vitest';
import { delegateTool } from '../../src/delegation/delegate.ts';
import { parseReply } from '../../src/reply/parse.ts';
import { Retries } from '../../src/agent/retries.ts';
import { allTools } from '../../src/tools/index.ts';

const tools = [...allTools, delegateTool(() => Promise.resolve(''))];
const NUM_CTX = 32_768;

/** Takes a reply and returns what the model is told of it, if it was no use. */
function take(retries: Retries, raw: string, cutOff = false): string | undefined {
  const reply = retries.read(raw, cutOff);
  return reply.type === 'malformed' ? retries.adviseOn(reply, NUM_CTX) : undefined;
}
const start = () => new Retries(tools, { first: 512, most: 4_096 });

describe('after two malformed replies in a row', () => {
  it('JSON is asked for and the next reply is held to it', () => {
    const retries = start();
    expect(take(retries, '<tool name="patch_file"><old_text>')).toMatch(/<tool name="patch_file"/);
    expect(retries.format).toBeUndefined();
    expect(take(retries, '<tool name="patch_file"><old_text>')).toContain(
      'JSON alone: one tool call, such as {"name":"patch_file","args":{"path":"binary_search.py",' +
        '"old_text":"return -1","new_text":"return mid"}}, or {"final":"your answer"}.',
    );
    expect(retries.format).toBeDefined();
  });

  it('it stays so until a call is made, and a new request begins anew', () => {
    const retries = start();
    for (let i = 0; i < 3; i++) take(retries, '');
    expect(retries.format).toBeDefined();
    expect(take(retries, '{"name":"list_files","args":{}}')).toBeUndefined();
    expect(retries.format).toBeUndefined();
    for (let i = 0; i < 2; i++) take(retries, '');
    retries.beginRequest();
    expect(retries.format).toBeUndefined();
  });

  it('a reply that was cut off is not one of them', () => {
    const retries = start();
    for (let i = 0; i < 3; i++) take(retries, 'x', true);
    expect(retries.format).toBeUndefined();
  });
});

describe('the schema of a reply', () => {
  it('has a branch for every tool and one for an answer, with what must be there', () => {
    const retries = start();
    take(retries, '');
    take(retries, '');
    const { anyOf } = retries.format as { anyOf: Record<string, unknown>[] };
    expect(anyOf).toHaveLength(tools.length + 1);
    expect(anyOf.find((branch) => JSON.stringify(branch).includes('read_file'))).toEqual({
      type: 'object',
      properties: {
        name: { const: 'read_file' },
        args: {
          type: 'object',
          properties: {
            path: { type: 'string', minLength: 1 },
            start: { type: 'integer', minimum: 1, maximum: 1_000_000_000, default: 1 },
            end: { type: 'integer', minimum: 1, maximum: 1_000_000_000, default: 200 },
          },
          required: ['path'],
          additionalProperties: false,
        },
      },
      required: ['name', 'args'],
      additionalProperties: false,
    });
    expect(anyOf.at(-1)).toMatchObject({ required: ['final'] });
  });

  it('says of every tool the same as its validation: the example satisfies both', () => {
    const shapes = new Map(tools.map((tool) => [tool.name, tool]));
    for (const tool of tools) {
      const reply = parseReply(tool.example, shapes);
      expect(reply).toMatchObject({ type: 'call', name: tool.name });
      if (reply.type === 'call') expect(() => tool.prepare(reply.args)).not.toThrow();
    }
  });
});

describe('an announced action without a call', () => {
  it('is malformed once a request; said again, it is the answer', () => {
    const retries = start();
    const said = 'I will now create the file.';
    expect(take(retries, said)).toMatch(/^Reply with one tool call/);
    expect(retries.read(said, false)).toEqual({ type: 'final', text: said });
    retries.beginRequest();
    expect(retries.read(said, false)).toMatchObject({ type: 'malformed' });
  });

  it('is an answer at once within the tags of one', () => {
    expect(start().read('<final>I will now stop.</final>', false)).toMatchObject({ type: 'final' });
  });
});

describe('replies that are cut off', () => {
  it('get twice the room each time, up to a quarter of the window and eight times', () => {
    const retries = start();
    const rooms = Array.from({ length: 5 }, () => {
      take(retries, 'x', true);
      return retries.numPredict;
    });
    expect(rooms).toEqual([1024, 2048, 4096, 4096, 4096]);
    expect(retries.isOutOfRoom).toBe(true);
    retries.beginRequest();
    expect(retries.isOutOfRoom).toBe(false);
  });
});
