/**
 * Component 3, structured tools. A tool is one file: its zod schema is at once the validation, the
 * signature in the prompt and the names that the reply parser knows.
 */
import * as z from 'zod';
import type { FileVersions } from './file-versions.ts';

/** What a tool may touch. */
export interface ToolContext {
  /** The workspace root, a real path. */
  root: string;
  /** The environment of child processes. */
  env: NodeJS.ProcessEnv;
  versions: FileVersions;
}

/** A call whose arguments are valid: frozen, so that what was approved is what runs. */
export interface PreparedCall {
  readonly args: Readonly<Record<string, unknown>>;
  /** @throws ToolError or PathError when the call cannot work, before anyone is asked about it. */
  check(context: ToolContext): void;
  /** @throws ToolError, PathError or an Error with a `code`: all are results for the model. */
  run(context: ToolContext, signal: AbortSignal): Promise<string>;
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  /** Risky tools need approval. */
  readonly risky: boolean;
  /** A valid reply that calls the tool. */
  readonly example: string;
  readonly argNames: readonly string[];
  /** The argument that the body of an XML call stands for. */
  readonly bodyArg?: string | undefined;
  readonly schema: z.ZodObject;
  /** Validates raw arguments. @throws ToolError that names each argument that is wrong. */
  prepare(rawArgs: Record<string, unknown>): PreparedCall;
}

/** A tool that could not do what was asked. The message goes to the model. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}

interface ToolDefinition<Schema extends z.ZodObject> {
  name: string;
  description: string;
  risky: boolean;
  args: Schema;
  example: string;
  bodyArg?: string;
  check?(args: z.output<Schema>, context: ToolContext): void;
  run(args: z.output<Schema>, context: ToolContext, signal: AbortSignal): Promise<string>;
}

export function defineTool<Schema extends z.ZodObject>(tool: ToolDefinition<Schema>): Tool {
  return {
    name: tool.name,
    description: tool.description,
    risky: tool.risky,
    example: tool.example,
    argNames: Object.keys(tool.args.shape),
    bodyArg: tool.bodyArg,
    schema: tool.args,
    prepare(rawArgs) {
      const parsed = tool.args.safeParse(rawArgs);
      if (!parsed.success) throw new ToolError(problemsOf(parsed.error, rawArgs));
      const args = parsed.data;
      Object.freeze(args);
      return {
        args,
        check: (context) => tool.check?.(args, context),
        run: (context, signal) => tool.run(args, context, signal),
      };
    },
  };
}

function problemsOf(error: z.ZodError, rawArgs: Record<string, unknown>): string {
  return error.issues
    .map(({ path: [name = 'args'], message }) =>
      String(name) in rawArgs ? `${String(name)}: ${message}` : `${String(name)} is missing`,
    )
    .join('; ');
}

/** Text that must hold something. */
export const requiredText = () =>
  z.string().refine((text) => text.trim() !== '', { error: 'it must not be empty' });

/** A path: blanks and newlines around it come from the layout of the call. */
export const pathText = () => z.string().trim().min(1, { error: 'it must not be empty' });

/** A whole number within bounds. XML attributes arrive as text; an empty text is no zero. */
export const wholeNumber = (min: number, max: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value),
    z
      .int({ error: 'it must be a whole number' })
      .min(min, { error: `it must be at least ${min}` })
      .max(max, { error: `it must be at most ${max}` }),
  );

/** As `wholeNumber`, but a number out of bounds is brought within them. */
export const clampedNumber = (min: number, max: number) =>
  z.preprocess(
    (value) => {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      return typeof number === 'number' ? Math.min(max, Math.max(min, number)) : number;
    },
    z.int({ error: 'it must be a whole number' }).min(min).max(max),
  );

/** The signature for the prompt, from the schema: `read_file(path: str, start: int=1)`. */
export function signature(tool: Tool): string {
  const args = Object.entries(tool.schema.shape).map(
    ([name, schema]) => `${name}: ${kindOf(schema)}`,
  );
  return `${tool.name}(${args.join(', ')})`;
}

/** Read off the schema itself: z.toJSONSchema would add 10 ms to every start. */
function kindOf(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodDefault) {
    const value: unknown = schema.def.defaultValue;
    const shown = typeof value === 'string' ? `'${value}'` : String(value);
    return `${kindOf(schema.def.innerType)}=${shown}`;
  }
  if (schema instanceof z.ZodPipe) return kindOf(schema.def.out);
  return schema instanceof z.ZodNumber ? 'int' : 'str';
}
