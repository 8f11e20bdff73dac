/**
 * Calls in XML: `<tool name="write_file" path="f.py"><content>…</content></tool>`, and
 * `<write_file><path>…`. Attributes and child elements are arguments, unchanged, but only those that
 * the tool has: a `<path>` inside content is content.
 */
import { lastClosing, openingOf, readElements, type ElementSyntax, type Span } from './elements.ts';
import { readJsonCall } from './json.ts';
import { matchAt } from '../match-at.ts';
import { malformed, toolNamedAt, type Construct, type Reply, type ToolShapes } from '../reply.ts';

const xml = (callTag: string): ElementSyntax => ({
  // Attributes in the tag of an argument are ignored.
  open: (name) => `<${name}(?:\\s[^<>]*)?>`,
  close: (name) => `</${name}\\s*>`,
  endOfCall: `</${callTag}\\s*>`,
});

/** Reads the call whose opening tag starts at `at`. */
export function readXmlCall(raw: string, at: number, tools: ToolShapes): Construct {
  const tag = readOpeningTag(raw, at);
  if (!tag) {
    const problem = 'the opening tag of the tool call is broken';
    return { reply: malformed(problem, toolNamedAt(raw, at, tools)), end: raw.length };
  }
  const { name: spelled, ...attributes } = tag.attributes;
  const isToolTag = tag.tag.toLowerCase() === 'tool';
  const inner = isToolTag && spelled === undefined ? readNameElement(raw, tag.end) : undefined;
  const name = isToolTag ? (spelled ?? inner?.name ?? '').trim() : tag.tag.toLowerCase();
  if (!name) {
    const problem = 'the tool call has neither JSON nor a name';
    const meant = toolNamedAt(raw, tag.end, tools);
    return { reply: malformed(problem, meant), end: closingOf(raw, tag.tag, tag.end).end };
  }
  const shape = tools.get(name);
  const args: Record<string, unknown> = Object.fromEntries(
    Object.entries(attributes).filter(([key]) => !shape || shape.argNames.includes(key)),
  );
  const call: Reply = { type: 'call', name, args, ignored: '' };
  if (tag.selfClosing) return { reply: call, end: tag.end };
  const start = inner?.end ?? tag.end;
  if (!shape) return { reply: call, end: closingOf(raw, tag.tag, start).end };
  // With only attributes and nothing after them, the call is complete without a closing tag.
  if (Object.keys(args).length > 0 && raw.slice(start).trim() === '') {
    return { reply: call, end: raw.length };
  }

  const { argNames } = shape;
  const bodyArg = shape.body && !Object.hasOwn(args, shape.body) ? shape.body : undefined;
  const foreign = bodyArg && foreignElement(raw, start, argNames, tools);
  if (foreign) {
    const problem = `${name} has no argument ${foreign}`;
    return { reply: malformed(problem, name), end: closingOf(raw, tag.tag, start).end };
  }
  const body = readBody(raw, start, { tag: tag.tag, name, argNames, bodyArg });
  if ('uncertain' in body) {
    const problem = `the end of <${body.uncertain || tag.tag}> is not certain`;
    return { reply: malformed(problem, name), end: raw.length };
  }
  // An attribute wins over an element in the body.
  return { reply: { ...call, args: { ...args, ...body.args, ...args } }, end: body.end };
}

/** The argument of another tool that a body starts with: it would be taken for text. */
function foreignElement(
  raw: string,
  start: number,
  argNames: readonly string[],
  tools: ToolShapes,
): string | undefined {
  const first = matchAt(raw, start, '\\s*<(\\w+)>')?.groups[0];
  const isOwn = first === undefined || argNames.includes(first);
  const isOther = [...tools.values()].some((tool) => first && tool.argNames.includes(first));
  return !isOwn && isOther ? first : undefined;
}

interface OpeningTag {
  tag: string;
  attributes: Record<string, string>;
  selfClosing: boolean;
  end: number;
}

const ATTRIBUTE = `\\s+([a-z_]\\w*)\\s*=\\s*(?:"([^"]*)"|'([^']*)')`;

/** A `>` inside a quoted value does not end the tag. */
function readOpeningTag(raw: string, at: number): OpeningTag | undefined {
  const open = matchAt(raw, at, '<([a-z_]\\w*)');
  const tag = open?.groups[0];
  if (!open || tag === undefined) return undefined;
  const attributes: Record<string, string> = {};
  let end = open.end;
  for (;;) {
    const attribute = matchAt(raw, end, ATTRIBUTE);
    if (!attribute) break;
    const [name = '', inDouble, inSingle = ''] = attribute.groups;
    attributes[name] = inDouble ?? inSingle;
    end = attribute.end;
  }
  const close = matchAt(raw, end, '\\s*(/?)>');
  return close && { tag, attributes, selfClosing: close.groups[0] === '/', end: close.end };
}

/** The name as the first child element: `<tool><name>read_file</name>…`. */
function readNameElement(raw: string, from: number): { name: string; end: number } | undefined {
  const element = matchAt(raw, from, '\\s*<name>([^<]*)</name>');
  return element ? { name: element.groups[0] ?? '', end: element.end } : undefined;
}

/** A call whose opening tag has been read. */
interface OpenCall {
  tag: string;
  name: string;
  argNames: readonly string[];
  /** The argument that a body of text is taken for, unless an attribute has it. */
  bodyArg: string | undefined;
}

type Body = { args: Record<string, unknown>; end: number } | { uncertain: string };

/** The body of a call: child elements, the text of one argument, or JSON. */
function readBody(raw: string, start: number, call: OpenCall): Body {
  const { tag, name, argNames, bodyArg } = call;
  const syntax = xml(tag);
  const element = `\\s*(?:${openingOf(syntax, argNames)}|${syntax.endOfCall})`;
  if (bodyArg !== undefined && !matchAt(raw, start, element)) {
    const close = closingTag(raw, tag, start);
    const text = raw.slice(start, close?.at);
    // With words before the element, it is unclear whether the text is the body or the element.
    const holdsElement = new RegExp(openingOf(syntax, [bodyArg]), 'i').test(text);
    if (!close || holdsElement) return { uncertain: tag };
    return { args: { [bodyArg]: withoutOwnLine(text) }, end: close.end };
  }
  const json = matchAt(raw, start, '\\s*(?:<(?:args|arguments|parameters)>\\s*)?(?=\\{)');
  if (json) {
    const { reply, end } = readJsonCall(raw, json.end, name);
    if (reply.type === 'call') return { args: reply.args, end: closingOf(raw, tag, end).end };
  }
  const elements = readElements(raw, start, syntax, argNames);
  if (tag.toLowerCase() === 'tool' || 'uncertain' in elements) return elements;
  // In a tag that is the tool's name, models put text on lines of its own.
  const args = Object.entries(elements.args).map(([arg, text]) => [arg, withoutOwnLine(text)]);
  return { args: Object.fromEntries(args), end: elements.end };
}

/** The text without the newline after its tag. */
function withoutOwnLine(text: string): string {
  return text.replace(/^\r?\n/, '');
}

/** The closing tag of an element that is open at `from`, or undefined. */
export function closingTag(raw: string, tag: string, from: number): Span | undefined {
  return lastClosing(raw, { open: `<${tag}(?:\\s[^<>]*)?>`, close: `</${tag}\\s*>` }, from);
}

function closingOf(raw: string, tag: string, from: number): Span {
  return closingTag(raw, tag, from) ?? { at: raw.length, end: raw.length };
}
