import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseReply } from '../../src/reply/parse.ts';
import { tools } from '../support/tools.ts';
import { often } from '../support/stress.ts';

interface Format {
  /** A patch of the file `a` in this format. */
  write: (old: string, replacement: string) => string;
  /** Its own marks: text that holds one is left out. */
  marks: RegExp;
}

/** The formats that hold text as it is, or in quotes that are not JSON's. */
const FORMATS: Readonly<Record<string, Format>> = {
  'the XML form': {
    write: (old, replacement) =>
      `<tool name="patch_file" path="a"><old_text>${old}</old_text>` +
      `<new_text>${replacement}</new_text></tool>`,
    marks: /<\/?(old_text|new_text|path|tool)/i,
  },
  'functions and parameters': {
    write: (old, replacement) =>
      '<tool_call>\n<function=patch_file>\n<parameter=path>\na\n</parameter>\n' +
      `<parameter=old_text>\n${old}\n</parameter>\n` +
      `<parameter=new_text>\n${replacement}\n</parameter>\n</function>\n</tool_call>`,
    marks: /<\/?(parameter|function|tool)/,
  },
  'the pairs of GLM': {
    write: (old, replacement) =>
      '<tool_call>patch_file\n<arg_key>path</arg_key>\n<arg_value>a</arg_value>\n' +
      `<arg_key>old_text</arg_key>\n<arg_value>${old}</arg_value>\n` +
      `<arg_key>new_text</arg_key>\n<arg_value>${replacement}</arg_value>\n</tool_call>`,
    marks: /<\/?(arg_|tool)|^\n/,
  },
  'the marks of Gemma 4': {
    write: (old, replacement) =>
      `<|tool_call>call:patch_file{path:<|"|>a<|"|>,old_text:<|"|>${old}<|"|>,` +
      `new_text:<|"|>${replacement}<|"|>}<tool_call|>`,
    marks: /<\|"\|>/,
  },
  'the Python of LFM2': {
    write: (old, replacement) =>
      `<|tool_call_start|>[patch_file(path='a', old_text=${python(old)}, ` +
      `new_text=${python(replacement)})]<|tool_call_end|>`,
    marks: /(?!)/,
  },
  'a dictionary of Python': {
    write: (old, replacement) =>
      `<tool_call>\n{'name': 'patch_file', 'arguments': {'path': 'a', ` +
      `'old_text': ${python(old)}, 'new_text': ${python(replacement)}}}\n</tool_call>`,
    marks: /(?!)/,
  },
  'JSON with raw newlines': {
    write: (old, replacement) => {
      const args = { path: 'a', old_text: old, new_text: replacement };
      const call = JSON.stringify({ name: 'patch_file', args });
      return `<tool>${call.replace(/\\(.)/g, (escape, c) => (c === 'n' ? '\n' : escape))}</tool>`;
    },
    marks: /(?!)/,
  },
};

/** A text as Python shows it. */
function python(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`;
}

const WORDS = `a b " ' \\ \\\\ { } [ ] ( ) , : ; < > = # $ // /* None True null -- """ \\n \\d "a" é 你 🌍`;
const text = fc
  .array(fc.constantFrom(...WORDS.split(' '), ' ', '\n', '    ', '</tool>', '<final>'), {
    minLength: 1,
    maxLength: 12,
  })
  .map((pieces) => pieces.join(''))
  .filter((joined) => joined.trim() !== '');

it.each(Object.entries(FORMATS))(
  'carries text through %s to the letter, or not at all',
  (_, { write, marks }) => {
    let calls = 0;
    fc.assert(
      fc.property(text, text, (old, replacement) => {
        fc.pre(!marks.test(old) && !marks.test(replacement));
        const reply = parseReply(write(old, replacement), tools);
        if (reply.type === 'malformed') return;
        calls++;
        const args = { path: 'a', old_text: old, new_text: replacement };
        expect(reply).toMatchObject({ type: 'call', name: 'patch_file', args });
      }),
      { numRuns: often(300, 1_000) },
    );
    // It refuses what is not certain, and that is seldom.
    expect(calls).toBeGreaterThan(often(150, 500));
  },
);
