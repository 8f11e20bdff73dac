/** What a command in the sandbox has put where it must not: moved aside when the command has ended. */
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../../util/errors.ts';
import { randomHex } from '../../util/random-hex.ts';
import { ToolError } from '../tool-error.ts';
import { exists, isFolder, kindOf, linkTarget, pathBetween } from './kinds.ts';
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
  const links = new Map(git.flatMap(linksIn));
  const before = loose.map((name) => ({ name, target: linkTarget(name) }));
  const onTheWayTo = new Set(loose.flatMap((name) => pathBetween(root, path.dirname(name))));
  const absent = [...onTheWayTo].filter((folder) => !exists(folder));
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
      absent.forEach(openIfFolder);
      const changed = git.flatMap(linksIn).filter(([name, target]) => links.get(name) !== target);
      return [
        ...replaced(),
        ...before.flatMap(putBackAt),
        ...changed.flatMap(([name]) => putBackAt({ name, target: links.get(name) })),
      ];
    },
  };
}

/** Gives back what the owner could do in a folder: in a closed one, nothing can be found or moved. */
function reopening(folder: string): () => void {
  const modeOf = () => {
    const kind = fs.lstatSync(folder); // a link that has taken its place is not followed
    return kind.isDirectory() ? kind.mode & 0o7777 : undefined;
  };
  const mode = modeOf() ?? 0;
  return () => {
    try {
      if ((mode & ~(modeOf() ?? mode) & 0o700) !== 0) fs.chmodSync(folder, mode);
    } catch (error) {
      if (errorCode(error) === undefined) throw error; // it is gone: what is there now is looked at
    }
  };
}

/** The same in a folder that the command has made, which is not to be closed for good. */
function openIfFolder(folder: string): void {
  try {
    if (isFolder(folder)) fs.chmodSync(folder, 0o700);
  } catch (error) {
    if (errorCode(error) === undefined && !(error instanceof ToolError)) throw error;
  }
}

/** A path, and where it led before if it was a link. */
interface Place {
  name: string;
  target?: string | undefined;
}

/** What an action on a path says, or why it failed. */
function clausesOf(root: string, name: string, act: () => string | undefined): string[] {
  try {
    const clause = act();
    return clause === undefined ? [] : [clause];
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
  const aside = `${name}.kept-out-${randomHex(6)}`;
  const isThere = exists(name);
  if (isThere) fs.renameSync(name, aside);
  if (target !== undefined) fs.symlinkSync(target, name);
  const done = isThere ? `what was made there is now ${path.basename(aside)}` : 'the link is back';
  return `${path.relative(root, name)} is protected: ${done}`;
}

/**
 * The links in a folder of git, and where they lead. Git follows them when it writes, and makes none
 * itself, except that HEAD may be one to a branch.
 */
function linksIn(gitFolder: string): [name: string, target: string][] {
  return linksBelow(gitFolder).filter(
    ([name, target]) => !isHeadOfBranch(path.relative(gitFolder, name), target),
  );
}

/** Loose objects: git never writes to one that exists, and there may be very many. */
const LOOSE_OBJECTS = /(?:^|\/)objects\/[0-9a-f]{2}$/;

function linksBelow(folder: string): [name: string, target: string][] {
  return entriesOf(folder).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) return LOOSE_OBJECTS.test(name) ? [] : linksBelow(name);
    const target = entry.isSymbolicLink() ? linkTarget(name) : undefined;
    return target === undefined ? [] : [[name, target]];
  });
}

function isHeadOfBranch(name: string, target: string): boolean {
  return name === 'HEAD' && target.startsWith('refs/heads/') && path.normalize(target) === target;
}

function entriesOf(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return []; // closed to us, and so to git
  }
}
