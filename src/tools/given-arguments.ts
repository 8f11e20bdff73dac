/** The arguments of a call as its tool takes them, whatever names and values the model wrote. */
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
 * Validates the arguments of a call: by any spelling or alias of their names, and with any value that
 * can mean only one thing. Nothing is silently dropped but what merely explains the call.
 * @throws ToolError that names each argument that is wrong
 */
export function readArguments<Schema extends z.ZodObject>(
  raw: Given,
  { args: schema, aliases = {}, rewrite = (given) => given }: ArgumentRules<Schema>,
): z.output<Schema> {
  const argNames = Object.keys(schema.shape);
  const shape = { argNames, aliases };
  const given = Object.entries(raw).filter(([name]) => !isInert(name, shape));
  const unknown = given.map(([name]) => name).filter((name) => !argNamed(name, shape));
  if (unknown.length > 0) throw new ToolError(noSuch(unknown, argNames));
  // An alias can say in which form its value is, so `rewrite` still sees it.
  const declared = [...argNames, ...Object.keys(aliases)];
  const spelled = merged(given, (name) => declaredName(name, declared));
  const named = merged(Object.entries(rewrite(spelled)), (name) =>
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

/** A name as the tool declares it. */
function declaredName(name: string, declared: readonly string[]): string {
  if (declared.includes(name)) return name;
  return declared.find((each) => nameKey(each) === nameKey(name)) ?? name;
}

/** The arguments that a call must have. */
export function requiredOf({ shape }: z.ZodObject): string[] {
  const isOptional = (schema: unknown) =>
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;
  return Object.keys(shape).filter((name) => !isOptional(shape[name]));
}

/**
 * The arguments by the names that theirs stand for. Two names for one argument are taken only if both
 * have the same value.
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

/** The value, or the only one that it can mean, if the tool accepts that instead. */
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

/** Whether an optional argument is left out by a null, or by a word for it. */
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
