/**
 * What git knows of the workspace, read without running anything that the repository names: hooks,
 * fsmonitor, filters, pagers, signature checks and lazy fetches are off on every call.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { simpleGit } from 'simple-git';
import { clipLine } from '../context/clip.ts';
import { withTrustedPath } from './paths.ts';

export interface GitFacts {
  root: string;
  /** `-` where there is none: a detached head. */
  branch: string;
  defaultBranch: string;
  /** `git status --short`: empty when clean, undefined when git did not tell. */
  status: string | undefined;
  /** The last five, `hash subject`. */
  recentCommits: string[];
}

/** How long git may take in all, in milliseconds, before its answers count as unknown. */
const GIT_TIMEOUT_MS = 5_000;
/** The most that git may list. */
const MAX_LISTED_BYTES = 64 * 1024 * 1024;
/** Of a commit's subject, its hash included. */
const COMMIT_CHARS = 120;

/**
 * Asks git about the folder. Undefined means: no repository, or no git.
 * @param env the environment of the child processes; GIT_ variables in it are not handed on
 */
export async function readGit(
  cwd: string,
  env: NodeJS.ProcessEnv,
  timeoutMs = GIT_TIMEOUT_MS,
): Promise<GitFacts | undefined> {
  const abort = AbortSignal.timeout(timeoutMs);
  const plain = gitIn(cwd, env, abort, []);
  const [top, filters] = await Promise.all([
    plain(['rev-parse', '--show-toplevel']),
    filtersOf(plain),
  ]);
  if (!top) return undefined;
  const root = top.replace(/\n$/, '');

  const git = gitIn(root, env, abort, filters ?? []);
  const [branch, origin, status, log] = await Promise.all([
    git(['symbolic-ref', 'HEAD']),
    git(['symbolic-ref', 'refs/remotes/origin/HEAD']),
    // A filter that cannot be switched off by name would run: then the status stays unknown.
    filters && git(['status', '--short', '--no-branch', '--ignore-submodules=all']),
    git(['log', '-5', '--oneline', '--no-decorate', '--no-color']),
  ]);
  return {
    root,
    branch: branch?.trim().replace(/^refs\/heads\//, '') || '-',
    defaultBranch: origin?.trim().replace(/^refs\/remotes\/origin\//, '') || 'main',
    status: status?.trimEnd(),
    recentCommits: log?.trim() ? log.trim().split('\n').map(shortSubject) : [],
  };
}

/**
 * The files of a repository that git knows or would add, relative to its root; undefined where git
 * did not tell. Nothing that the repository names is run for it: no file is read.
 * @param env as in `readGit`
 */
export async function listGitFiles(
  root: string,
  env: NodeJS.ProcessEnv,
): Promise<string[] | undefined> {
  const git = gitIn(root, env, AbortSignal.timeout(GIT_TIMEOUT_MS), []);
  const listed = await git(['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  return listed === undefined ? undefined : [...new Set(listed.split('\0').slice(0, -1))];
}

/**
 * The files below a folder of the repository that git tracks, relative to its root, and the folder
 * itself where it is a submodule; undefined where there is a repository and git does not tell. Synchronous, as the opening of a session is.
 * @param folder relative to the root, matched in any case, as some file systems do
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

function shortSubject(commit: string): string {
  return clipLine(commit, COMMIT_CHARS);
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

type Git = (command: string[]) => Promise<string | undefined>;

/** Runs git commands in a folder; one that fails or takes too long gives undefined. */
function gitIn(cwd: string, env: NodeJS.ProcessEnv, abort: AbortSignal, config: string[]): Git {
  try {
    const git = simpleGit({
      baseDir: cwd,
      abort,
      config: [...SAFE_CONFIG, ...config],
      allowEnvironment: Object.keys(SAFE_ENV),
      // simple-git refuses these settings even to switch them off.
      unsafe: { allowUnsafeFsMonitor: true, allowUnsafeHooksPath: true, allowUnsafeFilter: true },
    }).env({ ...withoutGit(env), ...SAFE_ENV });
    // A child of git may hold the pipe after git itself was ended: the time is up all the same.
    const timeUp = new Promise<undefined>((resolve) => {
      abort.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    return (command) => Promise.race([git.raw(command).catch(() => undefined), timeUp]);
  } catch {
    return () => Promise.resolve(undefined);
  }
}

/**
 * GIT_DIR and its kin, set in a hook's shell, would point git elsewhere. simple-git refuses the
 * others, which name programs that no call here needs.
 */
const NOT_FOR_GIT = /^(GIT_.*|EDITOR|VISUAL|PAGER|SSH_ASKPASS|PREFIX)$/;

function withoutGit(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !NOT_FOR_GIT.test(name)));
}

/**
 * Settings that switch the clean and process filters off which this repository's own config
 * defines; those of the user and the system are trusted. Undefined when one has a name that cannot
 * be passed on safely, or the config cannot be read.
 */
async function filtersOf(git: Git): Promise<string[] | undefined> {
  const listed = await git(['config', '--list', '--name-only', '--show-scope']);
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
