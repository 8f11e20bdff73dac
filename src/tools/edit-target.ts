/** The file that an edit is about, as it is before the edit. */
import fs from 'node:fs';
import { whyReadOnly, withRegularFile } from '../util/files.ts';
import { resolveWritable, type WorkspacePath } from '../workspace/paths.ts';
import type { ToolContext } from './tool.ts';
import { ToolError } from './tool-error.ts';

/** Larger files are not source code; reading one whole would cost as much memory. */
const MAX_BYTES = 20 * 1024 * 1024;

/** A file that is to be edited, and what it holds; undefined where there is none yet. */
interface Target extends WorkspacePath {
  before: Buffer | undefined;
}

/**
 * Resolves and reads the file that a model names.
 * @throws as `targetAt`, and ToolError when the file is newer than the agent saw
 */
export function readTarget(asked: string, { root, versions }: ToolContext): Target {
  const target = targetAt(root, asked);
  versions.assertUnchanged(target.real, target.shown);
  return target;
}

/** @throws PathError, or ToolError when it is no file, too large or read-only */
export function targetAt(root: string, asked: string): Target {
  const { real, shown } = resolveWritable(root, asked);
  const stat = fs.statSync(real, { throwIfNoEntry: false });
  if (stat && !stat.isFile()) throw new ToolError(`${shown} is not a file`);
  if (stat && stat.size > MAX_BYTES) throw new ToolError(`${shown} is too large to edit`);
  const denied = whyReadOnly(real);
  if (denied) throw new ToolError(`${shown} ${denied}`);
  const before = stat && withRegularFile(real, (fd) => fs.readFileSync(fd));
  return { real, shown, before };
}
