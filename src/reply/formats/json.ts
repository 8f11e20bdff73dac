/** Calls in JSON: `<tool>{"name":…,"args":{…}}</tool>`, and what models make of it. */
import { isDeepStrictEqual } from 'node:util';
import { argSpellings, nameKey, toolMeant, toolNamed, toolWithArgs } from '../names.ts';
import { malformed, type Construct, type Reply, type ToolShapes } from '../reply.ts';
import { beginsReply } from './around.ts';
import { readObject } from './json-object.ts';

/**
 * Reads the object at `start`. A `</tool>` inside one of its strings is content. If the name is
 * known from elsewhere, the object may be just the arguments.
 */
export function readJsonCall(raw: string, start: number, knownName?: string): Construct {
  const { value, problem, nameSeen, end } = readObject(raw, start);
  if (problem) return { reply: malformed(problem, knownName ?? nameSeen), end };
  return { reply: callFromJson(unpack(value, knownName)), end };
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
    const isKnown = isAlone || toolNamed(nameSeen, tools) !== undefined;
    return isMeant && isKnown ? { reply: malformed(problem, nameSeen), end } : prose;
  }
  const unpacked = unpack(value);
  const { name, args, form, final } = unpacked;
  const isFinal = isAlone && final !== undefined;
  if (isFinal) return { reply: callFromJson(unpacked), end };
  const answer = isAlone && typeof name === 'string' ? answerOf(name, args, tools) : undefined;
  if (answer !== undefined) return { reply: { type: 'final', text: answer }, end };
  const alone = isAlone ? toolWithArgs(value, tools) : undefined;
  if (alone !== undefined && tools.get(alone)?.risky) {
    return { reply: malformed('the tool call has no "name"', alone), end };
  }
  // A schema describes a tool, it does not call it.
  if (typeof name !== 'string' || !isObject(args) || 'properties' in args) return prose;
  const keys = Object.keys(args);
  const known = new Set(argSpellings(name, tools).map(nameKey));
  const isKnown = (key: string) => known.has(nameKey(key));
  const tool = toolNamed(name, tools) ?? (isAlone ? toolMeant(name, args, tools) : undefined);
  // {"name": "search", "version": …} is a package, {"name": "search", "path": …} may be a call, and
  // {"search": {"path": …}} is one only if nothing else is there.
  const fits = form === 'args' ? keys.some(isKnown) || keys.length === 0 : keys.every(isKnown);
  const isEnough = isAlone || (form !== 'key' && (form === 'args' || keys.length > 0));
  const isCall = tool !== undefined && fits && isEnough;
  // A whole reply with an unknown tool or argument is a call, which the gate will refuse with help.
  const isRefused = isAlone && form === 'args';
  return isCall || isRefused ? { reply: callFromJson(unpacked), end } : prose;
}

/** Other agents answer by a call: `{"action": "Final Answer", "action_input": "It is done."}`. */
function answerOf(name: string, args: unknown, tools: ToolShapes): string | undefined {
  if (!/^final[ _-]?(?:answer)?$/i.test(name) || toolNamed(name, tools) !== undefined) return;
  const values = isObject(args) ? Object.values(args) : [args];
  const text = values.length === 1 && typeof values[0] === 'string' ? values[0].trim() : '';
  return text || undefined;
}

