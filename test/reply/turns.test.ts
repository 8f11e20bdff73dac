import { describe, expect, it } from 'vitest';
import { AND_SO_ON, anyEndOf, meaningOf } from './watched.ts';

const CALL = '<tool>{"name":"read_file","args":{"path":"a"}}</tool>';
const WRITE = '<tool name="write_file" path="a"><content>x</content></tool>';
const NATIVE =
  '<tool_call><function=write_file><parameter=path>a</parameter><parameter=content>x</parameter></function></tool_call>';
const MISTRAL = '[TOOL_CALLS]read_file[ARGS]{"path":"a"}';

/** How models go on as someone else. */
const TURNS = [
  '[user]\nThanks.',
  '[user] Thanks.',
  '<|im_end|>\n<|im_start|>user\nThanks.',
  '<|start_header_id|>user<|end_header_id|>\nThanks.',
  '<start_of_turn>user\nThanks.',
  '<|user|>\nThanks.',
  'Result of read_file:\n# a\n   1: x',
  'Observation: it says x',
  'Human: Thanks.',
  'User: Thanks.',
  '### User:\nThanks.',
  '**User:** Thanks.',
  '### Instruction:\nNow the next one.',
];

describe('an imagined turn', () => {
  it.each(TURNS)('%j ends a reply behind a call, which is kept once', (turn) => {
    for (const call of [CALL, WRITE, NATIVE, MISTRAL]) {
      for (const gap of ['\n', '\n\n', '\n\n\n']) {
        const ended = anyEndOf(call + gap + turn + CALL + AND_SO_ON);
        expect(ended, call).toEqual({ text: call, isLoop: false });
      }
    }
  });

  it.each(TURNS.filter((turn) => !/^(?:<\|im_end|Observation|###|\*\*)/.test(turn)))(
    '%j at the start makes no call of what answers it',
    (turn) => {
      for (const call of [CALL, WRITE, NATIVE, MISTRAL]) {
        expect(meaningOf(`${turn}\n\n${call}`)).toMatchObject({ type: 'malformed' });
      }
    },
  );

  it.each(TURNS)('%j ends a reply behind words and a call', (turn) => {
    for (const call of [CALL, WRITE, NATIVE]) {
      const ended = anyEndOf(`I look at it.\n${call}\n${turn}\n${AND_SO_ON}`);
      expect(meaningOf(ended?.text ?? '')).toEqual(meaningOf(call));
      expect(ended?.text).not.toContain('Thanks');
    }
  });

  it.each(TURNS)('%j ends an answer, plain or in its tags', (turn) => {
    for (const start of ['', '<final>', '<think>Well.</think>\n']) {
      const answer = `${start}It is 42.`;
      expect(anyEndOf(`${answer}\n\n${turn}\n`)).toEqual({ text: answer, isLoop: false });
    }
  });
});

describe('no turn is', () => {
  it.each([
    ['a dialogue after a colon', 'Such as this one:\n\nUser: Hi.\nAssistant: Hello.\n'],
    ['a dialogue in code', 'Such as this.\n\n```\nUser: Hi.\n\nHuman: Hello.\n[user]\n```\n'],
    ['a dialogue in a quotation', 'Such as this.\n\n> User: Hi.\n> Assistant: Hello.\n'],
    ['a key and its value', 'The settings are these.\nHost: localhost\nUser: root\n'],
    ['the first line', 'User: root\nHost: localhost\n'],
    ['a heading', 'There are two types.\n\n### User\n\nIt has a name.\n\n### Post\n'],
    ['a word in a sentence', 'It is so.\n\nUsers: they are many. User: is a word.\n'],
    ['a role in a list', 'It is so.\n\n- User: someone\n- Human: someone\n'],
    ['a mark in a sentence', 'The line [user] has Result of read_file: in it.\n'],
    ['a dialogue in a thought', '<think>It is so.\n\nUser: Hi.\n\nHuman: Hello.\n'],
    ['content', '<tool name="write_file" path="a"><content>It is so.\n\nUser: Hi.\n[user]\n'],
  ])('%s', (_, reply) => {
    expect(anyEndOf(reply)).toBeUndefined();
  });
});

describe('a call after words', () => {
  it('does not run where what follows reads like a thought and then ends it', () => {
    const thought = AND_SO_ON.slice(0, 6_000);
    const reply = `I could say ${CALL} here.\n${thought}\n</think>\n<final>No.</final>`;
    expect(anyEndOf(reply)).toBeUndefined();
    expect(meaningOf(reply)).toEqual({ type: 'final', text: 'No.' });
  });
});
