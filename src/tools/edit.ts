/** Tools that edit a file: what they would make of it is worked out once, shown, and then written. */
import fs from 'node:fs';
import path from 'node:path';
import type * as z from 'zod';
import { replaceFile } from '../util/replace-file.ts';
import {
  defineTool,
  type FileChange,
  type Tool,
  type ToolContext,
  type ToolDefinition,
} from './tool.ts';
import { targetAt } from './edit-target.ts';
import { withFact } from './facts/parse-fact.ts';
import { changedFile } from './file-versions.ts';

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
    async run(args, context, signal, change = edit.change(args, context)) {
      await write(change, context);
      return withFact(change, context, signal);
    },
  });
}

async function write(change: FileChange, { root, versions, keep }: ToolContext): Promise<void> {
  // Resolved again: a folder may have been swapped for a link while the person thought about it.
  const { real, before } = targetAt(root, change.path);
  if (real !== change.real || !isSame(before, change.before)) {
    throw changedFile(change.path);
  }
  if (!before) fs.mkdirSync(path.dirname(real), { recursive: true });
  const origin = versions.originAfter(change);
  const kept = keep(change); // begun first: on a full disk, the old contents get the room that is left
  await replaceFile(real, change.after, kept);
  (await kept)();
  versions.noteEdit(real, origin);
}

function isSame(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one && other ? one.equals(other) : one === other;
}
