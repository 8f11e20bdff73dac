/** What is at a path in the workspace, without following a link. */
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../../util/errors.ts';
import { ToolError } from '../tool-error.ts';

/**
 * What is there; undefined if nothing is.
 * @throws ToolError if a folder on the way is closed to us, so that nobody can tell
 */
export function kindOf(name: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(name);
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    if (code !== 'EACCES') return undefined;
    throw new ToolError(
      `${name} cannot be protected, because a folder above it is closed (EACCES): make it accessible`,
    );
  }
}

/** @throws as `kindOf` */
export function exists(name: string): boolean {
  return kindOf(name) !== undefined;
}

/** Whether it is a folder and no link to one. @throws as `kindOf` */
export function isFolder(name: string): boolean {
  return kindOf(name)?.isDirectory() ?? false;
}

/** Where a link leads, as it says; undefined if it is no link. @throws as `kindOf` */
export function linkTarget(name: string): string | undefined {
  return kindOf(name)?.isSymbolicLink() ? fs.readlinkSync(name) : undefined;
}

/** The paths from below the root down to this one, which is inside it. */
export function pathBetween(root: string, name: string): string[] {
  return name === root ? [] : [...pathBetween(root, path.dirname(name)), name];
}
