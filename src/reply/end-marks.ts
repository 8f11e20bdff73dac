/** What the end of a call or an answer looks like, and what shows that the model keeps writing. */
import { CLOSING_MARKS } from './formats/dialects.ts';
import { callTags } from './formats/tags.ts';
import { mayHaveMarks, THOUGHT_END } from './reasoning.ts';
import type { ToolShapes } from './reply.ts';

const CLOSING_TAG = `<\\/tool\\s*>|${CLOSING_MARKS}`;
const CLOSER = new RegExp(`(?:${CLOSING_TAG})$`, 'i');
/** One that is not in there: its name decides. */
const OTHER_TAG = /<\/([^\s<>/]{1,80})\s*>$/;
const THOUGHT_CLOSER = new RegExp(`(?:${THOUGHT_END})$`, 'i');

/** Finds a tag at the end of a text that may end a call or an answer; tools have tags, too. */
export function closersOf(tools: ToolShapes): (text: string) => boolean {
  const isOfCall = callTags(tools);
  return (text) => {
    const [, name] = OTHER_TAG.exec(text) ?? [];
    if (name !== undefined && (/^final$/i.test(name) || isOfCall(name))) return true;
    return CLOSER.test(text) || (mayHaveMarks(text) && THOUGHT_CLOSER.test(text));
  };
}
/** What belongs to a complete call, with the whitespace before it. */
const TRAILER = new RegExp(`^(?:\\s*(?:${CLOSING_TAG}|\`\`\`|[\\]})]))*`, 'i');
/** What may become a part of the trailer with the next piece. */
export const BEGUN = /^[\s`]*(?:[<[][^\s<>[\]]{0,40})?$/;
/** What follows a closing tag that is only quoted, in an answer or in content. */
export const QUOTED = /^(?:["');,|\\]|`(?!``))/;
/** The end of a call whose last argument is text: it may be a part of that text. */
export const TEXT_CALL =
  /<\/[^<>/]{0,40}(?:content|text|str|c(?:om)?m(?:an)?d|task|prompt|search|replace|parameter|arg_value)[^<>/]{0,40}>\s*<\/[^<>]{1,40}>$/i;
/** What models imagine after a call. */
const IMAGINED =
  '<(?:tool|final)[\\s>]|<\\||Result of |\\[/?(?:user|assistant|tool|INST)\\b|(?:Tool )?Results?:|' +
  '(?:#{1,4} ?|\\*\\*)?(?:Observation|Human|User|Assistant|Instruction|Tool Output)(?:\\*\\*)?(?::|\\n)';
/** The same at the start of what follows: it is no longer the text of an argument. */
export const RUN_ON = new RegExp(`^\\s*(?:${IMAGINED})`, 'i');
/** The same at the start of any line. */
export const RUN_ON_LINE = new RegExp(`\\n[ \\t]*(?:${IMAGINED})`, 'i');
/** What opens a call in Python, which ends with a parenthesis. */
export const PYTHON = /<\|(?:python_tag|tool_call_start)\|>|```tool_/i;
/** The special tokens of a new turn, unquoted: the model speaks for someone else. */
export const TURN =
  /(?<!["'`])(?:(?:<\|(?:im_end|eot_id|endoftext)\|>|<end_of_turn>)\s*)?(?:(?:<\|im_start\|>|<\|start_header_id\|>|<start_of_turn>)(?:system|user|assistant|model|tool)|\[INST\])/;

/** A line that starts a turn or a result as only prompts have it. */
export const RESULT =
  /^(?:\[(?:user|human)\]|Result of \w{1,40}:|<\|(?:user|human|observation)\|>)/i;
/** A line that starts a turn, if the words before it are complete. Data may have it too. */
export const ROLE =
  /^(?:Human|User|Observation|(?:#{2,4} ?|\*\*)(?:Human|User|Instruction)(?::\*\*|:|\*\*:)):?\s/;

/** The start of a reply that speaks for the person or a tool: what follows answers what it made up. */
export const OTHERS_TURN =
  /^\s*(?:\[(?:user|human)\]|(?:<\|im_start\|>|<\|start_header_id\|>|<start_of_turn>)(?:user|tool)\b|<\|(?:user|human|observation)\|>|(?:User|Human):\s|Result of \w{1,40}:)/i;

/** Every opening of a call and every start of a turn has one of these. */
export const MARK = /[<[{`=]/;

/** The closing tags and fences that belong to a call, at the start of what follows it. */
export function trailerOf(rest: string): string {
  return TRAILER.exec(rest)?.[0] ?? '';
}
