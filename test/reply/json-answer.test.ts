import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerStream } from '../../src/reply/answer-stream.ts';
import { often } from '../support/stress.ts';
import { tools } from '../support/tools.ts';

/** What is shown of a reply that is held to a schema, in pieces of this size. */
function shown(reply: string, size = 1): string {
  const stream = new AnswerStream(tools, true);
  let text = '';
  for (let at = 0; at < reply.length; at += size) text += stream.push(reply.slice(at, at + size));
  if (text !== '') expect(stream.isAnswer).toBe(true);
  return text;
}

describe('of a reply that is held to a schema', () => {
  it.each([
    ['{"final":"One file."}', 'One file.'],
    ['{\n  "final" : "a \\"b\\"\\n\\u00e9 \\ud83d\\ude00 {} <tool>"\n}\n', 'a "b"\né 😀 {} <tool>'],
    ['<think>Hm.</think>\n{"final": " It is. "}', 'It is.'],
    ['{"final": "a\nb"}', 'a\nb'],
    ['{"final": "It is', 'It is'],
  ])('%j shows %j', (reply, expected) => {
    for (const size of [1, 3, 100]) expect(shown(reply, size)).toBe(expected);
  });

  it.each([
    '{"name":"read_file","args":{"path":"a"}}',
    '{"final":{"text":"x"}}',
    '{"finally":"x"}',
    '{"fin',
    '{',
    '{"final":"\\',
    '{"final":"\\u00',
    '{"final":"\\x',
  ])('%j shows nothing', (reply) => {
    expect(shown(reply)).toBe('');
  });

  it('any text in JSON shows itself, whatever is escaped and however it is split', () => {
    const unit = fc.oneof(
      fc.constantFrom(...'ab "\\\n\t/😀é\u0000{}<'),
      fc.string({ unit: 'binary' }),
    );
    const text = fc.array(unit).map((parts) => parts.join('').toWellFormed());
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), fc.boolean(), (said, size, isAscii) => {
        const json = JSON.stringify({ final: said });
        const escaped = json.replace(/[^ -~]/g, (unit16) => {
          return `\\u${unit16.charCodeAt(0).toString(16).padStart(4, '0')}`;
        });
        expect(shown(isAscii ? escaped : json, size)).toBe(said.trim());
      }),
      { numRuns: often(50, 2_000) },
    );
  });
});

it('a reply that is not held is shown as before: a call may follow the answer', () => {
  expect(new AnswerStream(tools).push('{"final":"x"')).toBe('');
});
