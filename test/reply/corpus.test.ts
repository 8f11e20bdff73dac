import { describe, expect, it } from 'vitest';
import { parseReply } from '../../src/reply/parse.ts';
import { corpus, formats, groups } from '../fixtures/replies/index.ts';
import { everyNth } from '../support/stress.ts';
import { isAccepted, preparedArgs, tools } from '../support/tools.ts';
import { isSameCall } from '../support/understood.ts';

const entries = corpus.map((entry) => [entry.name, entry] as const);
const calls = corpus.flatMap((entry) =>
  entry.outcome.type === 'call' && !entry.cutOff
    ? [[entry.name, { raw: entry.raw, outcome: entry.outcome }] as const]
    : [],
);

/** What a reader understands, and the program asks for again. */
const ASKED_AGAIN = new Set(['an argument that says nothing: a description that names an element']);

describe('of the corpus', () => {
  it.each(entries)('%s is understood as a reader would', (name, { raw, cutOff, outcome }) => {
    const reply = parseReply(raw, tools, cutOff);
    if (ASKED_AGAIN.has(name)) return expect(reply.type).toBe('malformed');
    if (reply.type === 'call' && outcome.type === 'malformed') {
      // What its tool refuses is asked for again.
      expect(isAccepted(reply.name, reply.args)).toBe(false);
      return;
    }
    if (reply.type === 'call' && outcome.type === 'call') {
      if (isSameCall(reply, outcome)) return;
      expect(reply.name).toBe(outcome.name);
      const expected = preparedArgs(outcome.name, outcome.args);
      expect(preparedArgs(reply.name, reply.args)).toEqual(expected);
      return;
    }
    const expected =
      outcome.type === 'malformed'
        ? { type: 'malformed', ...(outcome.tool && { tool: outcome.tool }) }
        : outcome;
    expect(reply).toMatchObject(expected);
  });

  it.each(calls)('%s never runs inside a thought', (_, { raw }) => {
    const reply = parseReply(`<think>${raw}</think><final>done</final>`, tools);
    expect(reply).toMatchObject({ type: 'final', text: 'done' });
  });

  it.each(entries)('%s is malformed where the token limit ended it', (_, { raw }) => {
    expect(parseReply(raw, tools, true)).toMatchObject({ type: 'malformed', cutOff: true });
  });
});

/** In these a cut can bring forth another reply that is whole: a sample in content, a draft. */
const AMBIGUOUS = new Set([
  ...(groups['content like the protocol'] ?? []),
  ...(groups['reasoning'] ?? []),
  // The last line of a diff has no end of its own.
  ...corpus.filter(({ name }) => name.startsWith('a unified diff')),
]);
const cuttable = corpus
  .filter((entry) => entry.outcome.type === 'call' && !AMBIGUOUS.has(entry))
  .map(({ name, raw }) => [name, raw] as const);

describe('cut at every tenth character, whatever the server says of it', () => {
  it.each(everyNth(2, cuttable))('%s never runs with an incomplete argument', (_, raw) => {
    const whole = parseReply(raw, tools);
    for (let length = 10; length < raw.length; length += 10) {
      const reply = parseReply(raw.slice(0, length), tools);
      if (reply.type !== 'call' || !isAccepted(reply.name, reply.args)) continue;
      expect(whole).toMatchObject({ name: reply.name, args: reply.args });
    }
  });
});

describe('the corpus', () => {
  it('is large, and has each name once', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(700);
    expect(formats.size).toBeGreaterThanOrEqual(40);
    expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length);
  });

  it.each([
    ['native: tool_call tags', /<tool_call>\s*\{"name"/],
    ['native: functions and parameters', /<tool_call>\s*<function=\w+>\s*<parameter=/],
    ['native: functions and parameters', /^<function=/],
    ['native: GLM', /<tool_call>\w+\s*<arg_key>\w+<\/arg_key>\s*<arg_value>/],
    ['native: Llama', /^\{"name": "\w+", "parameters"/],
    ['native: Llama', /^<\|python_tag\|>/],
    ['native: Mistral', /^\[TOOL_CALLS\] \[\{"name"/],
    ['native: Mistral', /\[TOOL_CALLS\]\w+\[ARGS\]\{/],
    ['native: Gemma', /<\|tool_call>call:\w+\{\w+:<\|"\|>/],
    ['native: Gemma', /```tool_code\n/],
    ['native: DeepSeek', /<｜tool▁sep｜>/],
    ['native: gpt-oss', /<\|channel\|>commentary to=functions\.\w+/],
    ['native: Cohere', /<\|START_ACTION\|>/],
    ['native: LFM2', /<\|tool_call_start\|>\[\w+\(/],
    ['native: Functionary', />>>\w+\n\{/],
    ['native: Phi-4-mini', /<\|tool_call\|>\[\{"name"/],
    ['reasoning', /^<think>/],
    ['reasoning', /^(?!<think>)[^]*<\/think>/],
  ])('has replies in its group %s that look like %s', (group, format) => {
    const replies = groups[group] ?? [];
    const found = replies.filter(({ raw, outcome }) => outcome.type === 'call' && format.test(raw));
    expect(found).not.toEqual([]);
  });

  it('calls each tool in the formats of other models', () => {
    const called = Object.entries(groups)
      .filter(([group]) => group.startsWith('native'))
      .flatMap(([, replies]) => replies.map(({ outcome }) => outcome))
      .flatMap((outcome) => (outcome.type === 'call' ? [outcome.name] : []));
    expect(called).toEqual(expect.arrayContaining([...tools.keys()]));
  });
});
