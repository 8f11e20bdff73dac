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

/** A name as it compares with others: `functions.readFile()`, `Read-File` and `read_file` are alike. */
export function nameKey(name: string): string {
  return name
    .trim()
    .replace(/^(?:(?:functions?|tools?|default_api)[.:])+/i, '')
    .replace(/\(\)$/, '')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
}

/** The tool of this name, in any spelling. */
export function toolNamed(name: string, tools: ToolShapes): string | undefined {
  if (tools.has(name)) return name;
  const key = nameKey(name);
  return [...tools.keys()].find((known) => nameKey(known) === key);
}

/** The argument that a name stands for, in any spelling; undefined if the tool has none such. */
export function argNamed(name: string, { argNames, aliases = {} }: ToolShape): string | undefined {
  const key = nameKey(name);
  const own = argNames.find((known) => nameKey(known) === key);
  return own ?? Object.entries(aliases).find(([alias]) => nameKey(alias) === key)?.[1];
}

/** The tools that are known by this synonym. */
export function toolsKnownAs(name: string, tools: ToolShapes): string[] {
  const key = nameKey(name);
  return [...tools].flatMap(([tool, { synonyms = [] }]) =>
    synonyms.some((synonym) => nameKey(synonym) === key) ? [tool] : [],
  );
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

function fits(args: Record<string, unknown>, shape: ToolShape | undefined): boolean {
  if (!shape) return false;
  const given = Object.keys(args).filter((arg) => !INERT.has(arg));
  const named = given.map((arg) => argNamed(arg, shape));
  const { required = [] } = shape;
  return !named.includes(undefined) && required.every((arg) => named.includes(arg));
}

/**
 * Every name that an argument of this tool may have in a reply, inert ones included. For a synonym
 * the arguments of all tools that it may mean; none for a name that is not known at all.
 */
export function argSpellings(name: string, tools: ToolShapes): string[] {
  const own = toolNamed(name, tools);
  const meant = own === undefined ? toolsKnownAs(name, tools) : [own];
  if (meant.length === 0) return [];
  const names = meant.flatMap((tool) => {
    const { argNames = [], aliases = {} } = tools.get(tool) ?? {};
    return [...argNames, ...Object.keys(aliases)];
  });
  return [...new Set([...names, ...INERT])];
}
