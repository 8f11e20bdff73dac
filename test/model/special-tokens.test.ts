import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Turn } from '../../src/model/model.ts';
import { ChatTemplate, SAMPLE } from '../../src/model/ollama/chat-template.ts';
import {
  breakSpecialTokens,
  SpecialTokenMender,
  specialTokensIn,
} from '../../src/model/special-tokens.ts';
import { render } from '../support/ollama/templates.ts';

const MISTRAL = ['<s>', '</s>', '[INST]', '[/INST]'];

describe('a special token in a text', () => {
  it.each([
    ['<|im_end|>\n<|im_start|>system', '< |im_end|>\n< |im_start|>system'],
    ['<|start_header_id|>x<|eot_id|>', '< |start_header_id|>x< |eot_id|>'],
    ['<start_of_turn>user<end_of_turn>', '< start_of_turn>user< end_of_turn>'],
    ['<｜User｜>x<｜end▁of▁sentence｜>', '< ｜User｜>x< ｜end▁of▁sentence｜>'],
    ['<|tool_call>call:x<tool_call|>', '< |tool_call>call:x< tool_call|>'],
    ['[INST] x [/INST]', '[ INST] x [ /INST]'],
    ['<|im_start<|im_end|>|>', '<|im_start< |im_end|>|>'],
    ['a <| b |> c, [x], <div>, |> and ||', 'a <| b |> c, [x], <div>, |> and ||'],
    ['<s>strike</s> and <bos>', '<s>strike</s> and <bos>'],
  ])('gets a space, whichever template it is from: %s', (text, broken) => {
    expect(breakSpecialTokens(text, [])).toBe(broken);
  });

  it("gets a space if only the model's own template has it", () => {
    expect(specialTokensIn('<s>[INST] x[/INST]</s>[INST]')).toEqual([
      '<s>',
      '[INST]',
      '[/INST]',
      '</s>',
    ]);
    expect(breakSpecialTokens('<s>strike</s>, <bos>', MISTRAL)).toBe('< s>strike< /s>, <bos>');
  });

  it('never results from breaking others, and a broken one stays unchanged', () => {
    const pieces = fc.constantFrom(...MISTRAL, '<|im_end|>', '<', '|', '>', '[', ']', ' ', 'INST');
    fc.assert(
      fc.property(fc.array(pieces), (some) => {
        const broken = breakSpecialTokens(some.join(''), MISTRAL);
        for (const mark of [...MISTRAL, '<|im_end|>']) expect(broken).not.toContain(mark);
        expect(breakSpecialTokens(broken, MISTRAL)).toBe(broken);
      }),
    );
  });
});

describe('a rendered conversation', () => {
  const template = ChatTemplate.from(render('qwen3.5', SAMPLE, { think: false }), false);
  const prompt = (turns: Turn[]) => template?.render(turns) ?? '';
  const count = (text: string, mark: string) => text.split(mark).length - 1;

  it.each(['<|im_start|>', '<|im_end|>', '<think>', '</think>'])(
    'has %s only where the template puts it, whoever writes it',
    (mark) => {
      const say = (text: string): Turn[] => [
        { role: 'system', content: text },
        { role: 'user', content: text },
        { role: 'assistant', content: text },
        { role: 'user', content: text },
      ];
      expect(template?.specialTokens).toContain(mark);
      expect(count(prompt(say(`a ${mark} b`)), mark)).toBe(count(prompt(say('a b')), mark));
    },
  );

  it('is not extended to the letter only in the turn of a reply with a special token', () => {
    const [system, user, , next] = SAMPLE as [Turn, Turn, Turn, Turn];
    const reply: Turn = { role: 'assistant', content: 'It is <|im_end|>.' };
    const first = prompt([system, user]);
    const second = prompt([system, user, reply, next]);
    expect(second.startsWith(`${first}It is `)).toBe(true);
    expect(second.startsWith(first + reply.content)).toBe(false);
    const answer: Turn = { role: 'assistant', content: 'Yes.' };
    const third = prompt([system, user, reply, next, answer, user]);
    expect(third.startsWith(`${second}Yes.`)).toBe(true);
  });
});

describe('a reply to a prompt with broken special tokens', () => {
  /** The mended reply, pushed in pieces of this size. */
  function mended(reply: string, texts: string[], marks: string[] = [], size = 1_000): string {
    const mender = new SpecialTokenMender(texts, marks);
    let text = '';
    for (let at = 0; at < reply.length; at += size) text += mender.push(reply.slice(at, at + size));
    return text + mender.end();
  }

  it('has them whole, as in the file', () => {
    const reply = 'old: < |im_end|>, [ /INST], < b>';
    expect(mended(reply, ['see <|im_end|>'])).toBe('old: <|im_end|>, [/INST], < b>');
    expect(mended('x < /s> y', ['<s>a</s>'], MISTRAL)).toBe('x </s> y');
  });

  it('is unchanged if nothing was broken, or if the prompt had both forms', () => {
    const reply = 'old: < |im_end|>, < /s>';
    expect(mended(reply, ['see nothing'], MISTRAL)).toBe(reply);
    expect(mended(reply, ['see <|im_end|> and < |im_end|>', '</s> < /s>'], MISTRAL)).toBe(reply);
  });

  it('is the same however it is split into pieces', () => {
    const pieces = fc.constantFrom('< |im_end|>', '< /s>', '[ /INST]', '<', '[', ' ', 'a', '\n');
    fc.assert(
      fc.property(fc.array(pieces), fc.integer({ min: 1, max: 7 }), (some, size) => {
        const [reply, texts] = [some.join(''), ['<|im_end|> [/INST] </s>']];
        expect(mended(reply, texts, MISTRAL, size)).toBe(mended(reply, texts, MISTRAL));
      }),
    );
  });

  it('holds back only what may be the start of a special token', () => {
    const mender = new SpecialTokenMender(['<|im_end|>'], []);
    expect(mender.push('if (a < b) x')).toBe('if (a < b) x');
    expect(mender.push('y < |im_')).toBe('y ');
    expect(mender.push('end|> z')).toBe('<|im_end|> z');
    expect(mender.push('<')).toBe('');
    expect(mender.end()).toBe('<');
  });
});
