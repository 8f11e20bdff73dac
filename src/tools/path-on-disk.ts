/** Calls for a file by a name that differs from the one on the disk only in Unicode form or case. */
import fs from 'node:fs';
import path from 'node:path';
import { PathError, resolveInside, resolveWritable } from '../workspace/paths.ts';
import { spellingOnDisk } from '../workspace/spelling.ts';
import { shownName } from './shown-name.ts';
import type { PreparedCall, Tool } from './tool.ts';
import { ToolError } from './tool-error.ts';

/**
 * The call with the path of the file as the disk spells it, so that the question, the result and the
 * record have that one. What is read may differ in both. What is edited may differ only in Unicode form,
 * which models cannot choose: in another case it might be meant as another file.
 * @throws ToolError if an edit would make a file or folder whose name differs only in case
 */
export function withPathOnDisk(tool: Tool, prepared: PreparedCall, root: string): PreparedCall {
  const arg = tool.edits ?? tool.reads;
  const asked = arg === undefined ? undefined : prepared.args[arg];
  if (arg === undefined || typeof asked !== 'string' || !isMissing(tool, asked, root)) {
    return prepared;
  }
  const onDisk = spellingOnDisk(root, asked, tool.edits ? 'form' : 'case');
  if (tool.edits && onDisk.alike.length > 0) {
    const names = onDisk.alike.map(shownName).join(' or ');
    throw new ToolError(`${asked} differs from what is there only in case: use ${names}`);
  }
  if (onDisk.path === path.relative(root, path.resolve(root, asked))) return prepared;
  return tool.prepare({ ...prepared.args, [arg]: onDisk.path }, true);
}

/** Whether nothing has the name. What must not be used is left to the tool, which says why. */
function isMissing(tool: Tool, asked: string, root: string): boolean {
  try {
    const resolve = tool.edits ? resolveWritable : resolveInside;
    return !fs.existsSync(resolve(root, asked).real);
  } catch (error) {
    if (error instanceof PathError) return false;
    throw error;
  }
}
