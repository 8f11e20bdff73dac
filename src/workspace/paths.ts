/** Confinement: which paths are inside the workspace, with links followed, and which may be written. */
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../util/errors.ts';
import { bytesOf, realPathOf, withoutCase } from '../util/file-names.ts';
import { isInGitLayout } from './git-layout.ts';

/** A path that must not be used. The message is one clause for the model or the person. */
export class PathError extends Error {
  override readonly name = 'PathError';
}

/** A path inside the workspace. */
export interface WorkspacePath {
  /** Absolute, with every link resolved. What does not exist yet keeps its name. */
  real: string;
  /**
   * Relative to the workspace root, with the links that were named, or else as the disk spells it;
   * `.` for the root itself.
   */
  shown: string;
}

/** The folder in a workspace's root that is the agent's own. */
export const STATE_FOLDER = '.mini-coding-agent';

/** Names hidden from lists and searches: the agent's own, version control, caches, dependencies. */
export const INTERNAL_NAMES: ReadonlySet<string> = new Set([
  '.git',
  STATE_FOLDER,
  '__pycache__',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
  '.venv',
  'venv',
  'node_modules',
]);

/**
 * Resolves a path that a model or a repository names, in which `nameOf` may have made a name of bytes.
 * It compares real paths, never strings.
 * @param root the workspace root, itself a real path
 * @throws PathError if it leads out of the workspace or cannot be resolved
 */
export function resolveInside(root: string, asked: string): WorkspacePath {
  if (asked.includes('\0')) throw new PathError('the path contains a NUL character');
  const absolute = path.resolve(root, asked);
  const real = realPath(absolute, asked);
  if (!isInside(root, real)) throw new PathError(`${asked} is outside the workspace`);
  const named = path.relative(root, isInside(root, absolute) ? absolute : real);
  const onDisk = path.relative(root, real);
  const shown = withoutCase(named) === withoutCase(onDisk) ? onDisk : named;
  return { real, shown: shown || '.' };
}

/** Like `resolveInside`, for a file to be written. @throws PathError if it is protected */
export function resolveWritable(root: string, asked: string): WorkspacePath {
  const resolved = resolveInside(root, asked);
  for (const relative of [resolved.shown, path.relative(root, resolved.real)]) {
    if (isProtected(relative)) {
      throw new PathError(`${asked} is protected: the agent must not write there`);
    }
  }
  if (isInGitLayout(root, resolved.real)) {
    throw new PathError(`${asked} is protected: git would take its folder for a repository`);
  }
  return resolved;
}

/** Whether a path is `root` or below it. Both must be absolute; links are not followed. */
export function isInside(root: string, real: string): boolean {
  const relative = path.relative(root, real);
  return (
    relative === '' ||
    (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative))
  );
}

/** The real path of something that need not exist yet, unless it is a link to nowhere. */
function realPath(absolute: string, asked: string): string {
  try {
    return realPathOf(absolute);
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    if (code !== 'ENOENT') throw new PathError(`${asked} cannot be used (${code})`);
  }
  if (fs.lstatSync(bytesOf(absolute), { throwIfNoEntry: false })) {
    throw new PathError(`${asked} is a link to a place that does not exist`);
  }
  return path.join(realPath(path.dirname(absolute), asked), path.basename(absolute));
}

/** Folders whose files other programs run, and the startup files of shells in the root. */
const PROTECTED_FOLDERS: ReadonlySet<string> = new Set(['.git', STATE_FOLDER, '.vscode', '.idea']);
const SHELL_START_UP: ReadonlySet<string> = new Set([
  '.bashrc',
  '.bash_profile',
  '.bash_login',
  '.bash_logout',
  '.profile',
  '.zshrc',
  '.zshenv',
  '.zprofile',
  '.zlogin',
  '.zlogout',
  '.cshrc',
  '.tcshrc',
  '.kshrc',
  '.envrc',
]);

/** Where our own settings are, if the workspace is a home folder. */
const SETTINGS = '.config/mini-coding-agent/';

/** Names in the root that the agent must not write. */
export const PROTECTED_IN_ROOT: readonly string[] = [...PROTECTED_FOLDERS, ...SHELL_START_UP];

/** Ignores case and invisible characters, as some file systems do. */
function isProtected(relative: string): boolean {
  const names = relative
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .split(path.sep);
  return (
    names.some((name) => PROTECTED_FOLDERS.has(name)) ||
    `${names.join('/')}/`.startsWith(SETTINGS) ||
    (names.length === 1 && SHELL_START_UP.has(names[0] ?? ''))
  );
}

/**
 * The same environment with a PATH that no repository can influence: absolute folders outside of
 * `folder`, and no `node_modules/.bin`. npm puts those of the current folder and of all above it
 * first, which may contain a `git`.
 */
export function withTrustedPath(
  env: NodeJS.ProcessEnv,
  folder: string,
): NodeJS.ProcessEnv & { PATH: string } {
  const trusted = (env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((entry) => path.isAbsolute(entry) && !/\bnode_modules\/\.bin\/*$/.test(entry))
    .filter((entry) => !isInside(folder, realOrSame(entry)));
  // An empty PATH would mean the current folder.
  return { ...env, PATH: trusted.join(path.delimiter) || '/usr/bin:/bin' };
}

/** The absolute path of a program on the PATH, outside of `folder`; undefined if there is none. */
export function findProgram(
  name: string,
  env: NodeJS.ProcessEnv,
  folder: string,
): string | undefined {
  const folders = withTrustedPath(env, folder).PATH.split(path.delimiter);
  return folders
    .map((entry) => path.join(entry, name))
    .find((file) => isProgram(file) && !isInside(folder, realOrSame(file)));
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function realOrSame(entry: string): string {
  try {
    return realPathOf(entry);
  } catch {
    return path.resolve(entry);
  }
}
