/**
 * Our tags as entities or in other brackets: `&lt;tool name="read_file" path="a"/&gt;`,
 * `[tool]{…}[/tool]`, `(tool name="read_file" path="a")`. Prose may show calls like this, too.
 */
import { beginsReply } from './around.ts';
import { AT_END } from './elements.ts';
import { decoded } from './opening-tag.ts';
import { isLoneTag, LONE_TAG, opensCall, readTag, TAG } from './tags.ts';
import { matchAt } from '../match-at.ts';
import { NEEDS_TAGS, unmarkedCall } from './unmarked.ts';
import { malformed, type Construct, type ToolShapes } from '../reply.ts';

/** What opens such a call, at the start of a line. */
export const DISGUISE =
  '(?:^|(?<=[\\n>][ \\t]{0,20}))(?=&lt;[a-z]|\\[tool(?:_call)?\\s|\\(tool\\s)';

/** A call after words is never taken, and is only looked for this near to the end. */
const MAX_CHARS = 20_000;

/** Reads the call that starts at `at`; undefined where it is a word in prose. */
export function readDisguised(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  const isFirst = beginsReply(raw, at);
  if (raw.startsWith('<', at) || (!isFirst && raw.length - at > MAX_CHARS)) return undefined;
  const text = withTags(raw.slice(at));
  const tag = matchAt(text, 0, `<(${TAG})`)?.groups[0];
  const lone = matchAt(text, 0, `(${LONE_TAG})`)?.groups[0];
  const isCall = tag !== undefined && opensCall(text, 0, tag, tools);
  if (!isCall && !(lone && isLoneTag(lone, tools))) return undefined;
  const { reply, end } = readTag(text, 0, tag ?? '', tools);
  const isLast = AT_END.test(text.slice(end));
  if (reply.type !== 'call' || !isLast) {
    return reply.type === 'malformed' && isFirst ? { reply, end: raw.length } : undefined;
  }
  const call = isFirst
    ? unmarkedCall(reply.name, reply.args, tools)
    : malformed(NEEDS_TAGS, reply.name);
  return { reply: call, end: raw.length };
}

/** The text with tags as we write them. */
function withTags(text: string): string {
  if (text.startsWith('&')) return decoded(text);
  if (text.startsWith('(')) return text.replace(/^\(([^()]*)\)/, '<$1/>');
  return text.replace(/^\[([^[\]]*)\]/, '<$1>').replaceAll(/\[(\/tool(?:_call)?)\]/gi, '<$1>');
}
