import { describe, expect, it } from 'vitest';
import { splitThought } from '../../src/reply/split-thought.ts';
import { toolCall } from '../support/ollama-server.ts';

const CALL = toolCall('read_file', { path: 'a' });

describe('the thought at the beginning of a reply', () => {
  it.each([
    ['in tags', `<think>\nHm.\n</think>\n\n${CALL}`, 'Hm.'],
    ['in brackets', `[THINK]Hm.[/THINK]${CALL}`, 'Hm.'],
    ['with another inside', `<think>Hm <plan>a</plan> b.</think>${CALL}`, 'Hm <plan>a</plan> b.'],
    ['that is empty', `<think>\n\n</think>\n\n${CALL}`, ''],
    ['in two parts', `<think>One.</think>\n<reasoning>Two.</reasoning>\n${CALL}`, 'One.\n\nTwo.'],
  ])('%s is taken off', (_, raw, thought) => {
    expect(splitThought(raw)).toEqual({ thought, text: CALL });
  });

  it('that nothing closes is all of the reply', () => {
    expect(splitThought(`<think>Perhaps ${CALL}`)).toEqual({
      thought: `Perhaps ${CALL}`,
      text: '',
    });
  });

  it.each([
    ['there is none', CALL],
    ['words come first', `So: <think>Hm.</think>${CALL}`],
    ['data may have the tag', `<plan>One.</plan>${CALL}`],
    [
      'it is in the content of a file',
      `<tool name="write_file" path="a"><content><think>x</think></content></tool>`,
    ],
    ['only its end came', `Hm.\n</think>\n${CALL}`],
  ])('is left where %s', (_, raw) => {
    expect(splitThought(raw)).toEqual({ thought: '', text: raw });
  });
});
