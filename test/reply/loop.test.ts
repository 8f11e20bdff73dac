import { describe, expect, it } from 'vitest';
import { anyEndOf, endOf, SIZES } from './watched.ts';

const WRITE = '<tool name="write_file" path="a.c"><content>';
const phrases = [
  'the list of files in the folder, ',
  'I will now read the file again.\n',
  ' carp',
  '\n',
  'Line one of it.\nLine two, that is longer than one.\nAnd a third line, to be sure of it.\n',
  '{"name":',
];

describe('a phrase that repeats', () => {
  it.each(phrases)('%j ends a reply, which keeps it once', (phrase) => {
    for (const size of SIZES) {
      const ended = endOf(`So it is: ${phrase.repeat(2_000)}`, size);
      expect(ended?.isLoop).toBe(true);
      expect(ended?.text.startsWith(`So it is: `)).toBe(true);
      expect(ended?.text.length).toBeLessThanOrEqual('So it is: '.length + 2 * phrase.length);
      expect(phrase.repeat(9)).toContain(ended?.text.slice('So it is: '.length));
    }
  });

  it.each(phrases.slice(0, 2))('%j ends a call that does nothing else', (phrase) => {
    for (const size of SIZES) {
      const ended = endOf(WRITE + phrase.repeat(2_000), size);
      expect(ended?.isLoop).toBe(true);
      expect(ended?.text.length).toBeLessThanOrEqual(WRITE.length + 2 * phrase.length);
    }
  });

  it('ends a reply soon', () => {
    expect(endOf('a b c d e f '.repeat(30), 3)?.isLoop).toBe(true);
    expect(endOf(WRITE + 'a b c d e f '.repeat(200), 3)?.isLoop).toBe(true);
  });

  it('is not a few words that come again', () => {
    const line = (at: number) => `${at}. the file of the day ${at} is the file of the day\n`;
    expect(anyEndOf(Array.from({ length: 200 }, (_, at) => line(at)).join(''))).toBeUndefined();
    expect(anyEndOf(`no, ${'no, '.repeat(30)}and that is it`)).toBeUndefined();
    expect(anyEndOf(`${'-'.repeat(150)}\nTitle\n${'-'.repeat(150)}\n`)).toBeUndefined();
  });
});

describe('the content of a file', () => {
  const zeros = '0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,\n'.repeat(32);
  const base64 = `${Buffer.alloc(57).toString('base64')}\n`.repeat(20);
  const contents: readonly [string, string][] = [
    ['a table of zeros', zeros],
    ['a ruler', `// ${'='.repeat(100)}\n// part\n// ${'='.repeat(100)}\n`],
    ['a long ruler', `${'-'.repeat(1_500)}\n`],
    ['zeros in base64', base64],
    ['many empty lines', '\n'.repeat(300)],
    ['a list of brackets', '[[],[],[],[],[],[],[],[],[],[]],\n'.repeat(30)],
  ];
  const forms: readonly [string, string][] = [
    ['XML', WRITE],
    ['an element by the name of the tool', '<write_file><path>a</path><content>'],
    ['a native call', '<tool_call><function=write_file><parameter=content>'],
    ['JSON', '<tool>{"name":"write_file","args":{"content":"'],
    ['bare JSON', '{"name": "write_file", "arguments": {"content": "'],
    ["Mistral's form", '[TOOL_CALLS]write_file[ARGS]{"content": "'],
    ["Llama's form", '<|python_tag|>{"name": "write_file", "parameters": {"content": "'],
  ];

  it.each(contents)('may be %s', (_, content) => {
    for (const [form, start] of forms) {
      expect(anyEndOf(start + content + 'and more.\n'), form).toBeUndefined();
    }
  });
});
