/** The JSON form of a call: `<tool>{"name":…,"args":{…}}</tool>`, and what models make of it. */
import JSON5 from 'json5';
import type { Construct, Reply, ToolShapes } from './reply.ts';

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
 * Reads an object that stands without tags: a call only where it names a tool there is and holds
 * its arguments; an answer as `{"final": …}`. Where it is neither: the place up to which it is only prose.
 */
export function readBareJson(raw: string, start: number, tools: ToolShapes): Construct | number {
  const { value, problem, nameSeen = '', end } = readObject(raw, start);
  if (problem)
    return tools.has(nameSeen) ? { reply: malformed(problem, nameSeen), end } : start + 1;
  const unpacked = unpack(value);
  const shape = tools.get(String(unpacked.name));
  // {"name": "search", "version": …} is a package, not a call of the tool.
  const isCall =
    shape &&
    (unpacked.hasArgs ||
      Object.keys(unpacked.args ?? {}).every((key) => shape.argNames.includes(key)));
  if (!isCall && unpacked.final === undefined) return end;
  return { reply: callFromJson(unpacked), end };
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
  const nameSeen = /"(?:name|tool|tool_name)"\s*:\s*"(\w{1,60})"/.exec(text.slice(0, 400))?.[1];
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

/** Where the object that opens at `start` closes, found by balancing braces outside strings. */
function objectEnd(raw: string, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = start; at < raw.length; at++) {
    const character = raw[at];
    if (character === '"') inString = !inString;
    else if (inString && character === '\\') at++;
    else if (!inString && character === '{') depth++;
    else if (!inString && character === '}' && --depth === 0) return at + 1;
  }
  return undefined;
}

const CONTROL_NAMES: Record<string, string> = { '\n': 'n', '\r': 'r', '\t': 't' };
const PYTHON: Record<string, string> = { True: 'true', False: 'false', None: 'null' };

/**
 * Mends what has one meaning only: raw newlines and stray backslashes in strings (`"\d+"`), commas
 * left out between members, Python's literals. Quotes that are missing or too many are not guessed.
 */
function mended(text: string): string {
  return text.replace(
    /"([^"\\]*(?:\\[^][^"\\]*)*)"(\s+(?="))?|\b(?:True|False|None)\b/g,
    (found, string: string | undefined, gap: string | undefined) => {
      if (string === undefined) return PYTHON[found] ?? found;
      const inner = string
        .replace(/\\(?!["\\/bfnrtu'])|\\(.)/g, (escape, known) => (known ? escape : '\\\\'))
        .replace(/[\n\r\t]/g, (control) => `\\${CONTROL_NAMES[control]}`);
      return `"${inner}"${gap === undefined ? '' : ','}`;
    },
  );
}

const NAME_KEYS = ['name', 'tool', 'tool_name', 'function'];
const ARGS_KEYS = ['args', 'arguments', 'parameters', 'input'];

interface Unpacked {
  name: unknown;
  args: unknown;
  /** The arguments stand under a key of their own, not beside the name. */
  hasArgs: boolean;
  /** `{"final": "text"}`: the form of an answer where JSON was asked for. */
  final: string | undefined;
}

/** Finds name and arguments in `{name, args}`, its spellings, and `{function: {…}}`. */
function unpack(value: Record<string, unknown>): Unpacked {
  const call = isObject(value['function']) ? value['function'] : value;
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

function callFromJson({ name, args, final }: Unpacked, knownName?: string): Reply {
  if (final !== undefined && knownName === undefined) {
    return final.trim() ? { type: 'final', text: final.trim() } : malformed('the answer was empty');
  }
  const called = name ?? knownName;
  if (typeof called !== 'string' || !called.trim()) return malformed('the tool call has no "name"');
  if (!isObject(args)) return malformed('the "args" of the tool call are not an object', called);
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

export function malformed(problem: string, tool?: string): Reply {
  return { type: 'malformed', problem, tool };
}
