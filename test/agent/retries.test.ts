import { describe, expect, it } from 'vitest';
import { delegateTool } from '../../src/delegation/delegate.ts';
import { parseReply } from '../../src/reply/parse.ts';
import { Retries } from '../../src/agent/retries.ts';
import type { Generation } from '../../src/model/model.ts';
import { allTools } from '../../src/tools/index.ts';

const tools = [...allTools, delegateTool(() => Promise.resolve(''))];
const NUM_CTX = 32_768;

const CALL = '<tool>{"name":"list_files","args":{}}</tool>';
const RULE = 'Be brief and concrete, always.';
const TOLD = { instructions: [RULE], request: 'go', conversation: [] };

const raw = (text: string, doneReason = 'stop', fault?: string): Omit<Generation, 'usage'> => ({
  text,
  doneReason,
  fault,
});

/** Takes a reply and returns what the model is told of it, if it was no use. */
function take(retries: Retries, reply: Omit<Generation, 'usage'> | string): string | undefined {
  const read = retries.read(typeof reply === 'string' ? raw(reply) : reply, () => TOLD);
  return read.type === 'malformed' ? retries.adviseOn(read, NUM_CTX) : undefined;
}
const start = () => new Retries(tools, { first: 512, most: 4_096 });

describe('after one unusable reply', () => {
  it.each<[string, Omit<Generation, 'usage'>, RegExp]>([
    [
      'malformed',
      raw('<tool name="patch_file"><old_text>'),
      /the end of <old_text> is not certain/,
    ],
    ['empty', raw(' '), /empty/],
    ['thoughts alone', raw('<think>Hm.</think>'), /only reasoning/],
    ['a loop, whatever it holds', raw(CALL, 'loop'), /repeated itself/],
    ['broken off, whatever it holds', raw(CALL, 'cut'), /broke off/],
    ['cut off by the limit without a call', raw('And so', 'length'), /token limit/],
    ['an echo', raw(`<final>${RULE}</final>`), /only repeated/],
    ['an echo without tags', raw(`- ${RULE}`), /only repeated/],
    [
      "an example's own call",
      raw('<tool>{"name":"read_file","args":{"path":"sample-1.ext"}}</tool>'),
      /only repeated an example \(sample-1\.ext is not real\)/,
    ],
    ['at fault, whatever it holds', raw(CALL, 'stop', 'a part is missing'), /^a part is missing$/],
  ])(
    '%s, the advice asks for JSON with an example, and the next reply is held to the schema',
    (_, reply, problem) => {
      const retries = start();
      expect(retries.format).toBeUndefined();
      const read = retries.read(reply, () => TOLD);
      expect(read).toMatchObject({ type: 'malformed', problem: expect.stringMatching(problem) });
      if (read.type === 'malformed') {
        expect(retries.adviseOn(read, NUM_CTX)).toMatch(
          /Reply with JSON alone: one tool call, such as \{"name":"\w+","args":\{.*\}\}, or \{"final":"your answer"\}\.$/,
        );
      }
      expect(retries.format).toBeDefined();
    },
  );

  it('the example is one of the tool that was meant', () => {
    expect(take(start(), '<tool name="patch_file"><old_text>')).toContain(
      'such as {"name":"patch_file","args":{',
    );
  });

  it('the example is a call that helps where another example was only copied', () => {
    const copied =
      '<tool>{"name":"write_file","args":{"path":"sample-2.ext","content":"x"}}</tool>';
    expect(take(start(), copied)).toContain('such as {"name":"list_files","args":{"path":"."}}');
  });

  it('it stays so until a call is made or a new request begins', () => {
    const retries = start();
    for (let i = 0; i < 3; i++) take(retries, '');
    expect(retries.format).toBeDefined();
    expect(take(retries, '{"name":"list_files","args":{}}')).toBeUndefined();
    expect(retries.adviseOnCall({})).toBeUndefined();
    expect(retries.format).toBeUndefined();
    take(retries, '');
    retries.beginRequest();
    expect(retries.format).toBeUndefined();
  });

  it('an answer that is no echo is accepted', () => {
    for (const text of ['Yes.', 'It says: Be brief and concrete, always.', 'import x from "x";']) {
      expect(start().read(raw(text), () => TOLD)).toEqual({ type: 'final', text });
    }
  });
});

