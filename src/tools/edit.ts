/** Tools that edit a file: what they would make of it is worked out once, shown, and then written. */
import fs from 'node:fs';
import path from 'node:path';
import type * as z from 'zod';
import { whyReadOnly, withRegularFile, writeAtomically } from '../util/files.ts';
import { resolveWritable, type WorkspacePath } from '../workspace/paths.ts';
import {
  defineTool,
  type FileChange,
  type Tool,
  type ToolContext,
  type ToolDefinition,
} from './tool.ts';
import { changedFile } from './file-versions.ts';
import { ToolError } from './tool-error.ts';
import type { ToolOutcome } from './outcome.ts';

/** Larger files are not source code; reading one whole would cost as much memory. */
const MAX_BYTES = 20 * 1024 * 1024;

/** What a tool that edits a file is made of. */
interface EditDefinition<Schema extends z.ZodObject> extends Omit<
  ToolDefinition<Schema>,
  'risky' | 'edits' | 'check' | 'run'
> {
  edits: NonNullable<ToolDefinition<Schema>['edits']>;
  /** Works the change out, without writing. @throws as `PreparedCall.check` */
  change(args: z.output<Schema>, context: ToolContext): FileChange;
}

/** A tool that edits a file. What was approved is what is written, or nothing is. */
export function defineEdit<Schema extends z.ZodObject>(edit: EditDefinition<Schema>): Tool {
  return defineTool({
    ...edit,
    risky: true,
    run: async (args, context, _signal, change = edit.change(args, context)) =>
      write(change, context),
  });
}

/** A file that is to be edited, and what it holds; undefined where there is none yet. */
interface Target extends WorkspacePath {
  before: Buffer | undefined;
}

/**
 * Resolves and reads the file that a model names.
 * @throws PathError, or ToolError when it is no file, too large, read-only, or newer than the agent saw
 */
export function readTarget(asked: string, { root, versions }: ToolContext): Target {
  const target = targetAt(root, asked);
  versions.assertUnchanged(target.real, target.shown);
  return target;
}

function targetAt(root: string, asked: string): Target {
  const { real, shown } = resolveWritable(root, asked);
  const stat = fs.statSync(real, { throwIfNoEntry: false });
  if (stat && !stat.isFile()) throw new ToolError(`${shown} is not a file`);
  if (stat && stat.size > MAX_BYTES) throw new ToolError(`${shown} is too large to edit`);
  const denied = whyReadOnly(real);
  if (denied) throw new ToolError(`${shown} ${denied}`);
  const before = stat && withRegularFile(real, (fd) => fs.readFileSync(fd));
  return { real, shown, before };
}

function write(change: FileChange, { root, versions, keep }: ToolContext): ToolOutcome {
  // Resolved again: a folder may have been swapped for a link while the person thought about it.
  const { real, before } = targetAt(root, change.path);
  if (real !== change.real || !isSame(before, change.before)) {
    throw changedFile(change.path);
  }
  fs.mkdirSync(path.dirname(real), { recursive: true });
  keep(change, () => writeAtomically(real, change.after));
  versions.note(real);
  return change.outcome;
}

function isSame(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one && other ? one.equals(other) : one === other;
}
