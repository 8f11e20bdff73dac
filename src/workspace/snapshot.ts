/**
 * Component 1, live repo context: what the workspace looks like, collected at the start and again
 * before each request, so that the model is told of every change.
 */
import fs from 'node:fs';
import path from 'node:path';
import { readDocs, type ProjectDoc } from './docs.ts';
import { readGit } from './git.ts';
import { isInside } from './paths.ts';

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
  const git = await readGit(cwd, env);
  const top = git ? fs.realpathSync(git.root) : cwd;
  // A repository's config can name any work tree; one that does not hold cwd is not believed.
  const root = isInside(top, cwd) ? top : cwd;
  return {
    cwd,
    root,
    branch: git?.branch ?? '-',
    defaultBranch: git?.defaultBranch ?? 'main',
    status: git ? (git.status === '' ? 'clean' : (git.status ?? 'unknown')) : noGit(cwd),
    recentCommits: git?.recentCommits ?? [],
    docs: readDocs(root, cwd),
  };
}

/** Why git told nothing: there is no repository, or there is one that git could not read. */
function noGit(cwd: string): string {
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, '.git'))) return 'unknown (git did not answer)';
    if (folder === path.dirname(folder)) return 'not a git repository';
  }
}
