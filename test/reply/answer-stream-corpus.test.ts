import { describe, expect, it } from 'vitest';
import { AnswerStream } from '../../src/reply/answer-stream.ts';
import { parseReply } from '../../src/reply/parse.ts';
import { corpus } from '../fixtures/replies/index.ts';
import { everyNth, some } from '../support/stress.ts';
import { tools } from '../support/tools.ts';

function shown(raw: string, size: number): string {
  const stream = new AnswerStream(tools);
  let text = '';
  for (let at = 0; at < raw.length; at += size) text += stream.push(raw.slice(at, at + size));
  return text;
}

const SIZES = some(2, [1, 7, 1_000, 2, 3, 5, 13, 64]);

/** Words before a call are shown while it is not known what follows: none of these may be in them. */
const OF_A_CALL = /<\w|[{[]|<[|｜]|\bAction\s*:|\*\*\* Begin|\w\(\w+=|SEARCH/;

describe('while a reply of the corpus streams', () => {
  it.each(everyNth(2, corpus).map((entry) => [entry.name, entry.raw] as const))(
    '%s shows nothing but the beginning of what it says',
    (_, raw) => {
      const reply = parseReply(raw, tools);
      for (const size of SIZES) {
        const text = shown(raw, size);
        const isAnswer = reply.type === 'final' && reply.text.startsWith(text);
        if (!isAnswer) expect(text).not.toMatch(OF_A_CALL);
      }
    },
  );
});

it.each([
  ['read_file(path="a")', ''],
  ['I look. read_file(path="a")', 'I look.'],
  ['I look.\n\nrun_shell: npm test', 'I look.'],
  ['Action: read_file\nAction Input: a', ''],
  ['I look.\nAction: read_file\nAction Input: a', 'I look.'],
  ['I change it.\n*** Begin Patch\n*** End Patch', 'I change it.'],
  ['I look. &lt;tool&gt;', 'I look.'],
  ['tool: read_file\nargs:\n  path: a', 'tool:'],
  ['Thought: I look.\nAction: read_file\nAction Input: a', ''],
  ['<|call_tool|>read_file', ''],
])('never shows a call without tags: %j', (raw, expected) => {
  for (const size of SIZES) expect(shown(raw, size)).toBe(expected);
});

it.each([
  'I ran run_shell twice, and read_file once more; both worked.',
  'Search for it, then act: actions speak.',
  'The search is done & the list_files tool is not needed.',
])('shows an answer that names tools: %j', (answer) => {
  for (const size of SIZES) expect(shown(answer, size)).toBe(answer);
});
