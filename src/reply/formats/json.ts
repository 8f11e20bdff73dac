/** The JSON form of a call: `<tool>{"name":…,"args":{…}}</tool>`, and what models make of it. */
import JSON5 from 'json5';
import { malformed, type Construct, type Reply, type ToolShapes } from '../reply.ts';

/**
 * Reads the object that begins at `start`. A `</tool>` inside one of its strings is content. Where
 * the name is known from elsewhere, the object may hold the arguments alone.
 */
export function readJsonCall(raw: string, start: number, knownName?: string): Construct {
  const { value, problem, nameSeen, end } = readObject(raw, start);
  if (problem) return { reply: malformed(problem, knownName ?? nameSeen), end };
  return { reply: callFromJson(unpack(value), knownName), end };
}

/**
 * Reads an object that stands without tags: a call where it names a tool there is and holds its
 * arguments, or where it is the whole of the reply; an answer as `{"final": …}`, the whole too.
 * Where it is neither: the place up to which it is only prose.
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
  // What names no tool there is, or none of its arguments, is answered with what there is.
  return isCall || (isAlone && hasArgs) ? { reply: callFromJson(unpacked), end } : prose;
}

const NAME_AND_ARGS =
  /^\{\s*["'](?:name|tool|tool_name|action)["']\s*:[^{}]*["'](?:args|arguments|parameters|input|action_input)["']\s*:/;

/** It begins its line, or nothing follows it. In the middle of a line of code it is code. */
function standsApart(raw: string, start: number, end: number): boolean {
  const before = raw.slice(Math.max(0, start - 40), start);
  return /(?:^|[\n>])[ \t[`]*$/.test(before) || /^[\s`]*$/.test(raw.slice(end, end + 40));
}

/** Nothing but reasoning and the marks of a code fence stands around it. */
function isWholeReply(raw: string, start: number, end: number): boolean {
  const before = raw.slice(Math.max(0, start - 200), start);
  const opening = start <= 200 ? /(?:^|>)[\s[]*(?:```\w*[\s[]*)?$/ : />[\s[]*(?:```\w*[\s[]*)?$/;
  return opening.test(before) && /^[\s`\]]*$/.test(raw.slice(end, end + 40));
}

interface ReadObject {
  value: Record<string, unknown>;
  /** One clause: why there is no value. */
  problem?: string;
  /** The name in it, as far as it can be seen in an object that is broken. */
  nameSeen?: string | undefined;
  end: number;
}

/** Reads the object at `start`: strictly first, then with the faults that small models make mended. */
function readObject(raw: string, start: number): ReadObject {
  const end = objectEnd(raw, start);
  const text = raw.slice(start, end);
  const nameSeen = /["'](?:name|tool|tool_name|action)["']\s*:\s*["'](\w{1,60})["']/.exec(
    text.slice(0, 400),
  )?.[1];
  const failed = { value: {}, nameSeen, end: end ?? raw.length };
  // An object that does not end was cut off: it is never made whole.
  if (end === undefined) return { ...failed, problem: 'the JSON of the tool call does not end' };
  try {
    return { value: JSON.parse(text) as Record<string, unknown>, end };
  } catch (error) {
    try {
      return { value: JSON5.parse(mended(text)), end };
    } catch {
      // What strict parsing found is the more helpful of the two.
      const detail = error instanceof Error ? error.message.slice(0, 120) : '';
      return { ...failed, problem: `the tool call is not valid JSON (${detail})` };
    }
  }
}

const [OPEN, CLOSE, DOUBLE, SINGLE, BACKSLASH] = [0x7b, 0x7d, 0x22, 0x27, 0x5c];

/** Where the object that opens at `start` closes, found by balancing braces outside strings. */
function objectEnd(raw: string, start: number): number | undefined {
  let depth = 0;
  let quote = 0;
  for (let at = start; at < raw.length; at++) {
    const code = raw.charCodeAt(at);
    if (quote !== 0) {
      if (code === BACKSLASH) at++;
      else if (code === quote) quote = 0;
    } else if (code === DOUBLE || code === SINGLE) quote = code;
    else if (code === OPEN) depth++;
    else if (code === CLOSE && --depth === 0) return at + 1;
  }
  return undefined;
}

const CONTROL_NAMES: Record<string, string> = {
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\u2028': 'u2028',
  '\u2029': 'u2029',
};
const PYTHON: Record<string, string> = { True: 'true', False: 'false', None: 'null' };

/** Strings of either quotes with a gap before another one, comments, and the literals of Python. */
const TOKENS =
  /(?:"([^"\\]*(?:\\[^][^"\\]*)*)"|'([^'\\]*(?:\\[^][^'\\]*)*)')(\s+(?=["']))?|\/\/.*|\/\*[^]*?\*\/|\b(?:True|False|None)\b/g;

/**
 * Mends what has one meaning only: raw newlines and stray backslashes in strings (`"\d+\b"`), commas
 * left out between members, Python's literals. Quotes that are missing or too many are not guessed.
 */
function mended(text: string): string {
  return text.replace(
    TOKENS,
    (token, double: string | undefined, single: string | undefined, gap: string | undefined) => {
      const string = double ?? single;
      if (string === undefined) return PYTHON[token] ?? token;
      const inner = string
        .replace(/\\(?!["\\/nrtu'])|\\([^])/g, (escape, known) => (known ? escape : '\\\\'))
        .replace(/[\n\r\t\u2028\u2029]/g, (control) => `\\${CONTROL_NAMES[control]}`);
      const quote = double === undefined ? "'" : '"';
      return `${quote}${inner}${quote}${gap === undefined ? '' : ','}`;
    },
  );
}

const NAME_KEYS = ['name', 'tool', 'tool_name', 'function', 'action'];
const ARGS_KEYS = ['args', 'arguments', 'parameters', 'input', 'action_input'];

interface Unpacked {
  name: unknown;
  args: unknown;
  /** The arguments stand under a key of their own, not beside the name. */
  hasArgs: boolean;
  /** `{"final": "text"}`: the form of an answer where JSON was asked for. */
  final: string | undefined;
}

/** Finds name and arguments in `{name, args}`, its spellings, and what they are wrapped in. */
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

/** `{"function": {…}}`, `{"tool_calls": [{…}]}`: the object in it, of a list the first. */
function unwrapped(value: Record<string, unknown>): Record<string, unknown> {
  for (const key of ['function', 'tool_call', 'function_call', 'tool_calls']) {
    const inner: unknown = value[key];
    const first: unknown = Array.isArray(inner) ? inner[0] : inner;
    if (isObject(first)) return first;
  }
  return value;
}

/** Deeper arguments are no call: they would exhaust the stack of whoever looks at them. */
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
  if (nestsDeeper(args, MAX_NESTING)) return malformed('its arguments nest too deeply', called);
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
