/**
 * The names by which models call tools and arguments. The spelling of a name never matters; a synonym
 * counts only where its arguments fit exactly one tool.
 */
import type { ToolShape, ToolShapes } from './reply.ts';

/** Arguments that only explain a call. Leaving them out changes nothing; of others it might. */
export const INERT: ReadonlySet<string> = new Set([
  'description',
  'explanation',
  'reason',
  'thought',
]);

/** A name for comparison: that of `functions.readFile()`, `Read-File` and `read_file` is the same. */
export function nameKey(name: string): string {
  return name
    .trim()
    .replace(NAMESPACES, '')
    .replace(/\(\)$/, '')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
}

/** What clients and servers put before a name: `functions.`, `mcp__files__`, `developer__`. */
const NAMESPACES =
  /^(?:(?:functions?|tools?|default_api)[.:]|mcp__[\w-]{1,60}?__|(?:builtin|developer)_+)+/i;

/** The source of an expression that matches a name in any spelling, ignoring case. */
export function spellingOf(name: string): string {
  return name
    .split(/[^\p{L}\p{N}]+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})/u)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    .join('[-_.]?');
}

/** The tool of this name, in any spelling. */
export function toolNamed(name: string, tools: ToolShapes): string | undefined {
  if (tools.has(name)) return name;
  const key = nameKey(name);
  return [...keysOf(tools)].find(([, { own }]) => own === key)?.[0];
}

/** The keys of the names that a tool has. */
interface ToolKeys {
  own: string;
  synonyms: ReadonlySet<string>;
  related: ReadonlySet<string>;
}

/** Kept, since a reply may have thousands of names. */
const KEYS = new WeakMap<ToolShapes, ReadonlyMap<string, ToolKeys>>();

function keysOf(tools: ToolShapes): ReadonlyMap<string, ToolKeys> {
  const setOf = (names: readonly string[] = []) => new Set(names.map(nameKey));
  const keys =
    KEYS.get(tools) ??
    new Map(
      [...tools].map(([tool, { synonyms, related }]) => [
        tool,
        { own: nameKey(tool), synonyms: setOf(synonyms), related: setOf(related) },
      ]),
    );
  KEYS.set(tools, keys);
  return keys;
}

/** The argument that a name stands for, in any spelling; undefined if the tool has no such one. */
export function argNamed(name: string, { argNames, aliases = {} }: ToolShape): string | undefined {
  const key = nameKey(name);
  const own = argNames.find((known) => nameKey(known) === key);
  return own ?? Object.entries(aliases).find(([alias]) => nameKey(alias) === key)?.[1];
}

/** Whether an argument only explains the call: by its name, unless the tool has one of that name. */
export function isInert(name: string, shape: ToolShape): boolean {
  return argNamed(name, shape) === undefined && INERT.has(nameKey(name));
}

/** The tools that are known by this synonym. */
export function toolsKnownAs(name: string, tools: ToolShapes): string[] {
  const key = nameKey(name);
  return [...keysOf(tools)].flatMap(([tool, { synonyms }]) => (synonyms.has(key) ? [tool] : []));
}

/**
 * The tools that a name may mean, the likeliest first: to tell a model about, not to call. The one
 * that needs more arguments comes first, so that to change a file comes before to replace it.
 */
export function toolsLike(name: string, tools: ToolShapes): string[] {
  const own = toolNamed(name, tools);
  if (own !== undefined) return [own];
  const needs = (tool: string) => tools.get(tool)?.required?.length ?? 0;
  const key = nameKey(name);
  return [...keysOf(tools)]
    .flatMap(([tool, { synonyms, related }]) =>
      synonyms.has(key) || related.has(key) ? [tool] : [],
    )
    .toSorted((one, other) => needs(other) - needs(one));
}

/** Tools of other clients whose argument `command` says what they do. */
const EDITORS: ReadonlySet<string> = new Set(
  ['str_replace_editor', 'str_replace_based_edit_tool', 'text_editor', 'edit_tool'].map(nameKey),
);

/**
 * The tools that a call by this name may mean: the one of this name, or else all with this synonym;
 * for an editor, those of each of its commands.
 */
export function toolsCalled(name: string, tools: ToolShapes): string[] {
  const own = toolNamed(name, tools);
  if (own !== undefined) return [own];
  const synonyms = EDITORS.has(nameKey(name)) ? ['view', 'create', 'str_replace'] : [name];
  return synonyms.flatMap((each) => toolsKnownAs(each, tools));
}

/** A call by any name. */
export interface Call {
  name: string;
  args: Record<string, unknown>;
}

/** The call by the name that says what it does: for an editor, its `command`. */
export function plainCall({ name, args }: Call): Call {
  const { command, ...others } = args;
  return EDITORS.has(nameKey(name)) && typeof command === 'string'
    ? { name: command, args: others }
    : { name, args };
}

/**
 * The call by the tool's own name, if it used another spelling, or a synonym with arguments that fit
 * exactly one tool; then `calledAs` has the synonym. Otherwise the call as it came.
 */
export function resolvedCall(call: Call, tools: ToolShapes): Call & { calledAs?: string } {
  const own = toolNamed(call.name, tools);
  if (own !== undefined) return { ...call, name: own };
  const { name, args } = plainCall(call);
  const meant = toolMeant(name, args, tools);
  return meant === undefined ? call : { name: meant, args, calledAs: name };
}

/** The one tool that is known by this synonym and takes exactly these arguments. */
export function toolMeant(
  name: string,
  args: Record<string, unknown>,
  tools: ToolShapes,
): string | undefined {
  const fitting = toolsKnownAs(name, tools).filter((tool) => fits(args, tools.get(tool)));
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** The one tool whose arguments, by their own names, an object has and nothing else; all it needs. */
export function toolWithArgs(args: Record<string, unknown>, tools: ToolShapes): string | undefined {
  const names = Object.keys(args);
  const fitting = [...tools].filter(
    ([, { argNames, required = [] }]) =>
      required.length > 0 &&
      required.every((name) => names.includes(name)) &&
      names.every((name) => argNames.includes(name)),
  );
  return fitting.length === 1 ? fitting[0]?.[0] : undefined;
}

function fits(args: Record<string, unknown>, shape: ToolShape | undefined): boolean {
  if (!shape) return false;
  const given = Object.keys(args).filter((arg) => !isInert(arg, shape));
  const named = given.map((arg) => argNamed(arg, shape));
  const { required = [] } = shape;
  return !named.includes(undefined) && required.every((arg) => named.includes(arg));
}

/**
 * Every name that an argument of a call by this name may have, inert ones included. For a synonym,
 * those of all tools that it may mean; for an editor, those of all its commands; none for a name that
 * is not known at all.
 */
export function argSpellings(name: string, tools: ToolShapes): string[] {
  const meant = toolsCalled(name, tools);
  if (meant.length === 0) return [];
  const names = meant.flatMap((tool) => {
    const { argNames = [], aliases = {} } = tools.get(tool) ?? {};
    return [...argNames, ...Object.keys(aliases)];
  });
  return [...new Set([...(EDITORS.has(nameKey(name)) ? ['command'] : []), ...names, ...INERT])];
}

/** The first tool named in the 200 characters after `at`: what a broken call meant. */
export function toolNamedAt(raw: string, at: number, tools: ToolShapes): string | undefined {
  const words: string[] = raw.slice(at, at + 200).match(/\w+/g) ?? [];
  return words.find((word) => tools.has(word));
}
