/** What git knows about the workspace. */
import { clipLine } from '../context/clip.ts';
import {
  askSync,
  filtersIn,
  GIT_TIMEOUT_MS,
  gitIn,
  openRepository,
  openSync,
  settingsOf,
  type Ask,
} from './ask-git.ts';
import { branchNamedIn, hasDotGit, NO_ANSWER, ownSettings, type GitRefusal } from './repository.ts';

/** What git says about a repository. */
export interface GitFacts {
  /** `-` for a detached head. */
  branch: string;
  /** The remote's default branch, or that of `init.defaultBranch`, `main` or `master`; `-` if none is there. */
  defaultBranch: string;
  /** `git status --short`, empty if clean; or why git did not say. */
  status: string | GitRefusal;
  /** The last five commits as `hash subject`. */
  recentCommits: string[];
}

/** The most characters of a commit's hash and subject. */
const COMMIT_CHARS = 120;
/** What the remote calls its default branch; no symbolic ref if somebody made it by hand. */
const REMOTE_HEAD = 'refs/remotes/origin/HEAD';
/** Default branches, the likelier first. */
const USUAL = ['main', 'master'];

/** A repository that was opened. */
type Listed = Extract<Awaited<ReturnType<typeof openRepository>>, { refs: string[] }>;

/**
 * Asks git about the repository of a root.
 * @param root a real path, with a `.git`
 * @param env the environment of the child processes; GIT_ variables in it are not passed on
 */
export async function readGit(
  root: string,
  env: NodeJS.ProcessEnv,
  timeoutMs = GIT_TIMEOUT_MS,
): Promise<GitFacts | GitRefusal> {
  const abort = AbortSignal.timeout(timeoutMs);
  const repository = await openRepository(root, env, abort);
  if ('reason' in repository) return repository;
  const ask = gitIn(repository, env, abort);
  const settings = needsSettings(repository) ? settingsOf(ask) : Promise.resolve([]);
  const [branch, defaultBranch, status, log] = await Promise.all([
    currentBranch(ask, repository),
    defaultBranchOf(ask, repository, settings),
    statusOf(settings, (filters) => gitIn(repository, env, abort, filters)),
    // Not log(), whose marks between fields may be in a subject.
    ask((git) =>
      git.raw('log', '-5', '--oneline', '--no-decorate', '--no-color', '--encoding=UTF-8'),
    ),
  ]);
  return {
    branch,
    defaultBranch,
    status,
    recentCommits: (log?.match(/.+/g) ?? []).map((commit) => clipLine(commit, COMMIT_CHARS)),
  };
}

/**
 * Whether the settings may tell something that the refs do not: a filter of the repository itself,
 * a remote that was not fetched, or which of several branches is the default. Not to ask saves a
 * process: 6 ms.
 */
function needsSettings({ gitDir, refs }: Listed): boolean {
  const own = ownSettings(gitDir);
  if (own === undefined || /filter|include|worktree/i.test(own)) return true;
  const named = remoteDefault(refs);
  if (named === undefined && /remote/i.test(own)) return true;
  if (named !== undefined && named !== REMOTE_HEAD) return false;
  const local = refs.filter((ref) => ref.startsWith('refs/heads/'));
  return local.length !== 1 || !isUsual(local[0]);
}

const isUsual = (ref = '') => USUAL.some((name) => ref === `refs/heads/${name}`);

/** What the remote's HEAD names, if it was fetched. */
const remoteDefault = (refs: readonly string[]) =>
  refs.find((ref) => ref.startsWith('refs/remotes/'));

/** `-` for a detached head. A branch without a commit is not listed. */
async function currentBranch(ask: Ask, { root, refs }: Listed): Promise<string> {
  const named = branchNamedIn(root);
  if (refs.includes(`refs/heads/${named}`)) return named ?? '-';
  return (await ask((git) => git.branch(['--show-current'])))?.current || '-';
}

/** A filter that cannot be turned off by name would run: then the status is not asked for. */
async function statusOf(
  asked: ReturnType<typeof settingsOf>,
  askWith: (config: string[]) => Ask,
): Promise<GitFacts['status']> {
  const settings = await asked;
  if (!settings) return NO_ANSWER;
  const filters = filtersIn(settings);
  if ('reason' in filters) return filters;
  // Not status(), which mistakes copies and trims names.
  const status = await askWith(filters)((git) =>
    git.raw('status', '--short', '--no-branch', '--ignore-submodules=all'),
  );
  return status?.trimEnd() ?? NO_ANSWER;
}

/** The branch that the remote's HEAD names, or the first usual one that there is; `-` if there is none. */
async function defaultBranchOf(
  ask: Ask,
  { refs }: Listed,
  asked: ReturnType<typeof settingsOf>,
): Promise<string> {
  const settings = (await asked) ?? [];
  const named =
    remoteDefault(refs) ??
    (settings.some(({ key }) => key.startsWith('remote.origin.')) &&
      (await ask((git) => git.raw('symbolic-ref', '--quiet', REMOTE_HEAD))));
  if (named && named !== REMOTE_HEAD) return named.trim().replace(/^refs\/remotes\/origin\//, '');
  const usual = settings.findLast(({ key }) => key === 'init.defaultbranch')?.value?.trim();
  const names = [usual ?? '', ...USUAL];
  return names.find((name) => refs.includes(`refs/heads/${name}`)) ?? '-';
}

/**
 * The files of a repository that git tracks or would add, relative to its root; undefined if git
 * did not say.
 * @param env as in `readGit`
 */
export async function listGitFiles(
  root: string,
  env: NodeJS.ProcessEnv,
): Promise<string[] | undefined> {
  const abort = AbortSignal.timeout(GIT_TIMEOUT_MS);
  const repository = await openRepository(root, env, abort);
  if ('reason' in repository) return undefined;
  const ask = gitIn(repository, env, abort);
  const listed = await ask((git) =>
    git.raw('ls-files', '-z', '--cached', '--others', '--exclude-standard'),
  );
  return listed === undefined ? undefined : [...new Set(listed.split('\0').slice(0, -1))];
}

/**
 * The files below a folder of the repository that git tracks, relative to its root, and the folder
 * itself if it is a submodule; undefined if there is a repository and git does not say. Synchronous,
 * as opening a session is.
 * @param folder relative to the root; case is ignored, as some file systems do
 * @param env as in `readGit`
 */
export function trackedBelow(
  root: string,
  folder: string,
  env: NodeJS.ProcessEnv,
): string[] | undefined {
  if (!hasDotGit(root)) return [];
  const repository = openSync(root, env);
  if ('reason' in repository) return undefined;
  const asked = ['ls-files', '-z', '--cached', '--', `:(top,icase)${folder}`];
  return askSync(repository, env, asked)?.split('\0').slice(0, -1);
}
