/** The arguments of a call as its tool takes them, from the names and the values that models write. */
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { clipToolName } from '../context/clip.ts';
import { argNamed, isInert, nameKey } from '../reply/names.ts';
import { ToolError } from './tool-error.ts';

/** Arguments by name, as a model gave them. */
export type Given = Record<string, unknown>;

/** What must be known of a tool to read the arguments of its calls. */
interface ArgumentRules<Schema extends z.ZodObject> {
  args: Schema;
  aliases?: Readonly<Record<string, string>>;
  rewrite?(given: Given): Given;
}

/**
 * Validates the arguments of a call: in any spelling and by their aliases, with values that can mean
 * only one thing. None is left out in silence but what merely explains the call.
 * @throws ToolError that names each argument that is wrong
 */
export function readArguments<Schema extends z.ZodObject>(
  raw: Given,
  { args: schema, aliases = {}, rewrite = (given) => given }: ArgumentRules<Schema>,
): z.output<Schema> {
  const argNames = Object.keys(schema.shape);
  const shape = { argNames, aliases };
  const declared = [...argNames, ...Object.keys(aliases)];
  const spelled = Object.entries(raw).filter(([name]) => !isInert(name, shape));
  const unknown = spelled.flatMap(([name]) => (argNamed(name, shape) === undefined ? [name] : []));
  if (unknown.length > 0) throw new ToolError(noSuch(unknown, argNames));
  const declaredName = (name: string) =>
    declared.find((each) => each === name) ??
    declared.find((each) => nameKey(each) === nameKey(name)) ??
    name;
  const given = rewrite(merged(spelled, declaredName));
  const named = merged(Object.entries(given), (name) =>
    argNames.includes(name) ? name : (aliases[name] ?? name),
  );
  const required = requiredOf(schema);
  const values = Object.entries(named).flatMap(([name, value]) => {
    const read = valueOf(value, schema.shape[name]);
    const isOptional = !required.includes(name);
    return isOptional && isLeftOut(read, schema.shape[name]) ? [] : [[name, read]];
  });
  const parsed = schema.safeParse(Object.fromEntries(values));
  if (!parsed.success) throw new ToolError(problemsOf(parsed.error, named));
  return parsed.data;
}

/** The arguments that a call must have. */
export function requiredOf({ shape }: z.ZodObject): string[] {
  const isOptional = (schema: unknown) =>
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;
  return Object.keys(shape).filter((name) => !isOptional(shape[name]));
}

/**
 * The arguments by the names that these stand for. Two names for one argument are taken only with
 * equal values, where there is nothing to choose.
 */
function merged(given: [name: string, value: unknown][], nameOf: (name: string) => string): Given {
  const all = new Map<string, { as: string; value: unknown }>();
  for (const [as, value] of given) {
    const name = nameOf(as);
    const other = all.get(name);
    if (other && value === null) continue;
    if (other && other.value !== null && !isDeepStrictEqual(other.value, value)) {
      throw new ToolError(`${other.as} and ${as} are the same argument: give only ${name}`);
    }
    all.set(name, { as, value });
  }
  return Object.fromEntries([...all].map(([name, { value }]) => [name, value]));
}

/** The value, or where the tool refuses that, the one value that it can mean. */
function valueOf(value: unknown, schema: z.core.$ZodType | undefined): unknown {
  if (!schema || z.safeParse(schema, value).success) return value;
  const meant = meaningOf(value);
  return meant === null || z.safeParse(schema, meant).success ? meant : value;
}

function meaningOf(value: unknown): unknown {
  if (Array.isArray(value) && value.length === 1 && typeof value[0] === 'string') return value[0];
  if (typeof value !== 'string') return value;
  const word = value.trim().toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  if (word === 'null' || word === 'none') return null;
  return /^-?\d+(?:\.\d+)?$/.test(word) ? Number(word) : value;
}

/** An argument that is not needed says so by a null, or by its name. */
function isLeftOut(value: unknown, schema: z.core.$ZodType | undefined): boolean {
  if (typeof value === 'string' && /^\s*(?:null|none)\s*$/i.test(value)) return true;
  return value === null && schema !== undefined && !z.safeParse(schema, value).success;
}

function noSuch(names: readonly string[], argNames: readonly string[]): string {
  const shown = names.map((name) => clipToolName(name)).join(', ');
  const what =
    names.length === 1 ? `there is no argument ${shown}` : `there are no arguments ${shown}`;
  return `${what}: the arguments are ${argNames.join(', ') || 'none'}`;
}

function problemsOf(error: z.ZodError, given: Given): string {
  return error.issues
    .map(({ path: [name = 'args'], message }) =>
      String(name) in given ? `${String(name)}: ${message}` : `${String(name)} is missing`,
    )
    .join('; ');
}
