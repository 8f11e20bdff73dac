/** Calls in JSON: `<tool>{"name":…,"args":{…}}</tool>`, and what models make of it. */
import { malformed, type Construct, type Reply, type ToolShapes } from '../reply.ts';
import { readObject } from './json-object.ts';

/**
 * Reads the object at `start`. A `</tool>` inside one of its strings is content. If the name is
 * known from elsewhere, the object may be just the arguments.
 */
export function readJsonCall(raw: string, start: number, knownName?: string): Construct {
  const { value, problem, nameSeen, end } = readObject(raw, start);
  if (problem) return { reply: malformed(problem, knownName ?? nameSeen), end };
  return { reply: callFromJson(unpack(value), knownName), end };
}

/**
 * Reads an object without tags: a call if it names an existing tool and has its arguments, or if it
 * is the whole reply; an answer if it is `{"final": …}` and the whole reply. Otherwise returns the
 * place up to which the text is only prose.
 */
export function readBareJson(raw: string, start: number, tools: ToolShapes): Construct | number {
  const { value, problem, nameSeen = '', end } = readObject(raw, start);
  const prose = end === raw.length && problem ? start + 1 : end;
  if (!standsApart(raw, start, end)) return prose;
  const isAlone = isWholeReply(raw, start, end);
  if (problem) {
    const isMeant = NAME_AND_ARGS.test(raw.slice(start, start + 400));
    const isKnown = isAlone || tools.has(nameSeen);
    return isMeant && isKnown ? { reply: malformed(problem, nameSeen), end } : prose;
  }
  const unpacked = unpack(value);
  const { name, args, hasArgs, final } = unpacked;
  const isFinal = isAlone && final !== undefined;
  if (isFinal) return { reply: callFromJson(unpacked), end };
  // A schema describes a tool, it does not call it.
  if (typeof name !== 'string' || !isObject(args) || 'properties' in args) return prose;
  const keys = Object.keys(args);
  const known = tools.get(name)?.argNames ?? [];
  // {"name": "search", "version": …} is a package, {"name": "search", "path": …} may be a call.
  const fits = hasArgs
    ? keys.some((key) => known.includes(key))
    : keys.every((key) => known.includes(key));
  const isCall = keys.length > 0 ? fits && tools.has(name) : isAlone && tools.has(name);
  // A whole reply with an unknown tool or argument is a call, which the gate will refuse with help.
  return isCall || (isAlone && hasArgs) ? { reply: callFromJson(unpacked), end } : prose;
}

const NAME_AND_ARGS =
  /^\{\s*["'](?:name|tool|tool_name|action)["']\s*:[^{}]*["'](?:args|arguments|parameters|input|action_input)["']\s*:/;

/** Whether it starts its line or ends the reply. Inside a line of code it is code. */
function standsApart(raw: string, start: number, end: number): boolean {
  const before = raw.slice(Math.max(0, start - 40), start);
  return /(?:^|[\n>])[ \t[`]*$/.test(before) || /^[\s`]*$/.test(raw.slice(end, end + 40));
}

/** Whether only reasoning and a code fence are around it. */
function isWholeReply(raw: string, start: number, end: number): boolean {
  const before = raw.slice(Math.max(0, start - 200), start);
  const opening = start <= 200 ? /(?:^|>)[\s[]*(?:```\w*[\s[]*)?$/ : />[\s[]*(?:```\w*[\s[]*)?$/;
  return opening.test(before) && /^[\s`\]]*$/.test(raw.slice(end, end + 40));
}

const NAME_KEYS = ['name', 'tool', 'tool_name', 'function', 'action'];
const ARGS_KEYS = ['args', 'arguments', 'parameters', 'input', 'action_input'];

interface Unpacked {
  name: unknown;
  args: unknown;
  /** The arguments have a key of their own, and are not beside the name. */
  hasArgs: boolean;
  /** `{"final": "text"}`: an answer in JSON. */
  final: string | undefined;
}

/** Finds name and arguments in `{name, args}` and its variants, wrapped or not. */
function unpack(value: Record<string, unknown>): Unpacked {
  const call = unwrapped(unwrapped(value));
  const nameKey = NAME_KEYS.find((key) => Object.hasOwn(call, key)) ?? 'name';
  const argsKey = ARGS_KEYS.find((key) => Object.hasOwn(call, key));
  const { [nameKey]: name, ...rest } = call;
  const isFinal = nameKey === 'name' && name === undefined && typeof rest['final'] === 'string';
  return {
    name,
    args: argsKey === undefined ? rest : fromString(rest[argsKey]),
    hasArgs: argsKey !== undefined,
    final: isFinal ? String(rest['final']) : undefined,
  };
}

/** The object inside `{"function": {…}}` or `{"tool_calls": [{…}]}`; the first of a list. */
function unwrapped(value: Record<string, unknown>): Record<string, unknown> {
  for (const key of ['function', 'tool_call', 'function_call', 'tool_calls']) {
    const inner: unknown = value[key];
    const first: unknown = Array.isArray(inner) ? inner[0] : inner;
    if (isObject(first)) return first;
  }
  return value;
}

/** Arguments that nest deeper are refused: they could overflow the stack of code that walks them. */
const MAX_NESTING = 100;

function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => nestsDeeper(inner, levels - 1));
}

function callFromJson({ name, args, final }: Unpacked, knownName?: string): Reply {
  if (final !== undefined && knownName === undefined) {
    return final.trim() ? { type: 'final', text: final.trim() } : malformed('the answer was empty');
  }
  const called = name ?? knownName;
  if (typeof called !== 'string' || !called.trim()) return malformed('the tool call has no "name"');
  if (!isObject(args)) return malformed('the "args" of the tool call are not an object', called);
  if (nestsDeeper(args, MAX_NESTING))
    return malformed('the arguments of the call nest too deeply', called);
  return { type: 'call', name: called.trim(), args, ignored: '' };
}

/** Arguments may come as a string of JSON, or as null for none. */
function fromString(args: unknown): unknown {
  if (args === null) return {};
  if (typeof args !== 'string') return args;
  try {
    return JSON.parse(args);
  } catch {
    return args;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
