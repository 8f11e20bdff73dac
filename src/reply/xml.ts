/**
 * The XML form of a call: `<tool name="write_file" path="f.py"><content>…</content></tool>`, and
 * `<write_file><path>…`. Attributes and child elements are arguments, to the letter, and only
 * those that the tool has: a `<path>` inside content is content.
 */
import { malformed, readJsonCall } from './json.ts';
import type { Construct, Reply, ToolShapes } from './reply.ts';

/** Reads the call whose opening tag begins at `at`. */
export function readXmlCall(raw: string, at: number, tools: ToolShapes): Construct {
  const tag = readOpeningTag(raw, at);
  if (!tag) {
    return { reply: malformed('the opening tag of the tool call is broken'), end: raw.length };
  }
  const { name: spelled, ...attributes } = tag.attributes;
  const isToolTag = tag.tag.toLowerCase() === 'tool';
  const inner = isToolTag && spelled === undefined ? readNameElement(raw, tag.end) : undefined;
  const name = isToolTag ? (spelled ?? inner?.name ?? '').trim() : tag.tag.toLowerCase();
  if (!name) {
    const problem = 'the tool call has neither JSON nor a name';
    return { reply: malformed(problem), end: closingOf(raw, tag.tag, tag.end).end };
  }
  const shape = tools.get(name);
  const args: Record<string, unknown> = Object.fromEntries(
    Object.entries(attributes).filter(([key]) => !shape || shape.argNames.includes(key)),
  );
  const call: Reply = { type: 'call', name, args, ignored: '' };
  if (tag.selfClosing) return { reply: call, end: tag.end };
  const start = inner?.end ?? tag.end;
  if (!shape) return { reply: call, end: closingOf(raw, tag.tag, start).end };

  const { argNames } = shape;
  const bodyArg = shape.bodyArg && !Object.hasOwn(args, shape.bodyArg) ? shape.bodyArg : undefined;
  const body = readBody(raw, start, { tag: tag.tag, name, argNames, bodyArg });
  if ('uncertain' in body) {
    const problem = `the end of <${body.uncertain}> is not certain`;
    return { reply: malformed(problem, name), end: raw.length };
  }
  // What an attribute says, an element in the body does not change.
  return { reply: { ...call, args: { ...args, ...body.args, ...args } }, end: body.end };
}

interface OpeningTag {
  tag: string;
  attributes: Record<string, string>;
  selfClosing: boolean;
  end: number;
}

/** A `>` inside a quoted value does not end the tag. */
function readOpeningTag(raw: string, at: number): OpeningTag | undefined {
  const open = /<([A-Za-z_]\w*)/y;
  open.lastIndex = at;
  const tag = open.exec(raw)?.[1];
  if (tag === undefined) return undefined;
  const attributes: Record<string, string> = {};
  const attribute = /\s+([A-Za-z_]\w*)\s*=\s*(?:"([^"]*)"|'([^']*)')/y;
  let end = open.lastIndex;
  for (;;) {
    attribute.lastIndex = end;
    const match = attribute.exec(raw);
    if (!match) break;
    end = attribute.lastIndex;
    attributes[match[1] ?? ''] = match[2] ?? match[3] ?? '';
  }
  const close = /\s*(\/?)>/y;
  close.lastIndex = end;
  const match = close.exec(raw);
  if (!match) return undefined;
  return { tag, attributes, selfClosing: match[1] === '/', end: close.lastIndex };
}

/** `<tool><name>read_file</name>…`: the name as the first child element. */
function readNameElement(raw: string, from: number): { name: string; end: number } | undefined {
  const element = /\s*<name>([^<]*)<\/name>/iy;
  element.lastIndex = from;
  const name = element.exec(raw)?.[1];
  return name === undefined ? undefined : { name, end: element.lastIndex };
}

/** A call whose opening tag has been read. */
interface OpenCall {
  tag: string;
  name: string;
  argNames: readonly string[];
  /** What a body of text stands for, unless an attribute has said it. */
  bodyArg: string | undefined;
}

type Body = { args: Record<string, unknown>; end: number } | { uncertain: string };