const NAME_AND_ARGS =
  /^\{\s*["'](?:name|tool|tool_name|action)["']\s*:[^{}]*["'](?:args|arguments|parameters|(?:tool_|action_)?input|tool_args)["']\s*:/;

/** Whether it starts its line or ends the reply. Inside a line of code it is code. */
function standsApart(raw: string, start: number, end: number): boolean {
  const before = raw.slice(Math.max(0, start - 40), start);
  return /(?:^|[\n>])[ \t[`]*$/.test(before) || /^[\s`]*$/.test(raw.slice(end, end + 40));
}

/** Whether only reasoning, a code fence and a list are around it. */
function isWholeReply(raw: string, start: number, end: number): boolean {
  const list = /[\s[]*$/.exec(raw.slice(Math.max(0, start - 40), start))?.[0] ?? '';
  return beginsReply(raw, start - list.length) && /^[\s`\]]*$/.test(raw.slice(end, end + 40));
}

const NAME_KEYS = [
  'name',
  'tool',
  'tool_name',
  'toolName',
  'function',
  'function_name',
  'recipient_name',
  'action',
];
const ARGS_KEYS = (
  'args arguments parameters params input tool_input tool_args function_args ' +
  'function_arguments action_input kwargs'
).split(' ');
/** Objects, or lists of them, that hold the call. */
const WRAPPERS = (
  'function functionCall function_call tool_call toolCall tool_use toolUse ' +
  'tool_calls toolCalls tool_uses function_calls tool action call'
).split(' ');
/** Likewise, but only if a name is in them: AutoGPT, MCP. */
const MAYBE_WRAPPERS = ['command', 'params'];
/** Keys beside a call that are no arguments, where these have a key of their own. */
const BESIDE = new Set(
  (
    'id type index call_id tool_call_id toolUseId role status strict thought thoughts thinking ' +
    'reasoning reason rationale explanation description analysis plan observation ' +
    'comment final'
  ).split(' '),
);

interface Unpacked {
  name: unknown;
  args: unknown;
  /** Where the arguments are: under a key of their own, beside the name, or under the name. */
  form: 'args' | 'beside' | 'key';
  /** `{"final": "text"}`: an answer in JSON. */
  final?: string | undefined;
  /** An argument that stands beside the arguments with another value than among them. */
  twice?: string | undefined;
}

/**
 * Finds name and arguments in `{name, args}` and its variants, wrapped or not.
 * @param knownName the name, if it is known from elsewhere
 */
function unpack(value: Record<string, unknown>, knownName?: string): Unpacked {
  const call = unwrapped(unwrapped(value));
  const nameAt = NAME_KEYS.find((key) => Object.hasOwn(call, key));
  const argsAt = ARGS_KEYS.find((key) => Object.hasOwn(call, key));
  if (knownName !== undefined) return unpackArgs(value, call, { nameAt, argsAt, knownName });
  const keys = Object.keys(call);
  const only = keys.length === 1 ? keys[0] : undefined;
  if (only !== undefined && nameAt === undefined && argsAt === undefined && isObject(call[only])) {
    return { name: only, args: call[only], form: 'key' };
  }
  const { [nameAt ?? 'name']: name, ...rest } = call;
  const final =
    nameAt === undefined && typeof rest['final'] === 'string' ? rest['final'] : undefined;
  if (argsAt === undefined) return { name, args: rest, form: 'beside', final };
  const args = fromString(rest[argsAt]);
  if (!isObject(args)) return { name, args, form: 'args', final };
  const beside = Object.entries(rest).filter(([key]) => key !== argsAt && !BESIDE.has(key));
  const [twice] = beside.find(([key, other]) => isOther(args[key], other)) ?? [];
  return { name, args: { ...Object.fromEntries(beside), ...args }, form: 'args', final, twice };
}

/** Whether both are values, and not the same. */
function isOther(one: unknown, other: unknown): boolean {
  return one !== undefined && !isDeepStrictEqual(one, other);
}

/** With the name known, an object without it is all arguments, whatever their names. */
function unpackArgs(
  value: Record<string, unknown>,
  call: Record<string, unknown>,
  at: { nameAt: string | undefined; argsAt: string | undefined; knownName: string },
): Unpacked {
  const { nameAt, argsAt, knownName } = at;
  const name = nameAt === undefined ? undefined : call[nameAt];
  const isNamed = typeof name === 'string' && nameKey(name) === nameKey(knownName);
  if (isNamed) return { ...unpack(value), name: knownName };
  const isWrapped = argsAt !== undefined && Object.keys(call).every((key) => key === argsAt);
  const inner = isWrapped ? fromString(call[argsAt]) : undefined;
  return { name: knownName, args: isObject(inner) ? inner : value, form: 'args' };
}

/** The object inside `{"function": {…}}` or `{"tool_calls": [{…}]}`; the first of a list. */
function unwrapped(value: Record<string, unknown>): Record<string, unknown> {
  // Beside a name it is an argument.
  if (NAME_KEYS.some((key) => typeof value[key] === 'string')) return value;
  for (const key of [...WRAPPERS, ...MAYBE_WRAPPERS]) {
    const inner: unknown = value[key];
    const first: unknown = Array.isArray(inner) ? inner[0] : inner;
    if (!isObject(first)) continue;
    if (WRAPPERS.includes(key) || NAME_KEYS.some((name) => typeof first[name] === 'string')) {
      return first;
    }
  }
  return value;
}

/** Arguments that nest deeper are refused: they could overflow the stack of code that walks them. */
const MAX_NESTING = 100;

function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => nestsDeeper(inner, levels - 1));
}

function callFromJson({ name: called, args, final, twice }: Unpacked): Reply {
  if (final !== undefined) {
    return final.trim() ? { type: 'final', text: final.trim() } : malformed('the answer was empty');
  }
  if (typeof called !== 'string' || !called.trim()) return malformed('the tool call has no "name"');
  if (!isObject(args)) return malformed('the "args" of the tool call are not an object', called);
  if (twice !== undefined) return malformed(`the argument ${twice} is there twice`, called);
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
