/**
 * What git knows about the workspace, read without running anything that the repository names:
 * hooks, fsmonitor, filters, pagers, signature checks and lazy fetches are off on every call.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { simpleGit, type SimpleGit } from 'simple-git';
import { clipLine } from '../context/clip.ts';
import { withTrustedPath } from './paths.ts';

/** What git says about a repository. */
interface GitFacts {
  /** The top folder of the work tree. */
  root: string;
  /** `-` for a detached head. */
  branch: string;
  /** The remote's default branch, or `main` or `master`, whichever exists. */
  defaultBranch: string;
  /** `git status --short`: empty if clean, undefined if git did not say. */
  status: string | undefined;
  /** The last five commits as `hash subject`. */
  recentCommits: string[];
}

/** How long git may take in total, in milliseconds, before its answers count as unknown. */
const GIT_TIMEOUT_MS = 5_000;
/** The most bytes that git may list. */
const MAX_LISTED_BYTES = 64 * 1024 * 1024;
/** The most characters of a commit's hash and subject. */
const COMMIT_CHARS = 120;

/**
 * Asks git about a folder. Undefined means that there is no repository or no git.
 * @param env the environment of the child processes; GIT_ variables in it are not passed on
 */
export async function readGit(
  cwd: string,
  env: NodeJS.ProcessEnv,
  timeoutMs = GIT_TIMEOUT_MS,
): Promise<GitFacts | undefined> {
  const abort = AbortSignal.timeout(timeoutMs);
  const ask = gitIn(cwd, env, abort, []);
  // Not revparse(), which would trim the folder's name.
  const [top, filters] = await Promise.all([
    ask((git) => git.raw('rev-parse', '--show-toplevel')),
    filtersOf(ask),
  ]);
  if (!top) return undefined;
  const root = top.replace(/\n$/, '');

  const askAtRoot = gitIn(root, env, abort, filters ?? []);
  const [branch, defaultBranch, status, log] = await Promise.all([
    askAtRoot((git) => git.branch(['--show-current'])),
    defaultBranchOf(askAtRoot),
    // A filter that cannot be turned off by name would run: then the status is unknown. Not
    // status(), which mistakes copies and trims names.
    filters &&
      askAtRoot((git) => git.raw('status', '--short', '--no-branch', '--ignore-submodules=all')),
    // Not log(), whose marks between fields may be in a subject.
    askAtRoot((git) =>
      git.raw('log', '-5', '--oneline', '--no-decorate', '--no-color', '--encoding=UTF-8'),
    ),
  ]);
  return {
    root,
    branch: branch?.current || '-',
    defaultBranch,
    status: status?.trimEnd(),
    recentCommits: (log?.match(/.+/g) ?? []).map((commit) => clipLine(commit, COMMIT_CHARS)),
  };
}

/** The branch that the remote's HEAD names; without one, `master` if only that exists, else `main`. */
async function defaultBranchOf(ask: Ask): Promise<string> {
  const [origin, main, master] = await Promise.all([
    ask((git) => git.raw('symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD')),
    ask((git) => git.revparse(['--verify', '--quiet', 'refs/heads/main'])),
    ask((git) => git.revparse(['--verify', '--quiet', 'refs/heads/master'])),
  ]);
  if (origin) return origin.trim().replace(/^refs\/remotes\/origin\//, '');
  return !main && master ? 'master' : 'main';
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
  const ask = gitIn(root, env, AbortSignal.timeout(GIT_TIMEOUT_MS), []);
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
  const config = SAFE_CONFIG.flatMap((setting) => ['-c', setting]);
  const { stdout, status } = spawnSync(
    'git',
    [...config, 'ls-files', '-z', '--cached', '--', `:(top,icase)${folder}`],
    {
      cwd: root,
      env: { ...withoutGit(withTrustedPath(env, root)), ...SAFE_ENV },
      encoding: 'utf8',
      timeout: GIT_TIMEOUT_MS,
      maxBuffer: MAX_LISTED_BYTES,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  if (status === 0) return stdout.split('\0').slice(0, -1);
  return fs.existsSync(path.join(root, '.git')) ? undefined : [];
}

/** Overrides settings through which a repository's config could run programs. */
const SAFE_CONFIG = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'log.showSignature=false',
  'color.ui=false',
  'color.status=false',
];

const SAFE_ENV = {
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ALLOW_PROTOCOL: 'none', // a partial clone must not fetch what it lacks
  GIT_NO_LAZY_FETCH: '1',
  LC_ALL: 'C',
};

/** Asks git something; if it fails or takes too long, the answer is undefined. */
type Ask = <T>(question: (git: SimpleGit) => Promise<T>) => Promise<T | undefined>;

function gitIn(cwd: string, env: NodeJS.ProcessEnv, abort: AbortSignal, config: string[]): Ask {
  try {
    const git = simpleGit({
      baseDir: cwd,
      abort,
      config: [...SAFE_CONFIG, ...config],
      allowEnvironment: Object.keys(SAFE_ENV),
      // simple-git refuses these settings even to turn them off.
      unsafe: { allowUnsafeFsMonitor: true, allowUnsafeHooksPath: true, allowUnsafeFilter: true },
    }).env({ ...withoutGit(env), ...SAFE_ENV });
    // A child of git may keep the pipe open after git itself was killed: the time is up anyway.
    const timeUp = new Promise<undefined>((resolve) => {
      abort.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    return (question) => Promise.race([question(git).catch(() => undefined), timeUp]);
  } catch {
    return () => Promise.resolve(undefined);
  }
}

/**
 * GIT_DIR and the like, set in a hook's shell, would point git elsewhere. simple-git refuses the
 * others, which name programs that no call here needs.
 */
const NOT_FOR_GIT = /^(GIT_.*|EDITOR|VISUAL|PAGER|SSH_ASKPASS|PREFIX)$/;

function withoutGit(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !NOT_FOR_GIT.test(name)));
}

/**
 * Settings that turn off the clean and process filters in this repository's own config; those of
 * the user and the system are trusted. Undefined if a name cannot be passed on safely or the config
 * cannot be read.
 */
async function filtersOf(ask: Ask): Promise<string[] | undefined> {
  // Not listConfig(), which does not tell the scope.
  const listed = await ask((git) => git.raw('config', '--list', '--name-only', '--show-scope'));
  if (listed === undefined) return undefined;
  const drivers = new Set<string>();
  for (const line of listed.split('\n')) {
    const [scope, key = ''] = line.split('\t');
    if (scope === 'system' || scope === 'global') continue;
    const driver = /^filter\.(.*)\.[^.]*$/s.exec(key)?.[1];
    if (driver !== undefined) drivers.add(driver);
  }
  if (![...drivers].every((name) => /^[\w-]+$/.test(name))) return undefined;
  return [...drivers].flatMap((name) => [
    `filter.${name}.clean=`,
    `filter.${name}.process=`,
    `filter.${name}.required=false`,
  ]);
}

/** The nearest folder with a `.git`: a folder, or the file of a work tree or submodule. */
export function repositoryAbove(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, '.git'))) return folder;
    if (folder === path.dirname(folder)) return undefined;
  }
}
