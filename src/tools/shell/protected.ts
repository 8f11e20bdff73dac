/**
 * What a command in the sandbox must not change although it may write in the workspace: files that
 * git, editors and shells run or obey without asking.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../../util/errors.ts';
import { isInside, PROTECTED_IN_ROOT } from '../../workspace/paths.ts';

/** What to protect, as real paths. */
export interface Protection {
  /** Folders that may be written to but not moved: others could take their place. Outer ones first. */
  pinned: string[];
  /** Files and folders that must not change at all. */
  fixed: string[];
  /** Paths that nothing can be mounted on, because they are absent or links. */
  loose: string[];
}

/**
 * Files that git obeys if its folder contains them, with content that changes nothing; undefined for
 * a folder. `commondir` and `config.worktree` can name another `config`.
 */
const NEUTRAL: Record<string, string | undefined> = {
  'config.worktree': '',
  commondir: '.\n',
  hooks: undefined,
};
const OBEYED_BY_GIT = ['config', ...Object.keys(NEUTRAL)];
/** The folders of submodules and other work trees, if there are any. */
const OF_OTHERS = ['modules', 'worktrees'];

/** Finds what to protect in the workspace as it is now. @param root a real path */
export function protectionOf(root: string): Protection {
  const gitFolders = gitFoldersOf(root);
  const names = [
    ...PROTECTED_IN_ROOT.map((name) => path.join(root, name)),
    ...gitFolders.flatMap((folder) => OBEYED_BY_GIT.map((name) => path.join(folder, name))),
    // Without a repository, a file of this name could turn the root into one.
    ...(gitFolders.length > 0 ? [] : [path.join(root, 'HEAD')]),
  ].filter((name) => !gitFolders.includes(name));
  const others = gitFolders.flatMap((folder) => OF_OTHERS.map((name) => path.join(folder, name)));
  return {
    pinned: [...new Set(gitFolders.flatMap((folder) => pathBetween(root, folder)))],
    fixed: [...names, ...others].filter(isPlain),
    loose: names.filter((name) => !isPlain(name)),
  };
}

/**
 * Creates the files that git would obey and that are absent, with content that changes nothing, so
 * that they can be protected while a command runs and not only checked afterwards. `release` removes
 * them again, unless something else has changed them.
 */
export function holdPlaces(root: string): { release(): void } {
  const held = gitFoldersOf(root).flatMap((folder) =>
    Object.entries(NEUTRAL).flatMap(([name, content]) => {
      const file = path.join(folder, name);
      try {
        if (content === undefined) fs.mkdirSync(file);
        else fs.writeFileSync(file, content, { flag: 'wx' });
        return [{ file, content, ino: fs.lstatSync(file).ino }];
      } catch (error) {
        if (errorCode(error) === undefined) throw error;
        return []; // it exists, or cannot be created
      }
    }),
  );
  return { release: () => held.forEach(takeAway) };
}

interface Held {
  file: string;
  content: string | undefined;
  ino: number;
}

function takeAway({ file, content, ino }: Held): void {
  try {
    if (fs.lstatSync(file).ino !== ino) return;
    if (content === undefined) fs.rmdirSync(file);
    else if (fs.readFileSync(file, 'utf8') === content) fs.rmSync(file);
  } catch (error) {
    if (errorCode(error) === undefined) throw error; // already gone, or no longer empty
  }
}

/** The folders inside the workspace where git keeps its data. */
function gitFoldersOf(root: string): string[] {
  const dotGit = path.join(root, '.git');
  const kind = fs.lstatSync(dotGit, { throwIfNoEntry: false });
  const own = kind?.isFile() ? named(dotGit, root, /^gitdir: (.+)/) : realPath(dotGit);
  const common = own && named(path.join(own, 'commondir'), own, /^(.+)/);
  return [...new Set([own, common])].filter(
    (folder): folder is string => folder !== undefined && folder !== root && isInside(root, folder),
  );
}

/** The folder that the first line of a pointer file names; undefined if there is none. */
function named(file: string, from: string, form: RegExp): string | undefined {
  try {
    const name = form.exec(fs.readFileSync(file, 'utf8'))?.[1];
    return name && realPath(path.resolve(from, name));
  } catch {
    return undefined; // git does not find it either
  }
}

function realPath(name: string): string | undefined {
  try {
    return fs.realpathSync(name);
  } catch {
    return undefined;
  }
}

/** The folders from below the root down to this one. */
function pathBetween(root: string, folder: string): string[] {
  return folder === root ? [] : [...pathBetween(root, path.dirname(folder)), folder];
}

function isPlain(name: string): boolean {
  const kind = fs.lstatSync(name, { throwIfNoEntry: false });
  return kind !== undefined && (kind.isDirectory() || kind.isFile());
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
  const before = loose.map((name) => ({ name, target: linkTarget(name), was: exists(name) }));
  return {
    settle: () => [
      ...replaced(),
      ...before.flatMap(({ name, target, was }) => {
        if (target === undefined ? was || !exists(name) : linkTarget(name) === target) return [];
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
  const inoOf = (name: string) => fs.lstatSync(name, { throwIfNoEntry: false })?.ino;
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
  return fs.lstatSync(name, { throwIfNoEntry: false }) !== undefined;
}

function linkTarget(name: string): string | undefined {
  return fs.lstatSync(name, { throwIfNoEntry: false })?.isSymbolicLink()
    ? fs.readlinkSync(name)
    : undefined;
}
