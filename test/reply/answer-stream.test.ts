import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { AnswerStream } from '../../src/reply/answer-stream.ts';
import { tools } from '../support/tools.ts';

/** What a person sees of a reply that arrives in these pieces. */
function shown(pieces: Iterable<string>): string {
  const stream = new AnswerStream(tools);
  return [...pieces].map((piece) => stream.push(piece)).join('');
}

it.each([
  ['a tagged answer', '<final>It is done.</final>', 'It is done.'],
  ['an answer in plain text', 'It is done.', 'It is done.'],
  ['an answer after a thought', '<think>Is it?</think>\n<final>It is.</final>', 'It is.'],
  [
    'an answer after a thought of another name',
    '<plan>Is it?</plan><final>It is.</final>',
    'It is.',
  ],
  ['an answer after two thoughts', '[THINK]a[/THINK]<|think|>b<|/think|>It is.', 'It is.'],
  ['an answer after one in another', '<think><plan>a</plan>b</think>It is.', 'It is.'],
  ['an answer after an empty thought', '<think/>It is.', 'It is.'],
  ['an answer that compares', '<final>a < b, b </ c and {c}</final>', 'a < b, b </ c and {c}'],
  ['an answer without its end', '<final>It is', 'It is'],
])('shows %s', (_, reply, expected) => {
  expect(shown([reply])).toBe(expected);
  expect(shown(reply)).toBe(expected);
});

it.each([
  ['a thought', '<think>Is it?'],
  ['a thought in capitals', '<THINKING>Is it?</THINKING>'],
  ['a thought in triangles', '◁think▷Is it?◁/think▷'],
  ['a thought in special tokens', '<|begin_of_thought|>Is it?'],
  ['a thought around one', '<reflection>a<plan>b</plan>Is it?'],
  ['a call in JSON', '<tool>{"name":"read_file","args":{"path":"a"}}</tool>'],
  ['a call in XML', '<tool name="write_file" path="a"><content>x</content></tool>'],
  ['a call without tags', '{"name":"read_file","args":{"path":"a"}}'],
  ['a tag that has just begun', '<fin'],
])('never shows %s', (_, reply) => {
  expect(shown([reply])).toBe('');
  expect(shown(reply)).toBe('');
});

it.each(['<tool>{"name":"x"}</tool>', '{"name":"x"}', '[{"name":"x"}]'])(
  'stops plain text where it may turn into a call: %j',
  (call) => {
    expect(shown(`I look. ${call}`)).toBe('I look.');
  },
);

it('hands over a thought as it grows, without its tags, however it is split', () => {
  const thought = `a < b, [x] and </b> ${'or so '.repeat(200)}<`;
  for (const size of [1, 3, 700, 9_000]) {
    const stream = new AnswerStream(tools);
    let taken = '';
    let most = 0;
    const reply = `<think>${thought}</think>It is.`;
    for (let at = 0; at < reply.length; at += size) {
      stream.push(reply.slice(at, at + size));
      taken += stream.takeThought();
      if (stream.isInThought) most = Math.max(most, at + size - taken.length);
    }
    expect(taken).toBe(thought);
    // No more than a tag may be begun is held back.
    expect(most).toBeLessThan(80);
  }
});

it('shows the same answer however it is split into pieces', () => {
  const answer = fc.string({ unit: fc.constantFrom(...'ab </>[{`\n\u{1f600}') });
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
  fc.assert(
    fc.property(answer, sizes, (text, cuts) => {
      const reply = `<think>hm</think><final>${text}</final>`;
      const pieces: string[] = [];
      for (let at = 0, turn = 0; at < reply.length; turn++) {
        const size = cuts[turn % cuts.length] ?? 1;
        pieces.push(reply.slice(at, at + size));
        at += size;
      }
      expect(shown(pieces)).toBe(text.trim());
    }),
  );
});

it('shows no part of the fence around a call', () => {
  expect(shown('I look.\n```\n<tool>{"name":"x"}</tool>\n```')).toBe('I look.');
});

it.each(['Words. </ ', '<final>Words. </ ', '<final>Words. <', 'Words. ``'])(
  'takes time that grows with the length of the reply only, also behind %j',
  (start) => {
    // With all of it looked at again for each piece, this would take minutes.
    const stream = new AnswerStream(tools);
    stream.push(start);
    for (let piece = 0; piece < 200_000; piece++) stream.push(`word${piece} `);
  },
);

it.each(['', 'Words.', '<final>Words.'])(
  'holds whitespace back until something follows, however much there is of it, behind %j',
  (start) => {
    const stream = new AnswerStream(tools);
    const shownFirst = stream.push(start);
    const space = Array.from({ length: 100_000 }, (_, at) => ' \n\t'.repeat(1 + (at % 3)));
    expect(space.map((piece) => stream.push(piece)).join('')).toBe('');
    const follows = stream.push('x');
    expect(follows).toBe(start === '' ? 'x' : `${space.join('')}x`);
    expect(shownFirst).toBe(start.replace('<final>', ''));
  },
);
