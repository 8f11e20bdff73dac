/** Confinement: which paths lie inside the workspace, links followed, and which may be written. */
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../util/errors.ts';

/** A path that may not be used. The message is one clause for the model or the person. */
export class PathError extends Error {
  override readonly name = 'PathError';
}

export interface WorkspacePath {
  /** The real path: absolute, every link resolved. What does not exist yet keeps its name. */
  real: string;
  /** Relative to the workspace root as it was asked for, `.` for the root itself. */
  shown: string;
}

/** Hidden from lists and searches: the agent's own, version control, caches, dependencies. */
export const INTERNAL_NAMES: ReadonlySet<string> = new Set([
  '.git',
  '.mini-coding-agent',
  '__pycache__',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
  '.venv',
  'venv',
  'node_modules',
]);

/**
 * Resolves a path that a model or a repository names. Real paths are compared, never strings.
 * @param root the workspace root, itself a real path
 * @throws PathError when it leads out of the workspace or cannot be resolved
 */
export function resolveInside(root: string, asked: string): WorkspacePath {
  if (asked.includes('\0')) throw new PathError('the path holds a NUL character');
  const absolute = path.resolve(root, asked);
  const real = realPath(absolute, asked);
  if (!isInside(root, real)) throw new PathError(`${asked} is outside the workspace`);
  const relative = path.relative(root, isInside(root, absolute) ? absolute : real);
  return { real, shown: relative || '.' };
}

/** As `resolveInside`, for a file that is to be written. @throws PathError if it is protected. */
export function resolveWritable(root: string, asked: string): WorkspacePath {
  const resolved = resolveInside(root, asked);
  for (const relative of [resolved.shown, path.relative(root, resolved.real)]) {
    if (isProtected(relative)) {
      throw new PathError(`${asked} is protected: the agent does not write there`);
    }
  }
  return resolved;
}

export function isInside(root: string, real: string): boolean {
  const relative = path.relative(root, real);
  return (
    relative === '' ||
    (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative))
  );
}

/** The real path of something that need not exist yet, as long as it is no link to nowhere. */
function realPath(absolute: string, asked: string): string {
  try {
    return fs.realpathSync(absolute);
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    if (code !== 'ENOENT') throw new PathError(`${asked} cannot be used (${code})`);
  }
  if (fs.lstatSync(absolute, { throwIfNoEntry: false })) {
    throw new PathError(`${asked} is a link to a place that does not exist`);
  }
  return path.join(realPath(path.dirname(absolute), asked), path.basename(absolute));
}

/** Folders whose files others run, and the start-up files of shells in the root. */
const PROTECTED_FOLDERS: ReadonlySet<string> = new Set([
  '.git',
  '.mini-coding-agent',
  '.vscode',
  '.idea',
]);
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

/** Names in the root that the agent does not write. */
export const PROTECTED_IN_ROOT: readonly string[] = [...PROTECTED_FOLDERS, ...SHELL_START_UP];

/** Case and invisible characters do not count: some file systems pass over them. */
function isProtected(relative: string): boolean {
  const names = relative
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .split(path.sep);
  return (
    names.some((name) => PROTECTED_FOLDERS.has(name)) ||
    (names.length === 1 && SHELL_START_UP.has(names[0] ?? ''))
  );
}

/**
 * The same environment with a PATH that no repository has a say in: absolute folders outside of
 * `folder`. npm puts `node_modules/.bin` of the current folder first, and a `git` may lie there.
 */
export function withTrustedPath(
  env: NodeJS.ProcessEnv,
  folder: string,
): NodeJS.ProcessEnv & { PATH: string } {
  const trusted = (env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((entry) => path.isAbsolute(entry) && !isInside(folder, realOrSame(entry)));
  // An empty PATH would mean the current folder.
  return { ...env, PATH: trusted.join(path.delimiter) || '/usr/bin:/bin' };
}

/** The absolute path of a program on the PATH, but for what lies in `folder`; undefined for none. */
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
    return fs.realpathSync(entry);
  } catch {
    return path.resolve(entry);
  }
}
