/**
 * Which repository git may be asked about: the one whose `.git` lies in the workspace root, and no
 * other. Git itself would go where settings or folders in the layout of a repository lead it, and
 * obey the filters there.
 */
import fs from 'node:fs';
import path from 'node:path';
import { errorCode, FileError, unlessUnreadable } from '../util/errors.ts';
import { realPathOf } from '../util/file-names.ts';
import { readHead } from '../util/files.ts';

/** A work tree and the folder where git keeps its data. Both are real paths. */
export interface Repository {
  root: string;
  gitDir: string;
}

/** Why git is not asked about a repository. */
export interface GitRefusal {
  /** One clause, for the model and the person. */
  reason: string;
  /** What the person can do. */
  advice?: string | undefined;
}

/** Git was started and gave no usable answer. */
export const NO_ANSWER: GitRefusal = { reason: 'git did not answer' };

/** The most bytes of a pointer file that are read: more than the longest path has. */
const POINTER_BYTES = 8 * 1024;
/** The most bytes of settings that are read here: most files have fewer than 1,000. */
const SETTINGS_BYTES = 64 * 1024;

/**
 * The real path of a folder, and of the nearest one around it with a `.git`, or itself.
 * @throws an error with a `code` if there is none
 */
export function placeOf(folder: string): { cwd: string; root: string } {
  if (folder.includes('\0')) throw new FileError('EINVAL', 'the path contains a NUL character');
  const cwd = realPathOf(folder);
  return { cwd, root: rootAbove(cwd) ?? cwd };
}

/** The nearest folder with a `.git`, whatever that is. @param cwd a real path */
function rootAbove(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    if (hasDotGit(folder)) return folder;
    if (folder === path.dirname(folder)) return undefined;
  }
}

/** Whether the folder has a `.git`, whatever that is. */
export function hasDotGit(folder: string): boolean {
  return fs.lstatSync(path.join(folder, '.git'), { throwIfNoEntry: false }) !== undefined;
}

/**
 * Finds the git folder that belongs to a root, without git. Nothing in it that git would wait for, a
 * FIFO or a device, is accepted.
 */
export function locateRepository(root: string): Repository | GitRefusal {
  try {
    const gitDir = gitFolderOf(root);
    const special = specialFileIn(gitDir);
    return special === undefined ? { root, gitDir } : { reason: `${special} is not a file` };
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return { reason: 'its .git leads nowhere' };
  }
}

/**
 * The folder that `.git` is, or names if it is the pointer file of a submodule or linked work tree.
 * @throws an error with a `code` if there is none
 */
export function gitFolderOf(root: string): string {
  const dotGit = realPathOf(path.join(root, '.git'));
  if (fs.statSync(dotGit).isDirectory()) return dotGit;
  const [, named] =
    /^gitdir: ([^\0]+?)[\r\n]*(?:\0|$)/.exec(readHead(dotGit, POINTER_BYTES).toString()) ?? [];
  if (named === undefined) throw new FileError('EINVAL', 'it names no folder');
  const gitDir = realPathOf(path.resolve(root, named));
  if (!fs.statSync(gitDir).isDirectory()) throw new FileError('ENOTDIR', 'it is not a folder');
  return gitDir;
}

/** The branch that a repository's HEAD names, read without git; undefined if it names none. */
export function branchNamedIn(root: string): string | undefined {
  const text = unlessUnreadable(() => {
    return readHead(path.join(gitFolderOf(root), 'HEAD'), POINTER_BYTES).toString();
  });
  const [, name] = /^ref: refs\/heads\/([^\r\n\0]+)\n?$/.exec(text ?? '') ?? [];
  return name === '.invalid' ? undefined : name; // where refs are kept in tables
}

/**
 * The text of a repository's own `config`, read without git; undefined for a linked work tree, and
 * where it is too long or cannot be read.
 */
export function ownSettings(gitDir: string): string | undefined {
  return unlessUnreadable(() => {
    if (fs.existsSync(path.join(gitDir, 'commondir'))) return undefined; // of a linked work tree
    const bytes = readHead(path.join(gitDir, 'config'), SETTINGS_BYTES + 1);
    return bytes.length > SETTINGS_BYTES ? undefined : bytes.toString('latin1');
  });
}

/** The path of a FIFO or device that git would read, if there is one. */
function specialFileIn(gitDir: string): string | undefined {
  const isSpecial = (file: string) => {
    try {
      const kind = fs.statSync(file);
      return kind.isFIFO() || kind.isCharacterDevice() || kind.isBlockDevice();
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      return false; // git finds nothing there either
    }
  };
  return fs
    .readdirSync(gitDir)
    .map((name) => path.join(gitDir, name))
    .find(isSpecial);
}

/**
 * Asks in one process for the local branches, for what the remote's HEAD names, and where git looks.
 * Git checks at that who owns the places, and hears `safe.directory`.
 */
export const WHERE = [
  'rev-parse',
  '--symbolic',
  '--glob=refs/heads',
  '--symbolic-full-name', // where the next one leads
  '--glob=refs/remotes/origin/HEA[D]', // a pattern: what is none stands for all below it
  '--absolute-git-dir',
  '--show-toplevel',
];

/** What git prints first when it is asked `WHERE`: the places after the refs are absolute. */
const REFS = /^(?:refs\/[^\n]*\n)*/;

/** The refs that git printed when it was asked `WHERE`. */
export function refsIn(printed: string): string[] {
  return REFS.exec(printed)?.[0].split('\n').slice(0, -1) ?? [];
}

/** Why git is not asked more, from what it printed when it was asked `WHERE`. */
export function refusalOf({ root, gitDir }: Repository, printed: string): GitRefusal | undefined {
  const places = printed.replace(REFS, '');
  if (places === `${gitDir}\n${root}\n`) return undefined;
  // The second wording is that of git 2.35.2.
  if (/^fatal: .*(dubious ownership|owned by someone else)/m.test(printed)) {
    return {
      reason: 'the repository belongs to another user',
      advice: `To trust it: git config --global --add safe.directory ${shellQuoted(root)}`,
    };
  }
  if (printed.includes('must be run in a work tree')) {
    return { reason: 'it is a bare repository (core.bare), which has no work tree' };
  }
  if (printed.includes('spawn git ENOENT')) return { reason: 'git is not installed' };
  if (printed.startsWith('fatal: not a git repository')) return { reason: '.git is no repository' };
  const isElsewhere = path.isAbsolute(places) || printed.includes('cannot chdir to');
  return isElsewhere ? { reason: 'its git settings lead elsewhere (core.worktree)' } : NO_ANSWER;
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
