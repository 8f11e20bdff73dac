import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EndWatch, type EndedReply } from '../../src/reply/end-watch.ts';
import { often } from '../support/stress.ts';
import { tools } from '../support/tools.ts';
import { AND_SO_ON, anyEndOf, endOf, meaningOf, SIZES } from './watched.ts';

const CALL = '<tool>{"name":"read_file","args":{"path":"a"}}</tool>';
const WRITE = '<tool name="write_file" path="a"><content>';
const NATIVE = '<tool_call><function=write_file><parameter=path>a</parameter><parameter=content>';

describe('a reply ends', () => {
  it.each([
    ['an imagined result', `Let me look.\n${CALL}`, '\nResult of read_file:\n# a\n'],
    ['an empty line and prose', CALL, '\n\nNow I wait.'],
    ['a second call at once', CALL, CALL],
    ['prose after a write', `${WRITE}x</content></tool>`, '\nI wrote it.'],
    ['an answer after an answer', '<final>Done.</final>', '\n<final>Done.</final>'],
    ['the mark of a turn', CALL, '<|im_end|>\n<|im_start|>user'],
    ['nothing but newlines', CALL, '\n'.repeat(100)],
    ['prose after a fence', `\`\`\`json\n${CALL}\n\`\`\``, '\nThat reads it.'],
    ['prose where the tag is left out', '<tool>{"name":"list_files","args":{}}', '\nI wait.'],
    ['prose after a native call', `${NATIVE}x</parameter></function></tool_call>`, '\nI wait.'],
  ])('before %s', (_, reply, more) => {
    expect(anyEndOf(reply + more + AND_SO_ON)).toEqual({ text: reply, isLoop: false });
  });

  it('as soon as the next word shows that the model keeps writing', () => {
    const watch = new EndWatch(tools);
    for (const piece of [CALL.slice(0, -3), 'ol>', '\n', ' ']) {
      expect(watch.push(piece)).toBeUndefined();
    }
    expect(watch.push('x')).toEqual({ text: CALL, isLoop: false });
  });

  it.each([
    [
      'a call after words',
      `I think ${CALL}\nNo, I must not.\n</think>\n<final>I will not.</final>`,
    ],
    [
      'content that shows its own end',
      `${WRITE}Ends by\n</content></tool>\nand goes on.\n</content></tool>`,
    ],
    [
      'a parameter that does',
      `${NATIVE}a\n</parameter></function>\nb\n</parameter></function></tool_call>`,
    ],
  ])('not where what follows shows that %s was not over', (_, reply) => {
    expect(anyEndOf(reply)).toBeUndefined();
    expect(meaningOf(reply)).not.toMatchObject({ type: 'malformed' });
  });

  it('not before the model itself has ended it', () => {
    for (const reply of [CALL, `${WRITE}x</content></tool>\n`, '<final>Yes.</final>', 'Yes.', '']) {
      expect(anyEndOf(reply)).toBeUndefined();
    }
  });

  it('where it is complete even if the stream broke off after it', () => {
    const watch = new EndWatch(tools);
    watch.push(`${CALL}\n\n`);
    expect(watch.end()).toEqual({ text: CALL, isLoop: false });
    const cut = new EndWatch(tools);
    cut.push(`${WRITE}x</content>`);
    expect(cut.end()).toBeUndefined();
  });

  it.each([
    ['a mark of the next turn', 'It is 42.', '<|im_end|>\n<|im_start|>user\nThanks'],
    ['the header of a turn', 'It is 42.', '<|start_header_id|>user<|end_header_id|>'],
    ['a turn of Gemma', 'It is 42.\n', '<end_of_turn>\n<start_of_turn>user\nThanks'],
    ['a turn of Mistral', '<final>It is 42.', ' [INST] Thanks [/INST]'],
  ])('before %s, plain or in an answer', (_, reply, more) => {
    expect(anyEndOf(reply + more)).toEqual({ text: reply.trimEnd(), isLoop: false });
  });
});

