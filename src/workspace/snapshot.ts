/**
 * Component 1, live repo context: what the workspace looks like, collected at the start and again
 * before each request, so that the model learns of every change.
 */
import fs from 'node:fs';
import { errorCode, FileError } from '../util/errors.ts';
import { readDocs, type ProjectDoc } from './docs.ts';
import { readGit, repositoryAbove } from './git.ts';
import { withTrustedPath } from './paths.ts';

/** The workspace at one moment, as far as the model is told. */
export interface Snapshot {
  /** The folder where the agent started, as a real path. */
  cwd: string;
  /** The root of the git repository around cwd, or cwd itself. */
  root: string;
  /** `-` if there is none. */
  branch: string;
  defaultBranch: string;
  /** `clean`, the short status, or why there is none. */
  status: string;
  recentCommits: string[];
  docs: ProjectDoc[];
}

/** Looks at the workspace around `folder`. @throws Error with a `code` if it is not a folder */
export async function takeSnapshot(folder: string, env: NodeJS.ProcessEnv): Promise<Snapshot> {
  if (folder.includes('\0')) throw new FileError('EINVAL', 'the path contains a NUL character');
  const cwd = fs.realpathSync(folder);
  if (!fs.statSync(cwd).isDirectory()) throw new FileError('ENOTDIR', 'it is not a folder');
  const repository = repositoryAbove(cwd);
  const found =
    repository === undefined ? undefined : await readGit(cwd, withTrustedPath(env, repository));
  // A repository's config can name any work tree: only the folder with .git is believed.
  const git = found && fs.realpathSync(found.root) === repository ? found : undefined;
  const root = repository ?? cwd;
  const unknown = repository === undefined ? 'not a git repository' : UNKNOWN;
  return {
    cwd,
    root,
    branch: git?.branch ?? '-',
    defaultBranch: git?.defaultBranch ?? 'main',
    status: git ? (git.status === '' ? 'clean' : (git.status ?? UNKNOWN)) : unknown,
    recentCommits: git?.recentCommits ?? [],
    docs: readDocs(root, cwd),
  };
}

/** Looks at the workspace again. If the folder is gone by then, the status says so. */
export async function lookAgain(before: Snapshot, env: NodeJS.ProcessEnv): Promise<Snapshot> {
  try {
    return await takeSnapshot(before.cwd, env);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return { ...before, status: `unknown (the folder cannot be read: ${errorCode(error)})` };
  }
}

const UNKNOWN = 'unknown (git did not answer)';
