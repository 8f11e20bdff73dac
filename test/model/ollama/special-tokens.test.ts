import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Turn } from '../../../src/model/model.ts';
import { ChatTemplate, SAMPLE } from '../../../src/model/ollama/chat-template.ts';
import { breakMarks, MarkMender, marksIn } from '../../../src/model/ollama/special-tokens.ts';
import { render } from '../../support/ollama/templates.ts';

const MISTRAL = ['<s>', '</s>', '[INST]', '[/INST]'];

describe('a mark in a text', () => {
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
  ])('is broken up, of any template: %s', (text, broken) => {
    expect(breakMarks(text, [])).toBe(broken);
  });

  it("is broken up where the model's own template has it", () => {
    expect(marksIn('<s>[INST] x[/INST]</s>[INST]')).toEqual(['<s>', '[INST]', '[/INST]', '</s>']);
    expect(breakMarks('<s>strike</s>, <bos>', MISTRAL)).toBe('< s>strike< /s>, <bos>');
  });

  it('never comes out of breaking others up, and what is broken up stays as it is', () => {
    const pieces = fc.constantFrom(...MISTRAL, '<|im_end|>', '<', '|', '>', '[', ']', ' ', 'INST');
    fc.assert(
      fc.property(fc.array(pieces), (some) => {
        const broken = breakMarks(some.join(''), MISTRAL);
        for (const mark of [...MISTRAL, '<|im_end|>']) expect(broken).not.toContain(mark);
        expect(breakMarks(broken, MISTRAL)).toBe(broken);
      }),
    );
  });
});

describe('a rendered conversation', () => {
  const template = ChatTemplate.from(render('qwen3.5', SAMPLE, { think: false }), false);
  const prompt = (turns: Turn[]) => template?.render(turns) ?? '';
  const count = (text: string, mark: string) => text.split(mark).length - 1;

  it.each(['<|im_start|>', '<|im_end|>', '<think>', '</think>'])(
    'has %s only where the template puts it, whoever says it',
    (mark) => {
      const say = (text: string): Turn[] => [
        { role: 'system', content: text },
        { role: 'user', content: text },
        { role: 'assistant', content: text },
        { role: 'user', content: text },
      ];
      expect(template?.marks).toContain(mark);
      expect(count(prompt(say(`a ${mark} b`)), mark)).toBe(count(prompt(say('a b')), mark));
    },
  );

  it('loses its extension by a reply with a mark in that turn alone', () => {
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

describe('a reply that saw marks broken up', () => {
  /** The reply as it is mended when it comes in pieces of this size. */
  function mended(reply: string, texts: string[], marks: string[] = [], size = 1_000): string {
    const mender = new MarkMender(texts, marks);
    let text = '';
    for (let at = 0; at < reply.length; at += size) text += mender.push(reply.slice(at, at + size));
    return text + mender.end();
  }

  it('has them whole, as they stand in the file', () => {
    const reply = 'old: < |im_end|>, [ /INST], < b>';
    expect(mended(reply, ['see <|im_end|>'])).toBe('old: <|im_end|>, [/INST], < b>');
    expect(mended('x < /s> y', ['<s>a</s>'], MISTRAL)).toBe('x </s> y');
  });

  it('stays as it is where nothing was broken up, or where both forms were to be seen', () => {
    const reply = 'old: < |im_end|>, < /s>';
    expect(mended(reply, ['see nothing'], MISTRAL)).toBe(reply);
    expect(mended(reply, ['see <|im_end|> and < |im_end|>', '</s> < /s>'], MISTRAL)).toBe(reply);
  });

  it('is the same in whatever pieces it comes', () => {
    const pieces = fc.constantFrom('< |im_end|>', '< /s>', '[ /INST]', '<', '[', ' ', 'a', '\n');
    fc.assert(
      fc.property(fc.array(pieces), fc.integer({ min: 1, max: 7 }), (some, size) => {
        const [reply, texts] = [some.join(''), ['<|im_end|> [/INST] </s>']];
        expect(mended(reply, texts, MISTRAL, size)).toBe(mended(reply, texts, MISTRAL));
      }),
    );
  });

  it('comes without delay, but for what may be the beginning of a mark', () => {
    const mender = new MarkMender(['<|im_end|>'], []);
    expect(mender.push('if (a < b) x')).toBe('if (a < b) x');
    expect(mender.push('y < |im_')).toBe('y ');
    expect(mender.push('end|> z')).toBe('<|im_end|> z');
    expect(mender.push('<')).toBe('');
    expect(mender.end()).toBe('<');
  });
});