describe('six replies in a row that led to nothing', () => {
  const refused = { unusable: { meant: undefined } };

  it('are too many, whatever was wrong with each', () => {
    const retries = start();
    take(retries, '');
    take(retries, raw('<tool name="write_file" path="a"><content>x', 'length'));
    retries.adviseOnCall(refused);
    retries.adviseOnCall({ isRepeat: true });
    retries.adviseOnCall({ ...refused, isRepeat: true });
    expect(retries.isInVain).toBe(false);
    take(retries, '');
    expect(retries.isInVain).toBe(true);
    retries.beginRequest();
    expect(retries.isInVain).toBe(false);
  });

  it('are counted from the last call that ran', () => {
    const retries = start();
    for (let i = 0; i < 5; i++) take(retries, '');
    retries.adviseOnCall({});
    for (let i = 0; i < 5; i++) retries.adviseOnCall(refused);
    expect(retries.isInVain).toBe(false);
  });
});

describe('the schema of a reply', () => {
  it('has a branch for every tool and one for an answer, with their required fields', () => {
    const retries = start();
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

  it('agrees with the validation of every tool: the example satisfies both', () => {
    const shapes = new Map(tools.map((tool) => [tool.name, tool]));
    for (const tool of tools) {
      const reply = parseReply(tool.example, shapes);
      expect(reply).toMatchObject({ type: 'call', name: tool.name });
      if (reply.type === 'call') expect(() => tool.prepare(reply.args)).not.toThrow();
    }
  });
});

describe('an announced action without a call', () => {
  it('is malformed once a request; announced again, it is the answer', () => {
    const retries = start();
    const said = 'I will now create the file.';
    expect(take(retries, said)).toMatch(/^Reply with JSON alone/);
    expect(retries.read(raw(said), () => TOLD)).toEqual({ type: 'final', text: said });
    retries.beginRequest();
    expect(retries.read(raw(said), () => TOLD)).toMatchObject({ type: 'malformed' });
  });

  it('is an answer at once inside the tags of an answer', () => {
    expect(start().read(raw('<final>I will now stop.</final>'), () => TOLD)).toMatchObject({
      type: 'final',
    });
  });
});

describe('replies that are cut off', () => {
  it('get twice the room each time, up to a quarter of the window and eight times', () => {
    const retries = start();
    const rooms = Array.from({ length: 5 }, () => {
      take(retries, raw('x', 'length'));
      return retries.numPredict;
    });
    expect(rooms).toEqual([1024, 2048, 4096, 4096, 4096]);
    expect(retries.isOutOfRoom).toBe(true);
    retries.beginRequest();
    expect(retries.isOutOfRoom).toBe(false);
  });

  it.each([
    '<tool name="write_file" path="a"><content>x',
    '<write_file path="a"><content>x',
    '<tool_call><function=write_file><parameter=content>x',
    '{"name": "write_file", "arguments": {"content": "x',
    '[TOOL_CALLS]write_file[ARGS]{"content": "x',
  ])('inside a call only get more room, and are not held to the schema: %s', (text) => {
    const retries = start();
    expect(take(retries, raw(text, 'length'))).toBe('Your next reply has room for 1024 tokens.');
    expect(retries.numPredict).toBe(1024);
    expect(retries.format).toBeUndefined();
  });

  it('with no more room are answered with advice to do less', () => {
    const retries = new Retries(tools, { first: 512, most: 512 });
    const told = take(retries, raw('<tool name="write_file" path="a"><content>x', 'length'));
    expect(told).toMatch(/^Do less in one reply/);
  });
});
