/**
 * Component 3, structured tools. A tool is one file: its zod schema is at once the validation, the
 * signature in the prompt and the names that the reply parser knows, and its traits are all that the
 * rest of the program knows about it.
 */
import * as z from 'zod';
import type { ResultRoom } from '../context/result-room.ts';
import type { ToolShape } from '../reply/reply.ts';
import type { Wording } from './label.ts';
import type { ToolOutcome } from './outcome.ts';
import type { FileVersions } from './file-versions.ts';
import { readArguments, requiredOf, type Given } from './given-arguments.ts';

/** What a tool works with. */
export interface ToolContext {
  /** The workspace root, a real path. */
  root: string;
  /** The environment of child processes. */
  env: NodeJS.ProcessEnv;
  /** How much of a result the model is shown now: longer ones lose their middle. */
  readonly resultRoom: ResultRoom;
  versions: FileVersions;
  /** The numbered lines of the file at a real path that the conversation shows now. */
  linesRead(real: string): ReadonlySet<string>;
  /**
   * Shows the person the last lines of what the tool prints, as they stand now: they replace those of
   * before, and are gone when the tool is done.
   */
  showOutput(text: string): void;
  /** Before a file is written: resolves once the disk can undo it, with what to call afterwards. */
  keep(change: FileChange): Promise<() => void>;
}

/** What a call would make of a file. */
export interface FileChange {
  /** As people and models are shown it: relative to the workspace root. */
  path: string;
  /** The real path. */
  real: string;
  /** What the file holds; undefined where there is none yet. */
  before: Buffer | undefined;
  after: Buffer;
  /** It replaces all of the file: what the model has not read of it would be lost unseen. */
  isWhole?: boolean;
  /** What the call came to once it is written. */
  outcome: ToolOutcome;
}

/** A call whose arguments are valid: frozen, so that what was approved is what runs. */
export interface PreparedCall {
  readonly args: Readonly<Record<string, unknown>>;
  /**
   * Returns what the call would make of a file, if it edits one: `run` then calls `context.keep`.
   * @throws ToolError, PathError or a system error when the call cannot work, before anyone is asked
   * about it
   */
  check(context: ToolContext): FileChange | undefined;
  /**
   * @param change what `check` returned and was approved; without it, it is worked out now
   * @throws ToolError, PathError or a system error: all are results for the model
   */
  run(context: ToolContext, signal: AbortSignal, change?: FileChange): Promise<ToolOutcome>;
}

/** What the rest of the program knows of a tool: each names the argument that plays this part. */
interface Traits {
  /** The file that it reads: working memory and the check for newer edits keep track of it. */
  readonly reads?: string | undefined;
  /** The file that it edits. */
  readonly edits?: string | undefined;
  /** A command: a person may edit it, and an `always` is for it alone. */
  readonly command?: string | undefined;
}

/** A tool as the agent uses it; `defineTool` makes one. */
export interface Tool extends Traits, ToolShape {
  readonly name: string;
  readonly description: string;
  /** Risky tools need approval. */
  readonly risky: boolean;
  /** A valid reply that calls the tool. */
  readonly example: string;
  readonly required: readonly string[];
  readonly wording?: Wording<Record<string, unknown>> | undefined;
  readonly schema: z.ZodObject;
  /**
   * Validates raw arguments. @throws ToolError that names each argument that is wrong
   * @param isByPerson a person has edited them: nothing in them is a slip of the model
   */
  prepare(rawArgs: Given, isByPerson?: boolean): PreparedCall;
}

type ArgName<Schema extends z.ZodObject> = Extract<keyof z.output<Schema>, string>;

/** What a tool is made of. */
export interface ToolDefinition<Schema extends z.ZodObject> {
  name: string;
  description: string;
  risky: boolean;
  args: Schema;
  /**
   * A valid reply that calls the tool. The model is shown it after a wrong call or an unusable reply.
   */
  example: string;
  body?: ArgName<Schema>;
  /** Other names of it and of its arguments: see `ToolShape`. */
  synonyms?: readonly string[];
  related?: readonly string[];
  aliases?: Readonly<Record<string, ArgName<Schema>>>;
  /** Converts what an alias says in another form than its argument, such as a range of lines. */
  rewrite?(given: Given): Given;
  /** @throws ToolError on what no model can mean; skipped for arguments that a person has edited */
  doubt?(args: z.output<Schema>): void;
  reads?: ArgName<Schema>;
  edits?: ArgName<Schema>;
  command?: ArgName<Schema>;
  /** How a person is told of a call; without it, by the name of the tool. */
  wording?: Wording<Record<ArgName<Schema>, unknown>>;
  /** @throws as `PreparedCall.check` */
  check?(args: z.output<Schema>, context: ToolContext): void;
  /** Of a tool that edits a file; see `defineEdit`. */
  change?(args: z.output<Schema>, context: ToolContext): FileChange;
  /**
   * Text alone is for the model; a person is then shown only that the call is done. It must settle
   * when `signal` aborts.
   * @throws ToolError or a system error: a result for the model. Anything else is a bug, which ends
   * the request.
   */
  run(
    args: z.output<Schema>,
    context: ToolContext,
    signal: AbortSignal,
    change?: FileChange,
  ): ToolOutcome | string | Promise<ToolOutcome | string>;
}

/** Makes a tool of its definition. */
export function defineTool<Schema extends z.ZodObject>(tool: ToolDefinition<Schema>): Tool {
  const { name, description, risky, example, body, reads, edits, command, wording } = tool;
  const { synonyms, related, aliases } = tool;
  const traits = { risky, body, reads, edits, command, synonyms, related, aliases };
  return {
    ...traits,
    name,
    description,
    example,
    wording,
    argNames: Object.keys(tool.args.shape),
    required: requiredOf(tool.args),
    schema: tool.args,
    prepare(rawArgs, isByPerson = false) {
      const args = readArguments(rawArgs, tool);
      if (!isByPerson) tool.doubt?.(args);
      Object.freeze(args);
      return {
        args,
        check(context) {
          tool.check?.(args, context);
          return tool.change?.(args, context);
        },
        async run(context, signal, change) {
          const outcome = await tool.run(args, context, signal, change);
          return outcomeOf(name, outcome);
        },
      };
    },
  };
}

/** What a tool returned. @throws TypeError that names the tool if that is neither text nor has one */
function outcomeOf(name: string, outcome: ToolOutcome | string): ToolOutcome {
  if (typeof outcome === 'string') return { text: outcome };
  if (typeof outcome?.text === 'string') return outcome;
  throw new TypeError(`The tool ${name} must return text, or an object with it as "text".`);
}
