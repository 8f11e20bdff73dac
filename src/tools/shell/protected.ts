/**
 * What a command in the sandbox must not change although it may write in the workspace: files that
 * git, editors and shells run or obey without asking.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../../util/errors.ts';
import { PROTECTED_IN_ROOT } from '../../workspace/paths.ts';
import { gitFoldersOf, includedSettings, OBEYED_BY_GIT } from './git-places.ts';
import { HOLDERS } from './placeholders.ts';

/** What to protect, as real paths. */
export interface Protection {
  /** Folders that may be written to but not moved: others could take their place. Outer ones first. */
  pinned: string[];
  /** Files and folders that must not change at all. */
  fixed: string[];
  /** Paths that nothing can be mounted on, because they are absent or links. */
  loose: string[];
}

/** The folders of submodules and other work trees, if there are any. */
const OF_OTHERS = ['modules', 'worktrees'];

/**
 * Finds what to protect in the workspace as it is now.
 * @param root a real path
 * @param env says where the user's settings of git are
 */
export function protectionOf(root: string, env: NodeJS.ProcessEnv): Protection {
  const gitFolders = gitFoldersOf(root);
  const inGit = (names: string[]) =>
    gitFolders.flatMap((folder) => names.map((name) => path.join(folder, name)));
  const names = [
    ...PROTECTED_IN_ROOT.map((name) => path.join(root, name)),
    ...inGit([...OBEYED_BY_GIT, HOLDERS]),
    ...includedSettings(root, env),
    // Without a repository, a file of this name could turn the root into one.
    ...(gitFolders.length > 0 ? [] : [path.join(root, 'HEAD')]),
  ]
    .map((name) => pathBetween(root, name).find((part) => linkTarget(part) !== undefined) ?? name)
    .filter((name) => !gitFolders.includes(name));
  const fixed = [...new Set([...names, ...inGit(OF_OTHERS)].filter(canBeMountedOn))];
  const folders = [...gitFolders, ...fixed.map((name) => path.dirname(name))];
  return {
    pinned: [...new Set(folders.flatMap((folder) => pathBetween(root, folder)))],
    fixed,
    loose: [...new Set(names.filter((name) => !canBeMountedOn(name)))],
  };
}

/** The paths from below the root down to this one. */
function pathBetween(root: string, folder: string): string[] {
  return folder === root ? [] : [...pathBetween(root, path.dirname(folder)), folder];
}

function canBeMountedOn(name: string): boolean {
  return exists(name) && linkTarget(name) === undefined;
}

/**
 * Remembers protected paths as they are before a command. Afterwards `settle` moves aside what has
 * taken their place, so that nothing obeys it and nothing is lost, and restores links. It returns a
 * clause for each path that it found changed.
 */
export function watch(
  { loose, fixed }: Pick<Protection, 'loose' | 'fixed'>,
  root: string,
): { settle(): string[] } {
  const replaced = replacements(fixed, root);
  const before = loose.map((name) => ({ name, target: linkTarget(name) }));
  return {
    settle: () => [
      ...replaced(),
      ...before.flatMap(({ name, target }) => {
        if (target === undefined ? !exists(name) : linkTarget(name) === target) return [];
        const shown = path.relative(root, name);
        try {
          return [`${shown} is protected: ${putBack(name, target)}`];
        } catch (error) {
          const code = errorCode(error);
          if (code === undefined) throw error;
          return [`${shown} is protected, but could not be moved aside (${code})`];
        }
      }),
    ],
  };
}

/** Which paths that were mounted were replaced: a file that takes the place of one is not protected. */
function replacements(names: readonly string[], root: string): () => string[] {
  const inoOf = (name: string) => kindOf(name)?.ino;
  const before = names.map((name) => ({ name, ino: inoOf(name) }));
  return () =>
    before
      .filter(({ name, ino }) => inoOf(name) !== ino)
      .map(({ name }) => `${path.relative(root, name)} was replaced by another program meanwhile`);
}

function putBack(name: string, target: string | undefined): string {
  const aside = `${name}.kept-out-${randomBytes(3).toString('hex')}`;
  const isThere = exists(name);
  if (isThere) fs.renameSync(name, aside);
  if (target !== undefined) fs.symlinkSync(target, name);
  return isThere ? `what was made there is now ${path.basename(aside)}` : 'the link is back';
}

function exists(name: string): boolean {
  return kindOf(name) !== undefined;
}

function linkTarget(name: string): string | undefined {
  return kindOf(name)?.isSymbolicLink() ? fs.readlinkSync(name) : undefined;
}

/** What is there; undefined if nothing is, or nothing that we could reach. */
function kindOf(name: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(name);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
