import { describe, expect, it } from 'vitest';
import { CONTENTS, HONEST, LOOPS } from './loop-samples.ts';
import { some } from '../support/stress.ts';
import { anyEndOf, endOf } from './watched.ts';

const WRITE = '<tool name="write_file" path="a.c"><content>';
/** The most of a loop in words that is read, and of one that only counts or has no words. */
const SOON = { words: 2_500, others: 8_500 };

describe('a phrase that repeats ends a reply', () => {
  it.each(LOOPS)('%s, and is kept once', (_, loop) => {
    for (const start of some(2, [
      '',
      '<think>Let me see. ',
      'So it is:\n',
      '<final>It is this. ',
    ])) {
      const ended = anyEndOf(start + loop);
      expect(ended?.isLoop, start).toBe(true);
      const kept = ended?.text ?? '';
      expect((start + loop).startsWith(kept)).toBe(true);
      // What is kept is no loop itself.
      expect(anyEndOf(`${kept} And this is the end of it.`), start).toBeUndefined();
    }
  });

  it.each(LOOPS)('%s, soon', (_, loop) => {
    const isWords = /\p{L}/u.test(loop) && !/\d/.test(loop);
    expect(endOf(loop.slice(0, isWords ? SOON.words : SOON.others), 3)?.isLoop).toBe(true);
  });

  it('in a file where it goes on for long', () => {
    for (const phrase of ['0,0,0,0\n', 'a', ' ', 'and so it goes, on and on, ', '\n']) {
      const ended = anyEndOf(WRITE + phrase.repeat(26_000 / phrase.length));
      expect(ended?.isLoop, phrase).toBe(true);
      expect(ended?.text.length).toBeLessThanOrEqual(WRITE.length + 2 * phrase.length);
    }
  });
});

describe('an honest answer may be', () => {
  it.each(HONEST)('%s', (_, text) => {
    for (const start of some(1, ['', 'So it is:\n\n', '<final>'])) {
      expect(anyEndOf(`${start}${text}\nThat is it.`), start).toBeUndefined();
    }
  });
});

describe('the content of a file may be', () => {
  const forms: readonly [string, string][] = [
    ['XML', WRITE],
    ['an element by the name of the tool', '<write_file><path>a</path><content>'],
    ['a native call', '<tool_call><function=write_file><parameter=content>'],
    ['JSON', '<tool>{"name":"write_file","args":{"content":"'],
    ['bare JSON', '{"name": "write_file", "arguments": {"content": "'],
    ["Mistral's form", '[TOOL_CALLS]write_file[ARGS]{"content": "'],
    ["Llama's form", '<|python_tag|>{"name": "write_file", "parameters": {"content": "'],
  ];

  it.each([...CONTENTS, ...HONEST])('%s', (_, content) => {
    for (const [form, start] of some(3, forms)) {
      const text = form.includes('XML') ? content : content.replaceAll('"', '\\"');
      expect(anyEndOf(`${start}${text}and more.\n`), form).toBeUndefined();
    }
  });
});
