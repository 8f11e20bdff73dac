/** Which tags are calls: our own, those around other clients' calls, and the names of tools. */
import { beginsReply } from './around.ts';
import { AT_END, HOLDER } from './elements.ts';
import { readJsonCall } from './json.ts';
import { readXmlCall } from './xml.ts';
import { matchAt } from '../match-at.ts';
import { argSpellings, nameKey, toolNamed, toolsCalled } from '../names.ts';
import type { Construct, ToolShapes } from '../reply.ts';

/** Tags around calls that say nothing themselves. */
const AROUND = '(?:tool_calls?|function_calls?|tool_use|tools)';
/** Other tags that say that something is called, and how they name it. */
const CALL = 'tool_call|function_call|tool_use';
/** The same, but words of code, too: these count only with the name of a tool. */
const MAYBE_CALL = 'function|call';
const NAMES = '(?:name|tool|tool_name|function|function_name)';
const NAMING = `(?:\\s+${NAMES}\\s*=|\\s*>\\s*<${NAMES}>)`;
const LINE_START = '(?:^|(?<=[\\n>`][ \\t]{0,20}))';
/** Synonyms of one word that are words of neither HTML nor prose. */
const PROGRAMS: ReadonlySet<string> = new Set(['bash', 'shell', 'sh', 'zsh', 'grep', 'rg', 'ls']);

const NAME = '[a-z][\\w-]{1,40}';

/** What may open a call after its `<`: a source without groups. `opensCall` tells which of them do. */
export const TAG =
  `(?:${AROUND}\\s*>\\s*<(?!${NAMES}>))?(?:tool(?=[\\s>/]|:\\w|$)|${NAME}(?=[\\s>]))|` +
  `(?:${CALL}|${MAYBE_CALL})(?=${NAMING})`;

/** What may be the name of a tool with its only argument as text, or with none: `isLoneTag` tells. */
export const LONE_TAG = `${LINE_START}<${NAME}(?=\\s*/?>)`;

/** Whether a name is a word of neither prose nor HTML. */
const isDistinct = (name: string) => /[_-]/.test(name) || PROGRAMS.has(name);

/** Tells of a name whether a tag of it can be around a call. */
export function callTags(tools: ToolShapes): (name: string) => boolean {
  const isTool = nameTest([...tools].flatMap(([tool, { synonyms = [] }]) => [tool, ...synonyms]));
  return (name) => CALL_TAG.test(name) || isTool(name);
}

/**
 * Returns a test for these names: case is ignored, and `_`, `-` or nothing may stand between words. An
 * expression of all takes 5 ms to compile, so only those that a name may be are compiled.
 */
function nameTest(known: readonly string[]): (name: string) => boolean {
  const keyOf = (name: string) => name.toLowerCase().replace(/[_-]/g, '');
  const names = new Map<string, string[]>();
  for (const name of known) names.set(keyOf(name), [...(names.get(keyOf(name)) ?? []), name]);
  const isOne = (name: string) => (like: string) =>
    new RegExp(`^${like.split(/[_-]/).join('[_-]?')}$`, 'i').test(name);
  return (name) => !!names.get(keyOf(name))?.some(isOne(name));
}

const CALL_TAG = new RegExp(`^(?:tool:[\\w.-]{1,60}|tools|${CALL}|${MAYBE_CALL})$`, 'i');

/** Finds the first tag by which a text shows that a call was begun. */
export function begunTags(tools: ToolShapes): (text: string) => number | undefined {
  const synonyms = [...tools.values()].flatMap((shape) => shape.synonyms ?? []);
  const isBegun = nameTest(['tool', ...tools.keys(), ...synonyms.filter(isDistinct)]);
  return (text) => {
    for (const { index, 1: name = '' } of text.matchAll(OPENING_TAG))
      if (isBegun(name)) return index;
    return undefined;
  };
}

const OPENING_TAG = /<([^\s<>/]{1,80})[\s>]/g;

const ARG = '([\\w-]{1,60})';
/** The first argument after the name of a tool as a tag: an attribute, an element or a key of JSON. */
const FIRST_ARG =
  `<[\\w-]+(?:\\s+${ARG}\\s*=|\\s*>\\s*(?:<${HOLDER}>\\s*(?:<file>\\s*)?)?` +
  `(?:<(?:parameter|param|argument|arg)(?:=|\\s+name\\s*=)\\s*["']?${ARG}|<${ARG}[\\s>]|\\{\\s*["']${ARG}["']\\s*:))`;

