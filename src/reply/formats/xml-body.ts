/** The body of a call in XML: child elements, JSON, or the text of one argument. */
import {
  AT_END,
  HOLDER,
  lastClosing,
  openingOf,
  readElements,
  textKeys,
  type ElementSyntax,
} from './elements.ts';
import { readJsonCall } from './json.ts';
import { matchAt } from '../match-at.ts';
import { argNamed, argSpellings, nameKey, toolNamed, toolsCalled } from '../names.ts';
import type { ToolShapes } from '../reply.ts';

/** A call whose opening tag has been read. */
interface OpenCall {
  tag: string;
  name: string;
  /** It is in the form that the prompt shows: its text is kept unchanged. */
  isOurs: boolean;
  /** The arguments that its attributes give. */
  given: readonly string[];
}

/** The arguments of a body and where the call ends, or why that is not certain. */
type Body = { args: Record<string, unknown>; end: number } | { problem: string; end?: number };

/** Reads the body that starts at `start`. */
export function readBody(raw: string, start: number, call: OpenCall, tools: ToolShapes): Body {
  const { name } = call;
  const spellings = argSpellings(name, tools);
  const syntax = syntaxAt(raw, start, call, spellings);
  const bodyArg = bodyArgOf(call, tools);
  const isBodyOwn =
    bodyArg !== undefined && tools.get(toolNamed(name, tools) ?? '')?.body === bodyArg;
  // In a body that is a file, only an argument's own element is one.
  const first = isBodyOwn
    ? `${openingOf(syntax, spellings)}|<(?:${spellings.join('|')})(?:\\s[^<>]*)?/>`
    : '<[a-z_!]';
  const element = `\\s*(?:${first}|<${HOLDER}>|${syntax.endOfCall}|$)`;
  if (!matchAt(raw, start, element)) {
    const json = matchAt(raw, start, `\\s*(?:\`\`\`(?:json)?\\s*)?(?=\\{)`);
    const isJson = json && !(isBodyOwn && call.given.length > 0);
    if (json && isJson) return readJson(raw, json.end, call, syntax, tools);
    if (json && holdsArgument(raw, json.end, call, spellings)) {
      return { problem: 'it is not certain whether the JSON is text or the arguments' };
    }
    if (bodyArg !== undefined) return readText(raw, start, call, syntax, bodyArg, tools);
  }
  const foreign = isBodyOwn && foreignElement(raw, start, spellings, tools);
  if (foreign) return { problem: `${name} has no argument ${foreign}` };
  const json = matchAt(raw, start, `\\s*<${HOLDER}>\\s*(?:\`\`\`(?:json)?\\s*)?(?=\\{)`);
  if (json) return readJson(raw, json.end, call, syntax, tools);
  const elements = readElements(raw, start, syntax, name, tools);
  if (call.isOurs || 'problem' in elements) return elements;
  // In other tags, models put text on lines of its own.
  const args = Object.entries(elements.args).map(([arg, text]) => [arg, withoutOwnLine(text)]);
  return { args: Object.fromEntries(args), end: elements.end };
}

/** How the elements of this body are written; the first one shows it. */
function syntaxAt(
  raw: string,
  start: number,
  { tag, name }: OpenCall,
  spellings: readonly string[],
): ElementSyntax {
  const closers = ['tool', 'tool_call', 'function_call', 'tool_use', tag];
  if (/^[\w.-]+$/.test(name)) closers.push(name);
  const call = {
    endOfCall: `</(?:${closers.join('|')})\\s*>`,
    // An element may have the name of its call.
    ...(!spellings.includes(tag.toLowerCase()) && { anotherCall: `<${tag}[\\s>]` }),
  };
  const first = matchAt(
    raw,
    start,
    `\\s*(?:<${HOLDER}>\\s*)?<(parameter|param|argument|arg)(=|\\s+name\\s*=)`,
  );
  const [element = '', sign] = first?.groups ?? [];
  const close = () => `</${element}\\s*>`;
  if (sign === '=') return { ...call, open: (arg) => `<${element}=${arg}\\s*>`, close };
  if (sign !== undefined) {
    return { ...call, open: (arg) => `<${element}\\s+name\\s*=\\s*["']?${arg}["']?[^<>]*>`, close };
  }
  return {
    ...call,
    open: (arg) => `<${arg}(?:\\s[^<>]*)?(?<!/)>`,
    close: (arg) => `</${arg}\\s*>`,
  };
}

