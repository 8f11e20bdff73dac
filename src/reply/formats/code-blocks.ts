/** Code that agents run as it is: a block for a shell, or Python that calls tools. */
import { toolNamed, toolsKnownAs } from '../names.ts';
import { malformed, type Construct, type ToolShapes } from '../reply.ts';
import { endsReply, isAnnounced, isWholeReply } from './around.ts';
import { NEEDS_TAGS } from './unmarked.ts';

/** What opens a block of commands. */
export const SHELL_BLOCK = '(?<![^\\n>])```(?:bash|sh|shell|zsh|console|terminal)?[ \\t]*\\r?\\n';

/** Commands that are the whole reply, or are announced, were meant to run; others are only shown. */
export function readShellBlock(raw: string, at: number, tools: ToolShapes): Construct | number {
  const close = raw.indexOf('\n```', at - 1);
  const end = close === -1 ? raw.length : close + 4;
  if (!endsReply(raw, end)) return at;
  const start = raw.lastIndexOf('```', at - 1);
  const isThought = /(?:^|\n)\s*(?:THOUGHT|DISCUSSION)\b/.test(
    raw.slice(Math.max(0, start - 2_000), start),
  );
  // Without a language, the block may be anything.
  const isShell = /\w/.test(raw.slice(start, at));
  const isMeant =
    isThought || (isShell && (isWholeReply(raw, start, end) || isAnnounced(raw, start)));
  if (!isMeant) return at;
  const [tool] = toolsKnownAs('bash', tools);
  if (tool === undefined) return at;
  return { reply: malformed(NEEDS_TAGS, tool), end: raw.length };
}

/** What opens a step of smolagents. */
export const CODE_STEP = '(?<![^\\n>])(?:Code:\\s{0,9}```(?:py|python)?|<code>)[ \\t]*\\r?\\n';

/** Python code that calls tools: none of it runs, and the call is asked for again. */
export function readCodeStep(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  const close = /\n```|<\/code>|<end_code>/.exec(raw.slice(at));
  const end = close ? at + close.index + close[0].length : raw.length;
  const called = [...raw.slice(at, end).matchAll(/\b(\w{1,60})\(/g)].map(([, name = '']) => name);
  const tool = called.find((name) => toolNamed(name, tools) !== undefined);
  const isStep = tool !== undefined || called.includes('final_answer');
  if (!isStep || !endsReply(raw, end)) return undefined;
  return { reply: malformed(NEEDS_TAGS, tool), end: raw.length };
}
