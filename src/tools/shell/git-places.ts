/** Where git keeps its data in the workspace, and which files there it obeys. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { errorCode } from '../../util/errors.ts';
import { realPathOf } from '../../util/file-names.ts';
import { readHead } from '../../util/files.ts';
import { ToolError } from '../tool-error.ts';
import { findProgram, isInside, withTrustedPath } from '../../workspace/paths.ts';
import { gitFolderOf } from '../../workspace/repository.ts';

/** Files in the folder of git that name programs, other settings or other repositories. */
export const OBEYED_BY_GIT = [
  'config',
  'config.worktree',
  'commondir',
  'hooks',
  'branches',
  'remotes',
  'info/attributes',
  'objects/info/alternates',
];

/** Bytes of a file that names a folder: more than the longest path. */
const MAX_POINTER_BYTES = 8 * 1024;
/** Bytes of settings that are searched for the word `include`; git is asked about longer ones. */
export const MAX_SETTINGS_BYTES = 1024 * 1024;
/** Milliseconds that git may take to read one file of settings. */
const GIT_MS = 5_000;

/** The folders inside the workspace where git keeps its data, as real paths. */
export function gitFoldersOf(root: string): string[] {
  return gitFoldersFor(root).filter((folder) => folder !== root && isInside(root, folder));
}

/** The folder of the work tree, and the one that it shares with others, wherever they are. */
function gitFoldersFor(root: string): string[] {
  const own = ifThere(() => gitFolderOf(root));
  const common = own && commonFolder(own);
  return [...new Set([own ?? [], common ?? []].flat())];
}

/** The folder that a work tree's own git folder names, read as git does; undefined if it names none. */
function commonFolder(own: string): string | undefined {
  const head = headOf(path.join(own, 'commondir'), MAX_POINTER_BYTES)?.toString();
  const name = head?.split('\0', 1)[0]?.replace(/[\r\n]+$/, '');
  return name && folderAt(path.resolve(own, name));
}

/**
 * The files in the workspace that git includes in its settings, whether they exist or not, and under
 * any condition: a command may make it true. Asks git itself, which runs nothing for this.
 * @throws ToolError if git does not answer
 */
export function includedSettings(root: string, env: NodeJS.ProcessEnv): string[] {
  const home = env['HOME'] ?? os.homedir();
  const ofUser = env['XDG_CONFIG_HOME'] ?? path.join(home, '.config');
  const files = [
    ...gitFoldersFor(root).flatMap((folder) => [`${folder}/config`, `${folder}/config.worktree`]),
    `${home}/.gitconfig`,
    `${ofUser}/git/config`,
  ];
  // An included file may include others, and itself by another name.
  const found = new Set<string>();
  for (const file of files) {
    const real = realNameOf(file);
    if (found.has(real)) continue;
    found.add(real);
    files.push(...includedBy(file, root, env));
  }
  // As they are named, too: a link on the way could lead elsewhere.
  const all = [...files.map((name) => path.resolve(name)), ...found];
  return all.filter((name) => name !== root && isInside(root, name));
}

function includedBy(file: string, root: string, env: NodeJS.ProcessEnv): string[] {
  const head = headOf(file, MAX_SETTINGS_BYTES);
  const isLong = head?.length === MAX_SETTINGS_BYTES;
  if (head === undefined || (!isLong && !/include/i.test(head.toString('latin1')))) return [];
  const git = findProgram('git', env, root);
  if (git === undefined) return [];
  const asked = ['--null', '--type=path', '--get-regexp', String.raw`^include(if\..*)?\.path$`];
  const { stdout, error } = spawnSync(git, ['config', '--file', file, '--no-includes', ...asked], {
    cwd: '/',
    env: withTrustedPath(env, root),
    encoding: 'utf8',
    timeout: GIT_MS,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (error) throw new ToolError(`git's settings cannot be read (${errorCode(error)})`);
  const values = stdout.split('\0').map((entry) => entry.slice(entry.indexOf('\n') + 1));
  // Not path.join(), which takes `..` for the folder that a link is in.
  return values
    .filter((name) => name !== '')
    .map((name) => (path.isAbsolute(name) ? name : `${path.dirname(file)}/${name}`));
}

/** The first bytes of a regular file, through links; undefined if there is none that can be read. */
export function headOf(file: string, limit: number): Buffer | undefined {
  return ifThere(() => readHead(realPathOf(file), limit));
}

function folderAt(name: string): string | undefined {
  return ifThere(() => {
    const real = realPathOf(name);
    return fs.statSync(real).isDirectory() ? real : undefined;
  });
}

/** The real path of a file, or where it would be if it existed. */
function realNameOf(name: string): string {
  const real = (known: string) => ifThere(() => realPathOf(known));
  const folder = real(path.dirname(name));
  return (
    real(name) ??
    (folder === undefined ? path.resolve(name) : path.join(folder, path.basename(name)))
  );
}

function ifThere<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined; // git finds nothing there either
  }
}
