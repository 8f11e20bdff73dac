/** Calls without marks of their own, in Python or in the form of Gemma: code looks the same. */
import { notWhole, readNamedJson } from './marked.ts';
import { afterWhitespace, matchAt } from '../match-at.ts';
import { toolNamed, toolsCalled } from '../names.ts';
import { malformed, type Construct, type ToolShapes } from '../reply.ts';
import { beginsReply } from './around.ts';
import { readGemma } from './gemma.ts';
import { CALL_HEAD, inList, readPythonCall, unreadable } from './pythonic.ts';
import { NEEDS_TAGS, unmarkedCall } from './unmarked.ts';

/** A line starts here, or the reply proper after a thought. */
const LINE_START = '(?<=^|[\\n>])[ \\t]{0,40}';
const PREFIX = '(?:(?:default_api|functions?|tools?)\\.)?';
/** What opens a call in Python, bare or as the first of a list. */
export const BARE_CALL = `${LINE_START}(?=\\[?\\s{0,9}(?:print\\(\\s{0,9})?${PREFIX}\\w{1,60}\\()`;
/** What opens a call of Gemma where its marks are not shown. */
export const BARE_GEMMA = `${LINE_START}(?=call:\\s{0,9}\\w{1,60}\\{)`;

/** What opens a call of GLM-4: a name on a line of its own, over an object. */
export const NAME_OVER_OBJECT = '(?<=^|[\\n>])(?=\\w{1,60}[ \\t]{0,4}\\r?\\n\\s{0,9}\\{)';

/**
 * Reads a call of a tool by its own name that is the whole reply. One that only begins or ends the
 * reply is malformed; anything else is prose.
 */
export function readBareCall(
  raw: string,
  at: number,
  tools: ToolShapes,
): Construct | number | undefined {
  const start = inList(raw, at);
  const head = matchAt(raw, start, CALL_HEAD);
  const name = head?.groups[1] ?? '';
  // Most are code: their arguments are not even looked at.
  if (!head || toolOf(name, tools) === undefined) return head?.end ?? at + 1;
  const call = readPythonCall(raw, start, tools);
  const isFirst = beginsReply(raw, at);
  if (!call?.args) {
    const isMeant = isFirst && ENDS_IN_CALL.test(raw.slice(-100));
    return isMeant ? { reply: unreadable(name, tools), end: raw.length } : undefined;
  }
  const isLast = isEndOfReply(raw, isFirst ? endOfCalls(raw, call.end, tools) : call.end);
  const isOwnName = toolNamed(name, tools) !== undefined;
  if (isFirst && isLast && isOwnName) {
    return { reply: unmarkedCall(name, call.args, tools), end: call.end };
  }
  // In code, another name is more likely that of a function.
  if (!isOwnName && !(isFirst && isLast)) return undefined;
  const endsLine = matchAt(raw, call.end, '[ \\t\\])`]*(?:\\r?\\n|$)') !== undefined;
  return isLast || (isFirst && endsLine) ? needsTags(name, raw, tools) : undefined;
}

/** Where the last of several calls ends: the first one runs. */
function endOfCalls(raw: string, from: number, tools: ToolShapes): number {
  for (let end = from; ;) {
    const next = readPythonCall(raw, matchAt(raw, end, '[\\s,;]*')?.end ?? end, tools);
    if (!next?.args || toolOf(next.name, tools) === undefined) return end;
    end = next.end;
  }
}

/** Reads the call in a fence that is named for it: in Python, or as an object, which is read as one. */
export function readFencedCall(raw: string, at: number, tools: ToolShapes): Construct | number {
  const start = inList(raw, afterWhitespace(raw, at));
  if (raw.charAt(start) === '{') return start;
  const call = readPythonCall(raw, start, tools);
  if (!call) return notWhole(raw, at, tools);
  const { name, args, end } = call;
  if (!args) return { reply: unreadable(name, tools), end: raw.length };
  const isFirst = beginsReply(raw, raw.lastIndexOf('`', at - 1) - 2);
  // What comes after the fence is imagined.
  const isLast = matchAt(raw, endOfCalls(raw, end, tools), '[\\s\\])]*(?:```|$)') !== undefined;
  const isWhole = isFirst && isLast;
  return isWhole ? { reply: unmarkedCall(name, args, tools), end } : needsTags(name, raw, tools);
}

/** Reads a call of NexusRaven, in Python between `Call:` and its mark; undefined without that. */
export function readRaven(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  const call = readPythonCall(raw, afterWhitespace(raw, at), tools);
  const close = call?.args && matchAt(raw, call.end, '\\s*<bot_end>');
  if (!call?.args || !close) return undefined;
  return { reply: unmarkedCall(call.name, call.args, tools), end: close.end };
}

/** Reads a name and, under it, an object with the arguments: GLM-4 has no marks around them. */
export function readNameOverObject(
  raw: string,
  at: number,
  tools: ToolShapes,
): Construct | number | undefined {
  const name = matchAt(raw, at, '\\w+')?.end ?? at + 1;
  if (!beginsReply(raw, at) || toolOf(raw.slice(at, name), tools) === undefined) return name;
  const call = readNamedJson(raw, at);
  // It may have been read to the end of the text: as a misread opening, which is done only so often.
  if (call?.reply.type !== 'call') return at + 1;
  if (!isEndOfReply(raw, call.end)) return needsTags(call.reply.name, raw, tools);
  return { reply: unmarkedCall(call.reply.name, call.reply.args, tools), end: call.end };
}

/** The same in the form of Gemma: `call:read_file{path:a}`. */
export function readBareGemma(raw: string, at: number, tools: ToolShapes): Construct | number {
  const call = readGemma(raw, at, tools);
  const { reply, end } = call ?? { end: at };
  const name = reply?.type === 'call' ? reply.name : reply?.type === 'malformed' && reply.tool;
  if (!reply || !name || toolNamed(name, tools) === undefined) return at + 'call:'.length;
  if (reply.type !== 'call' || !beginsReply(raw, at) || !isEndOfReply(raw, end)) {
    return needsTags(name, raw, tools);
  }
  return { reply: unmarkedCall(name, reply.args, tools), end };
}

function needsTags(name: string, raw: string, tools: ToolShapes): Construct {
  return { reply: malformed(NEEDS_TAGS, toolOf(name, tools)), end: raw.length };
}

/** The tool of this name, or one that it may mean. */
const toolOf = (name: string, tools: ToolShapes): string | undefined => toolsCalled(name, tools)[0];

const TOKEN = '<[|｜][^<>]{1,40}[|｜]>|<(?:end_of_turn|eos|/s)>';
const ENDS_IN_CALL = new RegExp(`\\)(?:[\\s\`\\])]|${TOKEN})*$`);

/** Whether only special tokens and what closes a list or a fence follow. */
function isEndOfReply(raw: string, at: number): boolean {
  return matchAt(raw, at, `(?:[\\s\`\\])]|${TOKEN})*$`) !== undefined;
}