/** The argument that a body of plain text is: the tool's `body`, or else the only one it needs. */
function bodyArgOf({ name, given }: OpenCall, tools: ToolShapes): string | undefined {
  const args = toolsCalled(name, tools).map((tool) => {
    const shape = tools.get(tool);
    if (!shape) return undefined;
    const { body, required = [] } = shape;
    const arg = body ?? (required.length === 1 ? required[0] : undefined);
    return given.some((key) => argNamed(key, shape) === arg) ? undefined : arg;
  });
  return new Set(args).size === 1 ? args[0] : undefined;
}

/** An argument of another tool that starts the body: it would be taken for text. */
function foreignElement(
  raw: string,
  start: number,
  spellings: readonly string[],
  tools: ToolShapes,
): string | undefined {
  const first = matchAt(raw, start, '\\s*<(\\w+)>')?.groups[0];
  const isOwn = first === undefined || spellings.includes(first);
  const isOther = [...tools.values()].some((tool) => first && tool.argNames.includes(first));
  return !isOwn && isOther ? first : undefined;
}

/** Whether the object at `start` has arguments of the call. */
function holdsArgument(
  raw: string,
  start: number,
  { name }: OpenCall,
  spellings: readonly string[],
): boolean {
  const { reply } = readJsonCall(raw, start, name);
  const known = new Set(spellings.map(nameKey));
  return reply.type === 'call' && Object.keys(reply.args).some((key) => known.has(nameKey(key)));
}

/** An object with the arguments, and perhaps elements after it. */
function readJson(
  raw: string,
  start: number,
  { name }: OpenCall,
  syntax: ElementSyntax,
  tools: ToolShapes,
): Body {
  const { reply, end } = readJsonCall(raw, start, name);
  if (reply.type !== 'call') {
    return { problem: reply.type === 'malformed' ? reply.problem : 'the call is an answer', end };
  }
  if (nameKey(reply.name) !== nameKey(name)) {
    return { problem: `the call names both ${name} and ${reply.name}`, end };
  }
  const closers = `(?:\\s*(?:\`\`\`|</${HOLDER}\\s*>))*`;
  const close = matchAt(raw, end, `${closers}\\s*(?:${syntax.endOfCall}|$)`);
  if (close) return { args: reply.args, end: close.end };
  if (!new RegExp(syntax.endOfCall, 'i').test(raw.slice(end))) return { args: reply.args, end };
  const rest = readElements(raw, end, syntax, name, tools);
  if ('problem' in rest) return rest;
  const twice = Object.keys(rest.args).find((key) => Object.hasOwn(reply.args, key));
  if (twice) return { problem: `the argument ${twice} is given twice` };
  return { args: { ...reply.args, ...rest.args }, end: rest.end };
}

/** The text of one argument. */
function readText(
  raw: string,
  start: number,
  { tag, name }: OpenCall,
  syntax: ElementSyntax,
  arg: string,
  tools: ToolShapes,
): Body {
  const uncertain = { problem: `the end of <${tag}> is not certain` };
  const pair = { open: `<${tag}(?:\\s[^<>]*)?(?<!/)>`, close: `</${tag}\\s*>` };
  let first: number | undefined;
  const { found, next } = lastClosing(raw, pair, start, ({ at }) => {
    first ??= at;
    return true;
  });
  if (!found) return uncertain;
  // The same tag again is another call only with a name or an object.
  const another = `<${tag}(?:\\s+\\w|\\s*>\\s*(?:{|<(?:tool_)?name>))`;
  if (next !== undefined && !matchAt(raw, next, another)) return uncertain;
  const text = raw.slice(start, found.at);
  // With words before the element, it is unclear whether the text is the body or the element.
  if (new RegExp(openingOf(syntax, [arg]), 'i').test(text)) return uncertain;
  // Words behind the call may mention its closing tag.
  if (first !== found.at && !AT_END.test(raw.slice(found.end))) return uncertain;
  // A path or a pattern is one line without tags.
  if (!textKeys(name, tools).has(nameKey(arg)) && /<|\S\s*\n\s*\S/.test(text)) return uncertain;
  const isCommand = nameKey(arg) === 'command';
  return {
    args: { [arg]: isCommand ? text.trim() : withoutOwnLine(text) },
    end: found.end,
  };
}

/** The text without the newline after its tag. */
function withoutOwnLine(text: string): string {
  return text.replace(/^\r?\n/, '');
}
