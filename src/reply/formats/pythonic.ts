/** Calls in Python with literal values: `read_file(path="a", start=1)`. */
import { afterWhitespace, matchAt } from '../match-at.ts';
import { toolNamed, toolsKnownAs } from '../names.ts';
import { malformed, type Construct, type ToolShapes } from '../reply.ts';
import { isNewKey, readLiteral } from './python-literals.ts';

/** A call in Python: `args` are missing where they are not literals, or not certain. */
export interface PythonCall {
  /** As it is spelled: `default_api.read_file`. */
  name: string;
  args?: Record<string, unknown>;
  /** Where the text after it starts; where its arguments start if they could not be read. */
  end: number;
}

/** What opens a call, with `print` around it or not: its name is the second group. */
export const CALL_HEAD = '(print\\(\\s{0,9})?((?:\\w{1,40}\\.){0,3}\\w{1,60})\\(';

/** Reads the call at `at`, if one opens there. */
export function readPythonCall(raw: string, at: number, tools: ToolShapes): PythonCall | undefined {
  const head = matchAt(raw, at, CALL_HEAD);
  if (!head) return undefined;
  const [print, dotted = ''] = head.groups;
  const name = dotted.replace(/\.call$/, '');
  const given = readArguments(raw, head.end);
  const args = given && namedArguments(given, name, tools);
  if (!given || !args) return { name, end: head.end };
  const closed = print === undefined ? given.end : closing(raw, given.end);
  // Something else behind it shows that a quote or a bracket in an argument was not meant to end it.
  const follows = closed === undefined ? undefined : matchAt(raw, closed, CALL_FOLLOWER);
  return closed === undefined || !follows ? { name, end: head.end } : { name, args, end: closed };
}

const CALL_FOLLOWER = '[ \\t]*(?:[\\],;)<`]|\\r?\\n\\s*(?!["\'\\s])|\\s*$)';

function closing(raw: string, at: number): number | undefined {
  const close = afterWhitespace(raw, at);
  return raw.charAt(close) === ')' ? close + 1 : undefined;
}

interface Given {
  named: Record<string, unknown>;
  positional: unknown[];
  end: number;
}

/** The arguments up to the closing parenthesis. */
function readArguments(raw: string, from: number): Given | undefined {
  const named: Record<string, unknown> = {};
  const positional: unknown[] = [];
  for (let at = afterWhitespace(raw, from); ;) {
    if (raw.charAt(at) === ')') return { named, positional, end: at + 1 };
    const keyword = matchAt(raw, at, '([a-z_]\\w{0,60})\\s{0,9}=\\s{0,9}');
    const value = readLiteral(raw, keyword?.end ?? at);
    const key = keyword?.groups[0];
    if (!value || (key !== undefined && !isNewKey(named, key))) return undefined;
    if (key === undefined) positional.push(value.value);
    else named[key] = value.value;
    at = afterWhitespace(raw, value.end);
    if (raw.charAt(at) === ',') at = afterWhitespace(raw, at + 1);
    else if (raw.charAt(at) !== ')') return undefined;
  }
}

/** A value without a name is the one argument that the tool must have, or an object with them all. */
function namedArguments(
  { named, positional }: Given,
  name: string,
  tools: ToolShapes,
): Record<string, unknown> | undefined {
  const [first, ...others] = positional;
  if (positional.length === 0) return named;
  if (others.length > 0) return undefined;
  if (typeof first === 'object' && first !== null && !Array.isArray(first)) {
    return Object.keys(named).length === 0 ? { ...first } : undefined;
  }
  const own = toolNamed(name, tools);
  const [tool = '', ...more] = own === undefined ? toolsKnownAs(name, tools) : [own];
  const [required, ...rest] = tools.get(tool)?.required ?? [];
  if (more.length > 0 || required === undefined || rest.length > 0) return undefined;
  return Object.hasOwn(named, required) ? undefined : { [required]: first, ...named };
}

/** Reads a call in Python, or the first of a list, inside marks that only calls have. */
export function readPython(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  const call = readPythonCall(raw, inList(raw, afterWhitespace(raw, at)), tools);
  if (!call) return undefined;
  const { name, args, end } = call;
  if (!args) return { reply: unreadable(name, tools), end: raw.length };
  return { reply: { type: 'call', name, args, ignored: '' }, end };
}

/** Where the first of a list starts, or the one thing that is not in a list. */
export function inList(raw: string, at: number): number {
  return raw.charAt(at) === '[' ? afterWhitespace(raw, at + 1) : at;
}

/** The reply to a call whose arguments are not whole, not literals, or not named. */
export function unreadable(name: string, tools: ToolShapes) {
  const problem = 'the arguments of the call are incomplete, or not plain values with their names';
  return malformed(problem, toolNamed(name, tools) ?? name);
}