describe('a reply continues', () => {
  it.each([
    ['content in XML', `${WRITE}${CALL}\nResult of read_file:\n# a\nand so on`],
    ['content that ends a call', `${WRITE}End it by </tool> always.\nAnd so on.\n`],
    ['content that shows a write', `${WRITE}Say ${WRITE}x</content></tool>\nand go on.\n`],
    ['content with functions of a language', `${WRITE}f() { return {}; }\n}\n{}\nand so on`],
    ['content of a native call', `${NATIVE}${CALL}\n</tool>\nand so on`],
    [
      'a string of JSON',
      `<tool>{"name":"write_file","args":{"content":"${CALL.replaceAll('"', '\\"')}\\n } and`,
    ],
    ['a string of JSON with a raw tag', '<tool>{"name":"write_file","args":{"content":"</tool> a'],
    ['content with marks of turns', `${WRITE}<|im_end|>\n<|im_start|>user\nand so on`],
    ['a call that an answer shows', `<final>So: ${CALL}\nand so on`],
    ['a draft in a thought', `<think>Maybe ${CALL}\nor so, and so on`],
    ['an answer in a thought', '<think>Say <final>Yes.</final>\nor so, and so on'],
    ['JSON in the middle of a line', 'It sends {"name":"read_file","args":{"path":"a"}} there.'],
    ['JSON in code', 'It is `{"name":"read_file","args":{"path":"a"}}` then.\nAnd so on.'],
    ['a package', '{"name":"app","version":"1"}\nis what it should hold, and so on.'],
    ['an element before the next argument', '<search pattern="{}">\n<path>src</path>\nand so on'],
    ['marks that are quoted', "ChatML has '<|im_start|>user' and `<|im_end|>`, and so on."],
    ['marks without a role', 'It writes <|im_start|> and <|im_end|> around each.'],
    ['a call of a tool there is not', '<tool name="nope"><content>}\n</function>\nand so on'],
  ])('through %s', (_, reply) => {
    expect(anyEndOf(reply)).toBeUndefined();
  });

  it.each(['"', "'", '`', ')', ';', ',', '|', '\\'])(
    'behind a closing tag that is quoted, as %s shows',
    (quote) => {
      for (const closed of [`${WRITE}x</content></tool>`, '<final>It ends by </final>']) {
        expect(anyEndOf(`${closed}${quote} and so on.\n`)).toBeUndefined();
      }
    },
  );

  it('through content of any kind, and ends after it', () => {
    const pieces = fc.constantFrom(
      CALL,
      '</tool>',
      '</final>',
      '}',
      '{',
      '"',
      '\n',
      '[INST] x',
      '</function>',
      'x',
      ')',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (content) => {
        const open = WRITE + content.join('');
        for (const size of SIZES) expect(endOf(open, size)).toBeUndefined();
        const whole = `${open}</content></tool>`;
        const ended = anyEndOf(`${whole}\nI wrote it.${AND_SO_ON}`);
        expect(ended).toEqual({ text: whole, isLoop: false });
        expect(meaningOf(whole)).toMatchObject({ args: { content: content.join('') } });
      }),
    );
  });

  it('through any JSON string, and ends after it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (content) => {
        const args = { path: 'a', content };
        const whole = `<tool>${JSON.stringify({ name: 'write_file', args })}</tool>`;
        expect(anyEndOf(`${whole}\nI wrote it.`)).toEqual({ text: whole, isLoop: false });
      }),
      { numRuns: often(40, 1_000) },
    );
  });

  it('or ends the same however it is split into pieces', () => {
    const units = fc.constantFrom(
      CALL,
      WRITE,
      NATIVE,
      '</content></tool>',
      '</parameter></function></tool_call>',
      '<final>',
      '</final>',
      '<think>',
      '</think>',
      '<|python_tag|>',
      'read_file(path="a")',
      '{"name":"list_files","args":{}}',
      '```',
      '```json',
      '\n',
      '\n\n',
      ' ',
      '"',
      '}',
      '/>',
      '<|im_start|>user',
      '[INST]',
      '[user]',
      'User: x',
      'Result of read_file:',
      '[tool',
      'It is so.',
      '- a',
      '1. b',
      'a word or two',
      '\u{1f600}',
      '▷',
      '◁think',
      'x'.repeat(70),
      'and so on, '.repeat(40),
      '0 '.repeat(400),
      '\n'.repeat(40),
      '```tool_code\n',
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(units, { maxLength: 25 }), sizes, (pieces, cuts) => {
        const reply = pieces.join('');
        const ended = anyEndOf(reply);
        const watch = new EndWatch(tools);
        let last: EndedReply | undefined;
        for (let at = 0, turn = 0; at < reply.length && !last; turn++) {
          const size = cuts[turn % cuts.length] ?? 1;
          last = watch.push(reply.slice(at, at + size));
          at += size;
        }
        expect(last).toEqual(ended);
      }),
      { numRuns: often(150, 5_000) },
    );
  });

  it.each([
    'A call looks like this:\n\n```json\n{"name":"run_shell","args":{"command":"ls"}}\n```\n\nIt',
    'A reply like <tool>{"name":"run_shell","args":{"command":"ls"}}</tool> is read,',
  ])('past a call that the words behind it explain: %s', (start) => {
    expect(anyEndOf(`${start}${AND_SO_ON}${AND_SO_ON}`)).toBeUndefined();
  });

  it('past more closing tags than there is budget to look at, and still ends', () => {
    const lines = (line: string) => Array.from({ length: 4_000 }, (_, at) => `${line} ${at}\n`);
    const whole = `${WRITE}${lines('End it by </tool> {}').join('')}</content></tool>`;
    const ended = endOf(`${whole}\n${lines('I go on, and on.').join('')}`, 5);
    expect(ended?.text).toBe(whole);
  });
});
