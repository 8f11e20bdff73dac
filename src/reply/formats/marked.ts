/** Calls inside marks that only calls have: an envelope may hold any of the usual forms. */
import { readJsonCall } from './json.ts';
import { readFunction, readInvoke, readPairs, TAG_PREFIX, TAG_SUFFIX } from './native-elements.ts';
import { readPython } from './pythonic.ts';
import { NEEDS_TAGS, unmarkedCall } from './unmarked.ts';
import { afterWhitespace, matchAt } from '../match-at.ts';
import { toolNamed, toolsKnownAs, toolNamedAt } from '../names.ts';
import { malformed, type Construct, type ToolShapes } from '../reply.ts';

/** A tag around one call or several. */
export const ENVELOPE = `<${TAG_PREFIX}(?:(?:longcat_)?tool_calls?|function_calls?)${TAG_SUFFIX}>|<TOOLCALLS?>|<tool_code>`;

/** The call inside an envelope; undefined where the envelope is only mentioned. */
export function readEnvelope(
  raw: string,
  at: number,
  tools: ToolShapes,
): Construct | number | undefined {
  const first = afterWhitespace(raw, at);
  // It may hold another one, or a call in our own tags.
  if (matchAt(raw, first, `${ENVELOPE}|<tool[\\s>]`)) return first;
  return (
    readInside(raw, first, tools) ?? (isLikeCall(raw, first) ? notWhole(raw, at, tools) : undefined)
  );
}

/** The call after a special token; undefined where the token is only quoted. */
export function readAfterToken(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  return (
    readInside(raw, afterWhitespace(raw, at), tools) ??
    (/["'`]/.test(raw.charAt(at)) ? undefined : notWhole(raw, at, tools))
  );
}

function readInside(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  return (
    readFunction(raw, at, tools) ??
    readInvoke(raw, at, tools) ??
    readPairs(raw, at, tools) ??
    readJson(raw, at, tools) ??
    readNamedJson(raw, at) ??
    readPython(raw, at, tools)
  );
}

/** An object, or the first of a list, in a code fence or not. */
export function readJson(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  const open = matchAt(raw, at, '\\s*(?:```(?:json)?\\s*)?(?:\\[\\s*)?(?=\\{)');
  if (!open) return undefined;
  return readKeyedJson(raw, open.end, tools) ?? readJsonCall(raw, open.end);
}

/** `{"read_file": {"path": "a"}}`: the name is the only key. */
function readKeyedJson(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  const key = matchAt(raw, at, '\\{\\s*"([\\w.-]{1,60})"\\s*:\\s*(?=\\{)');
  const name = key?.groups[0] ?? '';
  if (!key || (!toolNamed(name, tools) && toolsKnownAs(name, tools).length === 0)) return undefined;
  const call = readJsonCall(raw, key.end, name);
  const close = matchAt(raw, call.end, '\\s*\\}');
  if (call.reply.type !== 'call' || close) return { ...call, end: close?.end ?? call.end };
  return { reply: malformed('the call has more than one tool in it', name), end: raw.length };
}

/** A name, special tokens of the format, and an object with the arguments. */
export function readNamedJson(raw: string, at: number): Construct | undefined {
  const mark =
    '\\s|<[|｜][^<>|｜]{0,30}[|｜]>|\\[CALL_ID\\]\\w{1,60}|\\[ARGS\\]|✿ARGS✿:|```|json\\b|commentary\\b';
  // Without the space between, the channel of gpt-oss is next to the name. Kimi counts its calls.
  const name = '([\\w.-]{1,60}?)(?::\\d{1,6})?(?:commentary|analysis)?(?![\\w.-])';
  const open = matchAt(raw, at, `\\s*${name}(?:${mark})*(?=\\{)`);
  return open ? readJsonCall(raw, open.end, open.groups[0]) : undefined;
}

/**
 * gpt-oss where its marks are not shown: `commentary to=functions.read_file json{…}`. At the start of
 * the reply, or right after the start of a turn, it is a call; after words it may only be mentioned.
 */
export function readUnmarkedHarmony(
  raw: string,
  at: number,
  tools: ToolShapes,
): Construct | undefined {
  const call = readNamedJson(raw, at);
  if (call?.reply.type !== 'call') return call && known(call, tools);
  const before = raw.slice(Math.max(0, at - BEFORE_CHARS), at);
  if (at <= BEFORE_CHARS ? AT_START.test(before) : AFTER_TURN.test(before)) return call;
  const { name, args } = call.reply;
  const isLast = raw.slice(call.end).trim() === '';
  const problem = malformed(NEEDS_TAGS, toolNamed(name, tools) ?? name);
  return { ...call, reply: isLast ? unmarkedCall(name, args, tools) : problem };
}

const BEFORE_CHARS = 40;
const AFTER_TURN = /(?:assistant|>)\s*\w{0,20}\s?to=functions\.$/i;
const AT_START = new RegExp(`^\\s*\\w{0,20}\\s?to=functions\\.$|${AFTER_TURN.source}`, 'i');

/** The construct, if it is a call of an existing tool or what is left of one. */
export function known(call: Construct, tools: ToolShapes): Construct | undefined {
  const { reply } = call;
  const name = reply.type === 'call' ? reply.name : reply.type === 'malformed' ? reply.tool : '';
  return toolNamed(name ?? '', tools) === undefined ? undefined : call;
}

/** Whether a call may have been meant here, and the opening was not just mentioned. */
function isLikeCall(raw: string, at: number): boolean {
  return matchAt(raw, at, '[[{<]|```|\\w{1,60}\\s{0,9}[[<{(]') !== undefined;
}

/** An opening without a valid call after it. */
export function notWhole(raw: string, at: number, tools: ToolShapes): Construct {
  const problem = 'the tool call is not in a known format';
  return { reply: malformed(problem, toolNamedAt(raw, at, tools)), end: raw.length };
}

/** The call that opens at `at`, or why there is none; undefined where its mark is only quoted. */
export function unlessQuoted(
  raw: string,
  at: number,
  call: Construct | undefined,
  tools: ToolShapes,
): Construct | undefined {
  if (call?.reply.type === 'call') return call;
  const isQuoted = /["'`]/.test(raw.charAt(at - 1));
  return isQuoted ? undefined : (call ?? notWhole(raw, at, tools));
}