/** The body of a call: child elements, or the text that stands for one argument, or JSON. */
function readBody(raw: string, start: number, call: OpenCall): Body {
  const { tag, name, argNames, bodyArg } = call;
  const element = anyOf(argNames);
  const opensElement = new RegExp(`\\s*(?:${element}|</${tag}\\s*>)`, 'iy');
  opensElement.lastIndex = start;
  if (bodyArg !== undefined && !opensElement.test(raw)) {
    const close = lastClosing(raw, tag, start);
    const text = raw.slice(start, close?.at);
    // Words before the element that holds the text: is the body the text, or the element?
    if (!close || new RegExp(anyOf([bodyArg]), 'i').test(text)) return { uncertain: tag };
    return { args: { [bodyArg]: text.replace(/^\r?\n/, '') }, end: close.end };
  }
  const json = /\s*(?=\{)/y;
  json.lastIndex = start;
  if (json.test(raw)) {
    const { reply, end } = readJsonCall(raw, json.lastIndex, name);
    if (reply.type === 'call') return { args: reply.args, end: closingOf(raw, tag, end).end };
  }
  return readElements(raw, start, tag, argNames);
}

/** The opening tag of one of these elements, its name as a group; attributes in it say nothing. */
function anyOf(argNames: readonly string[]): string {
  return `<(${argNames.join('|') || '(?!)'})(?:\\s[^<>]*)?>`;
}

/** Reads child elements one after another up to the tag that closes the call, or the text's end. */
function readElements(
  raw: string,
  from: number,
  callTag: string,
  argNames: readonly string[],
): Body {
  const args: Record<string, string> = {};
  // Between elements a second call or the end of reasoning shows that this one was never whole.
  const next = new RegExp(
    `${anyOf(argNames)}|</${callTag}\\s*>|(<tool[\\s>]|</(?:think|reason))`,
    'gi',
  );
  next.lastIndex = from;
  for (let match = next.exec(raw); match; match = next.exec(raw)) {
    if (match[2] !== undefined) return { uncertain: callTag };
    const arg = match[1]?.toLowerCase();
    if (arg === undefined) return { args, end: next.lastIndex };
    const start = next.lastIndex;
    const close = elementEnd(raw, arg, start, callTag, argNames);
    if (!close) return { uncertain: arg };
    args[arg] ??= raw.slice(start, close.at);
    next.lastIndex = close.end;
  }
  // No tag closes the call. With elements in it, it is whole all the same; without, it is not.
  if (Object.keys(args).length > 0) return { args, end: raw.length };
  return { uncertain: callTag };
}

/** Arguments that hold text of any kind, tags of the protocol included. */
const TEXT_ARGS: ReadonlySet<string> = new Set([
  'content',
  'old_text',
  'new_text',
  'command',
  'task',
]);

/**
 * An element ends at the first closing tag. One that holds text ends at the first that the next
 * argument or the end of the call follows, so that closing tags inside content are content; where
 * another call follows one, its end is not certain.
 */
function elementEnd(
  raw: string,
  arg: string,
  start: number,
  callTag: string,
  argNames: readonly string[],
): Span | undefined {
  if (!TEXT_ARGS.has(arg)) return firstClosing(raw, arg, start);
  const others = argNames.filter((name) => name !== arg);
  const follows = new RegExp(`\\s*(?:${anyOf(others)}|</${callTag}\\s*>|\`\`\`|$)`, 'iy');
  const close = lastClosing(raw, arg, start, (end) => {
    follows.lastIndex = end;
    return follows.test(raw);
  });
  const first = firstClosing(raw, arg, start);
  if (!close || !first || first.at === close.at) return close;
  const opensBefore = raw.slice(start, first.at).toLowerCase().includes(`<${arg}`);
  return !opensBefore && /^\s*<tool[\s>]/i.test(raw.slice(first.end, close.at)) ? undefined : close;
}

function firstClosing(raw: string, tag: string, from: number): Span | undefined {
  const close = new RegExp(`</${tag}\\s*>`, 'gi');
  close.lastIndex = from;
  const match = close.exec(raw);
  return match ? { at: match.index, end: close.lastIndex } : undefined;
}

interface Span {
  at: number;
  end: number;
}

/**
 * The closing tag of an element that is open at `from`: the first that `ends` accepts and that no
 * further closing tag follows without an opening one before it. For where one does, the first lay
 * in a sample inside the content.
 */
export function lastClosing(
  raw: string,
  tag: string,
  from: number,
  ends: (end: number) => boolean = () => true,
): Span | undefined {
  const tags = new RegExp(`<(/?)${tag}\\s*>`, 'gi');
  tags.lastIndex = from;
  let found: Span | undefined;
  for (let match = tags.exec(raw); match; match = tags.exec(raw)) {
    const isOpening = match[1] === '';
    if (isOpening && found) return found;
    if (!isOpening && ends(tags.lastIndex)) found = { at: match.index, end: tags.lastIndex };
  }
  return found;
}

function closingOf(raw: string, tag: string, from: number): Span {
  return lastClosing(raw, tag, from) ?? { at: raw.length, end: raw.length };
}
