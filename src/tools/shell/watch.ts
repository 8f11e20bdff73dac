/** What a command in the sandbox has put where it must not: moved aside when the command has ended. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../../util/errors.ts';
import { ToolError } from '../tool-error.ts';
import { exists, kindOf, linkTarget, pathBetween } from './kinds.ts';
import type { Protection } from './protected.ts';

/**
 * Remembers protected paths as they are before a command. Afterwards `settle` moves aside what has
 * taken their place, so that nothing obeys it and nothing is lost, and restores links. It returns a
 * clause for each path that it found changed.
 */
export function watch(
  { pinned, loose, fixed, git }: Protection,
  root: string,
): { settle(): string[] } {
  const reopen = [root, ...pinned].map(reopening);
  const replaced = replacements(fixed, root);
  const links = new Set(git.flatMap(linksIn));
  const before = loose.map((name) => ({ name, target: linkTarget(name) }));
  const putBackAt = ({ name, target }: Place) =>
    clausesOf(root, name, () => {
      // A link on the way could lead out of the workspace: nothing there is ours to move.
      const onTheWay = pathBetween(root, path.dirname(name)).find((part) => linkTarget(part));
      if (onTheWay !== undefined) return putBack(root, { name: onTheWay });
      if (target === undefined ? !exists(name) : linkTarget(name) === target) return undefined;
      return putBack(root, { name, target });
    });
  return {
    settle() {
      reopen.forEach((open) => open());
      const newLinks = git.flatMap(linksIn).filter((name) => !links.has(name));
      return [
        ...replaced(),
        ...before.flatMap(putBackAt),
        ...newLinks.flatMap((name) => putBackAt({ name })),
      ];
    },
  };
}

/** Gives back what the owner could do in a folder: in a closed one, nothing can be found or moved. */
function reopening(folder: string): () => void {
  const modeOf = () => fs.statSync(folder).mode & 0o7777;
  const mode = modeOf();
  return () => {
    try {
      if ((mode & ~modeOf() & 0o700) !== 0) fs.chmodSync(folder, mode);
    } catch (error) {
      if (errorCode(error) === undefined) throw error; // it is gone: what is there now is looked at
    }
  };
}

/** A path, and where it led before if it was a link. */
interface Place {
  name: string;
  target?: string | undefined;
}

/** What an action on a path says, or why it failed. */
function clausesOf(root: string, name: string, act: () => string | undefined): string[] {
  try {
    return [act() ?? []].flat();
  } catch (error) {
    const reason = error instanceof ToolError ? 'EACCES' : errorCode(error);
    if (reason === undefined) throw error;
    return [`${path.relative(root, name)} is protected, but could not be moved aside (${reason})`];
  }
}

/** Which paths that were mounted were replaced: a file that takes the place of one is not protected. */
function replacements(names: readonly string[], root: string): () => string[] {
  const before = names.map((name) => ({ name, ino: kindOf(name)?.ino }));
  return () =>
    before.flatMap(({ name, ino }) => {
      const shown = path.relative(root, name);
      try {
        if (kindOf(name)?.ino === ino) return [];
        return [`${shown} was replaced by another program meanwhile`];
      } catch (error) {
        if (error instanceof ToolError) return [error.message];
        throw error;
      }
    });
}

function putBack(root: string, { name, target }: Place): string {
  const aside = `${name}.kept-out-${randomBytes(3).toString('hex')}`;
  const isThere = exists(name);
  if (isThere) fs.renameSync(name, aside);
  if (target !== undefined) fs.symlinkSync(target, name);
  const done = isThere ? `what was made there is now ${path.basename(aside)}` : 'the link is back';
  return `${path.relative(root, name)} is protected: ${done}`;
}

/** Where git writes to files of known names, and would follow a link. */
const WRITTEN_BY_GIT = ['logs', 'refs', 'info'];

/** The links in a folder of git: git itself makes none, except that HEAD may be one to a branch. */
function linksIn(folder: string): string[] {
  const below = (name: string, recursive: boolean) => entriesOf(path.join(folder, name), recursive);
  return [...below('', false), ...WRITTEN_BY_GIT.flatMap((name) => below(name, true))]
    .filter((entry) => entry.isSymbolicLink())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((name) => !isHeadOfBranch(path.relative(folder, name), linkTarget(name) ?? ''));
}

function isHeadOfBranch(name: string, target: string): boolean {
  return name === 'HEAD' && target.startsWith('refs/heads/') && path.normalize(target) === target;
}

function entriesOf(folder: string, recursive: boolean): fs.Dirent[] {
  try {
    if (!kindOf(folder)?.isDirectory()) return [];
    return fs.readdirSync(folder, { recursive, withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === undefined && !(error instanceof ToolError)) throw error;
    return []; // closed to us, and so to git
  }
}
