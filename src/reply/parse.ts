/**
 * Turns a raw reply into one tool call, one answer or one clear complaint. It accepts what a model
 * meant if that is certain, and never makes up what it did not say. Any text gives a Reply, in time
 * linear in its length.
 */
import { announcesAction } from './announcement.ts';
import { withoutMarks } from './answer-marks.ts';
import { OTHERS_TURN } from './end-marks.ts';
import { firstConstruct } from './first-construct.ts';
import { BEGUN_MARKS, CLOSING_MARKS } from './formats/dialects.ts';
import { withEdit } from './formats/edit-arguments.ts';
import { begunTags } from './formats/tags.ts';
import { attemptIn } from './guard.ts';
import { resolvedCall, toolNamedAt, toolsCalled } from './names.ts';
import { mayHaveDialect } from './openings.ts';
import { malformed, type Malformed, type Reply, type ToolShapes } from './reply.ts';

/**
 * Reads one reply. `cutOff` means that the token limit ended it (`done_reason: length`): such a
 * reply is never run and never shown as complete.
 */
export function parseReply(raw: string, tools: ToolShapes, cutOff = false): Reply {
  if (cutOff) {
    return {
      type: 'malformed',
      problem: 'the token limit cut the reply off',
      cutOff: true,
      isCall: callOpening(tools)(raw) !== undefined,
    };
  }
  const { construct, text } = firstConstruct(raw, tools);
  if (construct) {
    const { end } = construct;
    const reply = withEdit(construct.reply, tools);
    if (reply.type === 'malformed') return withTool(reply, raw, tools);
    if (OTHERS_TURN.test(raw)) return malformed('the reply speaks for the user or a tool');
    if (reply.type === 'final' && isCallAlone(reply.text, tools))
      return malformed('a call is no answer');
    if (reply.type !== 'call') return reply;
    return { ...reply, ...resolvedCall(reply, tools), ignored: remainder(raw.slice(end)) };
  }
  const answer = withoutMarks(text);
  // JSON within JSON has its quotes escaped.
  const attempt = attemptIn(answer.replaceAll('\\"', '"'), tools);
  if (attempt) return withTool(attempt, raw, tools);
  if (/^(?:\s|<\/?\w+>)+$/.test(answer)) return malformed('the reply contained only tags');
  if (announcesAction(answer)) {
    const problem = 'you announced an action but did not call the tool';
    return { type: 'malformed', problem, announcement: answer };
  }
  if (answer) return { type: 'final', text: answer };
  return malformed(raw.trim() ? ONLY_REASONING : 'the reply was empty');
}

/** What is wrong with a reply that is a thought. */
export const ONLY_REASONING = 'the reply contained only reasoning';

/** Whether a call in tags is all of a text. */
function isCallAlone(text: string, tools: ToolShapes): boolean {
  if (!/^<(?:tool|tool_call)[\s>]/i.test(text)) return false;
  const { construct } = firstConstruct(text, tools);
  return construct?.reply.type === 'call' && remainder(text.slice(construct.end)) === '';
}

/** A complaint with the tool that was meant by its own name, as far as it can be seen. */
function withTool(reply: Malformed, raw: string, tools: ToolShapes): Reply {
  const [tool = toolNamedAt(raw, 0, tools)] = toolsCalled(reply.tool ?? '', tools);
  return { ...reply, tool };
}

/** Finds where a text first opens a call, in our own tags or in one of the common formats. */
export function callOpening(tools: ToolShapes): (text: string) => number | undefined {
  const tagIn = begunTags(tools);
  return (text) => {
    const mark = mayHaveDialect(text) ? BEGUN.exec(text)?.index : undefined;
    const at = Math.min(tagIn(text) ?? Infinity, mark ?? Infinity);
    return at === Infinity ? undefined : at;
  };
}

/**
 * Where the first call or answer of a text ends; without an end of its own, at the text's end. And
 * whether words come before it, other than closed thoughts: they may be an open thought.
 */
export function firstEnd(
  raw: string,
  tools: ToolShapes,
): { end: number; isAfterWords: boolean } | undefined {
  const { construct, text } = firstConstruct(raw, tools);
  if (!construct || construct.reply.type === 'malformed') return undefined;
  return { end: construct.end, isAfterWords: text.replace(/```\w*/g, '').trim() !== '' };
}

const BEGUN = new RegExp(BEGUN_MARKS, 'i');
const CLOSING = new RegExp(
  `^(?:\\s|</(?:tools?|tool_use)\\s*>|\`\`\`|${CLOSING_MARKS}|[\\]})]|<[|｜][^<>]{1,40}[|｜]>)+`,
  'i',
);

/** The text after a call, without the closing tags and fences that belong to it. */
function remainder(rest: string): string {
  return rest.replace(CLOSING, '').trim();
}
