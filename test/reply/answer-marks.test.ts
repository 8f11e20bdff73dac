import { expect, it } from 'vitest';
import { AnswerStream } from '../../src/reply/answer-stream.ts';
import { parseReply } from '../../src/reply/parse.ts';
import { tools } from '../support/tools.ts';

function shown(pieces: Iterable<string>): string {
  const stream = new AnswerStream(tools);
  return [...pieces].map((piece) => stream.push(piece)).join('');
}

const STARTS = [
  '<|im_start|>assistant\n',
  '<|start_header_id|>assistant<|end_header_id|>\n\n',
  '<start_of_turn>model\n',
  '<s>',
  '[/INST] ',
  '<｜Assistant｜>',
  '<answer>',
  '<response>\n',
  'Final Answer: ',
  '**Final Answer:** ',
  '**Final Answer**: ',
  'FINAL: ',
  'Answer: ',
  'assistant: ',
  'Assistant:\n',
  '<s><|im_start|>assistant\nFinal Answer: ',
  'Thought: I now know the answer.\nFinal Answer: ',
];
const ENDS = [
  '<|im_end|>',
  '<|im_end|>\n<|endoftext|>\n',
  '</s>',
  '<end_of_turn>',
  '<|eot_id|>',
  '<|end|>',
  '<|return|>',
  '<｜end▁of▁sentence｜>',
  '</answer>',
  '\n</response>',
  '</final_answer>\n',
  ' [/INST]',
  '<|im_start|>',
];
const ANSWERS = ['The tests pass.', 'It is:\n\n- one\n- two', 'Use a < b, and x[0].'];

it.each(['', ...STARTS])('the marks around an answer are not shown, behind %j', (start) => {
  for (const answer of ANSWERS) {
    for (const end of ['', ...ENDS]) {
      for (const raw of [
        `${start}${answer}${end}`,
        `<final>${start}${answer}${end}</final>`,
        `${start}<final>${answer}</final>${end}`,
      ]) {
        if (!raw.startsWith('Thought') || !raw.includes('<final>')) {
          expect(parseReply(raw, tools), raw).toEqual({ type: 'final', text: answer });
        }
        for (const streamed of [shown([raw]), shown(raw)]) {
          expect(answer.startsWith(streamed), `${raw} shows ${streamed}`).toBe(true);
        }
      }
    }
  }
});

it.each([
  'The tag <|im_end|> ends a turn.',
  'Final answers need a label such as "Final Answer:" in ReAct.',
  'It is <s>old</s>',
  'The page is <answer>42</answer>',
  '<response><status>ok</status></response>',
  'Answers: one, two.',
  'Finally: done.',
  'The assistant: a helper.',
])('what is not around the answer is a part of it: %j', (text) => {
  expect(parseReply(text, tools)).toEqual({ type: 'final', text });
  expect(text.startsWith(shown(text))).toBe(true);
});

it.each(['<|im_end|>', '<answer></answer>', 'Final Answer:', '<s></s>'])(
  'marks alone are no answer: %j',
  (raw) => {
    expect(parseReply(raw, tools)).toMatchObject({ type: 'malformed' });
  },
);