/**
 * Whether a tag that `tags` has matched at `at` opens a call. The name of a tool does if one of its
 * arguments follows; otherwise it may be an element of HTML. A synonym that is one word needs an
 * argument as an element, too, and to start its line.
 */
export function opensCall(raw: string, at: number, tag: string, tools: ToolShapes): boolean {
  const inner = at + tag.lastIndexOf('<') + 1;
  const name = /^<([\w-]+)/.exec(raw.slice(inner, inner + 60))?.[1] ?? '';
  if (OWN_TAG.test(name) || MAYBE_OWN_TAG.test(name)) return isOwnCall(raw, inner, name, tools);
  const keys = keysOf(name, tools);
  if (keys.size === 0) return false;
  const [attribute, ...elements] = matchAt(raw, inner, FIRST_ARG)?.groups ?? [];
  const arg = attribute ?? elements.find((element) => element !== undefined);
  if (arg === undefined || !keys.has(nameKey(arg))) return false;
  const own = toolNamed(name, tools);
  if (own !== undefined && isDistinct(own)) return true;
  const before = raw.slice(Math.max(0, inner - 20), inner);
  // In a line of prose a synonym is in backticks.
  if (isDistinct(name.toLowerCase())) return !/(?<!``)`$/.test(before);
  const isLineStart = inner === 0 || /[\n>`][ \t]{0,19}$/.test(before);
  // With a capital it is a component.
  const mayBeAttribute = own !== undefined && name === name.toLowerCase();
  return isLineStart && (attribute === undefined || mayBeAttribute);
}

const OWN_TAG = new RegExp(`^(?:tool|${CALL})$`, 'i');
const MAYBE_OWN_TAG = new RegExp(`^(?:${MAYBE_CALL})$`, 'i');
/** The name of the tool in a tag that says that something is called. */
const CALLED = `<\\w+(?:\\s+${NAMES}\\s*=|\\s*>\\s*<${NAMES}>)\\s*["']?([\\w.-]+)`;

/** Whether a tag of ours, or one that says that something is called, does so. */
function isOwnCall(raw: string, at: number, name: string, tools: ToolShapes): boolean {
  if (name.toLowerCase() === 'tool') return true;
  const called = matchAt(raw, at, CALLED)?.groups[0];
  if (called === undefined) return false;
  return OWN_TAG.test(name) || toolsCalled(called, tools).length > 0;
}

/** Whether a tag that `LONE_TAG` has matched is the name of a tool, and no word. */
export function isLoneTag(tag: string, tools: ToolShapes): boolean {
  const name = tag.slice(1).toLowerCase();
  return isDistinct(name) && keysOf(name, tools).size > 0;
}

/** The keys of the arguments of calls by this name: kept, since a file has thousands of tags. */
function keysOf(name: string, tools: ToolShapes): ReadonlySet<string> {
  const known = KEYS.get(tools) ?? new Map<string, ReadonlySet<string>>();
  KEYS.set(tools, known);
  const key = name.toLowerCase();
  const keys = known.get(key) ?? new Set(argSpellings(name, tools).map(nameKey));
  known.set(key, keys);
  return keys;
}

const KEYS = new WeakMap<ToolShapes, Map<string, ReadonlySet<string>>>();

/** Reads the call at a tag that `tags` has matched, with tags around it or without. */
export function readTag(raw: string, at: number, tag: string, tools: ToolShapes): Construct {
  const inner = at + tag.lastIndexOf('<') + 1;
  const json = matchAt(raw, inner, '<tool\\s*>\\s*(?:```(?:json)?\\s*)?(?:\\[\\s*)?(?=\\{)');
  return json ? readJsonCall(raw, json.end) : readXmlCall(raw, inner, tools);
}

/** Reads `<bash>ls</bash>` and `<list_files/>`, if it is the reply, or ends it. */
export function readLoneTag(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  const tag = matchAt(raw, at, '<([\\w-]+)\\s*(?:/>|>([^<]*)</\\1\\s*>)');
  const [name = '', text = ''] = tag?.groups ?? [];
  const needsText = toolsCalled(name, tools).some((tool) => tools.get(tool)?.required?.length);
  if (!tag || needsText !== (text.trim() !== '')) return undefined;
  const endsLine = /^[ \t]*(?:\r?\n|$)/.test(raw.slice(tag.end, tag.end + 100));
  const isCall = AT_END.test(raw.slice(tag.end)) || (beginsReply(raw, at) && endsLine);
  return isCall ? readXmlCall(raw, at, tools) : undefined;
}
