/**
 * What a command in the sandbox must not change although it may write in the workspace: files that
 * git, editors and shells run or obey without asking.
 */
import path from 'node:path';
import { PROTECTED_IN_ROOT } from '../../workspace/paths.ts';
import { gitFoldersOf, includedSettings, OBEYED_BY_GIT } from './git-places.ts';
import { exists, isFolder, linkTarget, pathBetween } from './kinds.ts';
import { HOLDERS } from './placeholders.ts';

/** What to protect, as real paths. */
export interface Protection {
  /** Folders that may be written to but not moved: others could take their place. Outer ones first. */
  pinned: string[];
  /** Files and folders that must not change at all. */
  fixed: string[];
  /** Paths that nothing can be mounted on, because they are absent or links. */
  loose: string[];
  /** The folders of git, in which a link makes git write elsewhere. */
  git: string[];
}

/** The folders of submodules and other work trees, if there are any. */
const OF_OTHERS = ['modules', 'worktrees'];

/**
 * Finds what to protect in the workspace as it is now.
 * @param root a real path
 * @param env says where the user's settings of git are
 * @throws ToolError if a folder on the way is closed to us: a command could open it
 */
export function protectionOf(root: string, env: NodeJS.ProcessEnv): Protection {
  const gitFolders = gitFoldersOf(root);
  const inGit = (names: string[]) =>
    gitFolders.flatMap((folder) => names.map((name) => path.join(folder, name)));
  const names = [
    ...PROTECTED_IN_ROOT.map((name) => path.join(root, name)),
    ...inGit([...OBEYED_BY_GIT, HOLDERS]),
    ...includedSettings(root, env),
    // A file of this name could turn the root into a repository, where .git is none or is broken.
    path.join(root, 'HEAD'),
  ]
    .map((name) => pathBetween(root, name).find((part) => linkTarget(part) !== undefined) ?? name)
    .filter((name) => !gitFolders.includes(name));
  const canBeMountedOn = (name: string) => exists(name) && linkTarget(name) === undefined;
  const fixed = [...names, ...inGit(OF_OTHERS)].filter(canBeMountedOn);
  const loose = names.filter((name) => !canBeMountedOn(name));
  const folders = [...gitFolders, ...[...fixed, ...loose].map((name) => path.dirname(name))];
  const pinned = folders.flatMap((folder) => pathBetween(root, folder)).filter(isFolder);
  return {
    pinned: [...new Set(pinned)],
    fixed: [...new Set(fixed)],
    loose: [...new Set(loose)],
    git: gitFolders,
  };
}
