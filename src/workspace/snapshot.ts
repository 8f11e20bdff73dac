/**
 * Component 1, live repo context: what the workspace looks like, collected at the start and again
 * before each request, so that the model learns of every change.
 */
import fs from 'node:fs';
import { FileError } from '../util/errors.ts';
import { readDocs, type ProjectDoc } from './docs.ts';
import { readGit } from './git.ts';
import { hasDotGit, placeOf, type GitRefusal } from './repository.ts';

/** The workspace at one moment, as far as the model is told. */
export interface Snapshot {
  /** The folder where the agent started, as a real path. */
  cwd: string;
  /** The nearest folder around cwd with a `.git`, or cwd itself. */
  root: string;
  /** `-` if there is none. */
  branch: string;
  /** `-` if there is none. */
  defaultBranch: string;
  /** `clean`, the short status, or why there is none. */
  status: string;
  recentCommits: string[];
  docs: ProjectDoc[];
  /** Why git was not asked, though there is a repository. */
  gitRefusal?: GitRefusal | undefined;
}

/**
 * Looks at the workspace around `folder`. @throws Error with a `code` if it is not a folder
 * @param own the path of the person's own instructions
 */
export async function takeSnapshot(
  folder: string,
  env: NodeJS.ProcessEnv,
  own?: string,
): Promise<Snapshot> {
  const { cwd, root } = placeOf(folder);
  return lookAt(cwd, root, env, own);
}

/** Looks at a workspace whose root is known. @throws as `takeSnapshot` */
export async function lookAt(
  cwd: string,
  root: string,
  env: NodeJS.ProcessEnv,
  own?: string,
): Promise<Snapshot> {
  if (!fs.statSync(cwd).isDirectory()) throw new FileError('ENOTDIR', 'it is not a folder');
  const place = { cwd, root, docs: readDocs(root, cwd, own) };
  if (!hasDotGit(root)) return { ...place, ...NOTHING_KNOWN, status: 'not a git repository' };
  const git = await readGit(root, env);
  const known = { ...place, ...('reason' in git ? NOTHING_KNOWN : git) };
  const status = 'reason' in git ? git : git.status;
  if (typeof status === 'string') return { ...known, status: status || 'clean' };
  return { ...known, status: unknownStatus(status.reason), gitRefusal: status };
}

/** Where git was not asked. */
export const NOTHING_KNOWN = { branch: '-', defaultBranch: '-', recentCommits: [] };

/** The status where git said nothing. @param reason a clause */
export const unknownStatus = (reason: string) => `unknown (${reason})`;
