/** What the end of a call or an answer looks like, and what shows that a model just goes on. */
import { THOUGHT_END } from './reasoning.ts';
import type { ToolShapes } from './reply.ts';

const CLOSING_TAG =
  '<\\/(?:tool|tool_call|function_call|function)\\s*>|<tool_call\\|>|' +
  '<\\|(?:call|\\/tool_call|tool_call_end|END_ACTION)\\|>|<｜tool▁calls?▁end｜>';
/** The tags that may end a call or an answer; a tool's own name is a tag too. */
export const closersOf = (tools: ToolShapes) =>
  new RegExp(
    `${CLOSING_TAG}|${THOUGHT_END}|<\\/(?:final|${[...tools.keys()].join('|')})\\s*>`,
    'gi',
  );
/** What belongs to a complete call, with the whitespace before it. */
const TRAILER = new RegExp(`^(?:\\s*(?:${CLOSING_TAG}|\`\`\`|[\\]})]))*`, 'i');
/** What may become a part of the trailer with the next piece. */
export const BEGUN = /^[\s`]*(?:<[^\s<>]{0,20})?$/;
/** What follows a closing tag that is only quoted, in an answer or in content. */
export const QUOTED = /^(?:["');,|\\]|`(?!``))/;
/** The end of a call whose last argument is text: it may be a part of that text. */
export const TEXT_CALL =
  /<\/(?:content|old_text|new_text|command|task|parameter|arg_value)\s*>\s*<\/\w+\s*>$/i;
/** What models imagine after a call: it is no longer the text of an argument. */
export const RUN_ON = /^\s*(?:<(?:tool|final)[\s>]|<\||Result of |\[(?:user|assistant|tool)\b)/i;
/** What opens a call in Python, which ends with a parenthesis. */
export const PYTHON = /<\|(?:python_tag|tool_call_start)\|>|```tool_/i;
/** The special tokens of a new turn, unquoted: the model speaks for someone else. */
export const TURN =
  /(?<!["'`])(?:(?:<\|(?:im_end|eot_id|endoftext)\|>|<end_of_turn>)\s*)?(?:(?:<\|im_start\|>|<\|start_header_id\|>|<start_of_turn>)(?:system|user|assistant|model|tool)|\[INST\])/;

/** Every opening of a call and every start of a turn has one of these. */
export const MARK = /[<[{`=]/;

/** The closing tags and fences that belong to a call, at the start of what follows it. */
export function trailerOf(rest: string): string {
  return TRAILER.exec(rest)?.[0] ?? '';
}
