/**
 * Component 1, live repo context: what the workspace looks like, collected at the start and again
 * before each request, so that the model is told of every change.
 */
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../util/errors.ts';
import { readDocs, type ProjectDoc } from './docs.ts';
import { readGit } from './git.ts';
import { withTrustedPath } from './paths.ts';

export interface Snapshot {
  cwd: string;
  /** The git root that holds cwd, or cwd itself. */
  root: string;
  branch: string;
  defaultBranch: string;
  /** `clean`, the short status, or why there is none. */
  status: string;
  recentCommits: string[];
  docs: ProjectDoc[];
}

/** Looks at the workspace that holds `folder`. @throws Error with a `code` if it is no folder. */
export async function takeSnapshot(folder: string, env: NodeJS.ProcessEnv): Promise<Snapshot> {
  const cwd = fs.realpathSync(folder);
  const repository = repositoryAbove(cwd);
  const found =
    repository === undefined ? undefined : await readGit(cwd, withTrustedPath(env, repository));
  // A repository's config can name any work tree: only the folder that holds .git is believed.
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

/** Looks at the workspace again; a folder that is gone by then is something to tell the model. */
export async function lookAgain(before: Snapshot, env: NodeJS.ProcessEnv): Promise<Snapshot> {
  try {
    return await takeSnapshot(before.cwd, env);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return { ...before, status: `unknown (the folder cannot be read: ${errorCode(error)})` };
  }
}

const UNKNOWN = 'unknown (git did not answer)';

/** The nearest folder that holds `.git`: a folder, or the file of a work tree or submodule. */
function repositoryAbove(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, '.git'))) return folder;
    if (folder === path.dirname(folder)) return undefined;
  }
}
