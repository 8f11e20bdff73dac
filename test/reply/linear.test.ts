import { describe, expect, it } from 'vitest';
import { parseReply } from '../../src/reply/parse.ts';
import { often, some } from '../support/stress.ts';
import { tools } from '../support/tools.ts';

/**
 * The work has to grow linearly with the text: at a megabyte anything else takes minutes. The bound
 * is the one of the requirement, one second for one text; what is measured is the processor's time,
 * which other work on the machine does not lengthen.
 */
describe('a long hostile repeat is read within a second', () => {
  // Quadratic work on a fifth of a megabyte takes seconds, too.
  const CHARS = often(200_000, 1_000_000);
  const NOISES: readonly string[] = [
    ...'< > { } [ ] ( " \' \\ ` ``` <tool> </tool> <final> <think> </think> <content> {" [{'.split(
      ' ',
    ),
    ...'<tool_call> </tool_call> <tool_call>{ <function= <function=read_file> <parameter=path>'.split(
      ' ',
    ),
    ...'[TOOL_CALLS] [TOOL_CALLS][ <|python_tag|> <|tool_call> <|"|> <|channel|> ```json'.split(
      ' ',
    ),
    ...'<arg_key> ```tool_code <|tool_call_start|>[ <|START_ACTION|> <｜tool▁sep｜> >>>'.split(' '),
    ...'{"name": {"name":"read_file","args": [tool:read_file] \\" {"a":[ // /* call:read_file{'.split(
      ' ',
    ),
    ' ',
    '\n',
    '\n\n',
    '{"name":"read_file"} ',
    '{"name":"nothing"}',
    '<tool name="read_file" ',
    '<tool >',
    'I will now read it. ',
    "{'a': ",
    'read_file(path="',
    '<think>{"name":"read_file"}</think>',
    '{"name":"read_file","args":{}}</think>',
    '<final>x</think>',
    '<|channel|>analysis<|end|>',
    '{"type":{"name":',
    '<tool>{"a":"</think>',
    '</content>',
    ...'<plan> </plan> <plan>x</plan> <plan><think> <plan><think></plan> [THINK] ◁think▷'.split(
      ' ',
    ),
    ...'<|channel|>analysis</think> <|begin_of_thought|> <|end_of_thought|> <seed:think>'.split(
      ' ',
    ),
    'a <plan> <think>x</think>',
    '<inner inner inner inner ',
    '<aaaaaaaaaaaaaaaaaaaa:',
    '<plan ',
    '\n<reflection>',
    '<analysis>{"name":"read_file","args":{}}</plan>',
    '<tool name="read_file"></thought>',
  ];
  const STARTS: readonly string[] = [
    '',
    '<tool name="write_file" path="a"><content>',
    '<tool name="write_file" path="a"><content><content>',
    '<tool>{"name":"',
    '<final>',
    '<plan>',
    '<tool_call>{"name": "write_file", "arguments": {"content": "',
  ];

  it.each(some(40, NOISES))('%j', (noise) => {
    for (const start of some(1, STARTS)) {
      const raw = start + noise.repeat(Math.ceil(CHARS / noise.length));
      const took = () => {
        const began = process.cpuUsage();
        expect(parseReply(raw, tools)).toHaveProperty('type');
        const { user, system } = process.cpuUsage(began);
        return (user + system) / 1_000;
      };
      // Other work on the machine may lengthen one of them.
      const ms = took();
      expect(ms < 1_000 ? ms : took(), `after ${JSON.stringify(start)}`).toBeLessThan(1_000);
    }
  });
});
