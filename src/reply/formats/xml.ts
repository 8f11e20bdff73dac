/**
 * Calls in XML: `<tool name="write_file" path="f.py"><content>…</content></tool>`, and
 * `<write_file><path>…`. Attributes and child elements are arguments, unchanged: a `<path>` inside
 * content is content.
 */
import { lastClosing, textKeys, type Span } from './elements.ts';
import { readJsonCall } from './json.ts';
import { readPython } from './pythonic.ts';
import { decoded, hasEntity, readOpeningTag, type OpeningTag } from './opening-tag.ts';
import { matchAt } from '../match-at.ts';
import { nameKey, toolsCalled, toolNamedAt } from '../names.ts';
import { malformed, type Construct, type ToolShapes } from '../reply.ts';
import { readBody } from './xml-body.ts';

/** Reads the call whose opening tag starts at `at`. */
export function readXmlCall(raw: string, at: number, tools: ToolShapes): Construct {
  const tag = readOpeningTag(raw, at);
  if (!tag) {
    const problem = 'the opening tag of the tool call is broken';
    return { reply: malformed(problem, toolNamedAt(raw, at, tools)), end: raw.length };
  }
  const { name, attributes, from } = namedBy(raw, tag, tools);
  if (!name) {
    const call = nameAndList(raw, tag, tools);
    if (call) return call;
    const problem = 'the tool call has neither JSON nor a name';
    const meant = toolNamedAt(raw, tag.end, tools);
    return { reply: malformed(problem, meant), end: closingOf(raw, tag.tag, tag.end).end };
  }
  const args = new Map<string, unknown>();
  const texts = textKeys(name, tools);
  for (const [key, value] of attributes) {
    const isText = texts.has(nameKey(key));
    // The tool itself says what is wrong with entities in a command.
    if (hasEntity(value) && !(isText ? nameKey(key) === 'command' : tag.escaped.has(key))) {
      const problem = `it is not certain whether the entities in ${key} are meant as such`;
      return { reply: malformed(problem, name), end: closingOf(raw, tag.tag, tag.end).end };
    }
    args.set(key, !isText && tag.escaped.has(key) ? decoded(value) : value);
  }
  const call = (end: number): Construct => ({
    reply: { type: 'call', name, args: Object.fromEntries(args), ignored: '' },
    end,
  });
  if (tag.isClosed) return call(tag.end);
  // With only attributes and nothing after them, the call is complete without a closing tag.
  if (args.size > 0 && raw.slice(from).trim() === '') return call(raw.length);
  const isOurs = tag.tag.toLowerCase() === 'tool' && from === tag.end;
  const open = { tag: tag.tag, name, isOurs, given: [...args.keys()] };
  const body = readBody(raw, from, open, tools);
  if ('problem' in body) {
    return { reply: malformed(body.problem, name), end: body.end ?? raw.length };
  }
  for (const [key, value] of Object.entries(body.args)) {
    const same = [...args].find(([other]) => nameKey(other) === nameKey(key));
    if (same && same[1] !== value) {
      return { reply: malformed(`the argument ${key} is given twice`, name), end: body.end };
    }
    if (!same) args.set(key, value);
  }
  return call(body.end);
}

/** Tags that say that something is called, but not what. */
const CALL_TAG = /^(?:tool|tool_call|function_call|tool_use|function|call)$/i;
/** The attributes or elements that name the tool. */
const NAMING = '(?:name|tool|tool_name|function|function_name)';

/** The name of the tool, the attributes that are arguments, and where the body starts. */
function namedBy(raw: string, { tag, attributes, word, end }: OpeningTag, tools: ToolShapes) {
  const named = /^tool[:.](.+)$/i.exec(tag)?.[1] ?? (CALL_TAG.test(tag) ? undefined : tag);
  if (named !== undefined) return { name: named, attributes, from: end };
  const naming = new RegExp(`^${NAMING}$`, 'i');
  const key = [...attributes.keys()].find((attribute) => naming.test(attribute));
  const others = [...attributes].filter(([attribute]) => attribute !== key);
  if (key !== undefined) {
    return { name: attributes.get(key)?.trim(), attributes: others, from: end };
  }
  if (word !== undefined && toolsCalled(word, tools).length > 0) {
    return { name: word, attributes, from: end };
  }
  const element = matchAt(raw, end, `\\s*<(${NAMING})>([^<]*)</\\1\\s*>`);
  const bare = element ?? matchAt(raw, end, '\\s*()([a-z_][\\w.-]*)\\s*(?=<[a-z_])');
  const [, name = ''] = bare?.groups ?? [];
  const isName = element !== undefined || toolsCalled(name, tools).length > 0;
  return { name: isName ? name.trim() : undefined, attributes, from: bare?.end ?? end };
}

/** `read_file {"path": "a"}` or `read_file(path="a")` between the tags. */
function nameAndList(raw: string, { tag, end }: OpeningTag, tools: ToolShapes) {
  const open = matchAt(raw, end, '\\s*([a-z_][\\w.-]*)\\s*(?=[{(])');
  const name = open?.groups[0] ?? '';
  if (!open || toolsCalled(name, tools).length === 0) return undefined;
  const call =
    raw.charAt(open.end) === '{' ? readJsonCall(raw, open.end, name) : readPython(raw, end, tools);
  return call && matchAt(raw, call.end, `\\s*(?:</${tag}\\s*>|$)`) ? call : undefined;
}

/** The closing tag of an element that is open at `from`, or undefined. */
export function closingTag(raw: string, tag: string, from: number): Span | undefined {
  return lastClosing(raw, { open: `<${tag}(?:\\s[^<>]*)?>`, close: `</${tag}\\s*>` }, from).found;
}

/** As `closingTag`, or the end of the text. */
function closingOf(raw: string, tag: string, from: number): Span {
  return closingTag(raw, tag, from) ?? { at: raw.length, end: raw.length };
}
