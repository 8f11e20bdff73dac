/** The JSON form of a call: `<tool>{"name":…,"args":{…}}</tool>`. */
import type { Construct, Reply } from './reply.ts';

/**
 * Reads the object that begins at `start`. A `</tool>` inside one of its strings is content. Where
 * the name is known from elsewhere, the object may hold the arguments alone.
 */
export function readJsonCall(raw: string, start: number, knownName?: string): Construct {
  const end = objectEnd(raw, start);
  if (end === undefined) {
    return { reply: malformed('the JSON of the tool call does not end'), end: raw.length };
  }
  let value: unknown;
  try {
    value = JSON.parse(raw.slice(start, end));
  } catch (error) {
    const detail = error instanceof Error ? error.message.slice(0, 120) : '';
    return { reply: malformed(`the tool call is not valid JSON (${detail})`), end };
  }
  return { reply: callFromJson(value, knownName), end };
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

const ARGS_KEYS = ['args', 'arguments', 'parameters', 'input'];

/** Reads `{name, args}`, its spellings, `{function: {…}}`, and arguments beside the name. */
function callFromJson(value: unknown, knownName?: string): Reply {
  if (!isObject(value)) return malformed('the tool call is not a JSON object');
  if (isObject(value['function'])) return callFromJson(value['function'], knownName);
  const { name = knownName, ...rest } = value;
  if (typeof name !== 'string' || !name.trim()) {
    return malformed('the tool call has no "name"');
  }
  const key = ARGS_KEYS.find((candidate) => Object.hasOwn(rest, candidate));
  const args = key === undefined ? rest : parsed(rest[key]);
  if (!isObject(args)) return malformed('the "args" of the tool call are not an object', name);
  return { type: 'call', name: name.trim(), args, ignored: '' };
}

/** Arguments may come as a string of JSON, or as null for none. */
function parsed(args: unknown): unknown {
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
