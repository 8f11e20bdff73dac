/**
 * Asks git without running anything that the repository names: hooks, fsmonitor, filters, pagers,
 * signature checks and lazy fetches are off on every call, and git looks into the repository of the
 * workspace root only.
 */
import { spawnSync, type ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import path from 'node:path';
import type { SimpleGit } from 'simple-git';
import { withTrustedPath } from './paths.ts';
import {
  locateRepository,
  refsIn,
  refusalOf,
  WHERE,
  type GitRefusal,
  type Repository,
} from './repository.ts';

/** How long git may take in total, in milliseconds, before its answers count as unknown. */
export const GIT_TIMEOUT_MS = 5_000;
/** The most bytes that git may list. */
const MAX_LISTED_BYTES = 64 * 1024 * 1024;

/**
 * Finds the repository of a root, and makes sure that git would look there and nowhere else. Its refs
 * are the local branches, and the one that the remote's HEAD names.
 */
export async function openRepository(
  root: string,
  env: NodeJS.ProcessEnv,
  abort: AbortSignal,
): Promise<(Repository & { refs: string[] }) | GitRefusal> {
  const repository = locateRepository(root);
  if ('reason' in repository) return repository;
  const ask = gitIn({ root }, env, abort);
  const printed = (await ask((git) => git.raw(...WHERE).catch(messageOf))) ?? '';
  return refusalOf(repository, printed) ?? { ...repository, refs: refsIn(printed) };
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : '');

/** Like `openRepository`, while everything else waits. */
export function openSync(root: string, env: NodeJS.ProcessEnv): Repository | GitRefusal {
  const repository = locateRepository(root);
  if ('reason' in repository) return repository;
  return refusalOf(repository, askSync({ root }, env, WHERE) ?? '') ?? repository;
}

/** What git prints; undefined if it fails or takes too long. */
export function askSync(place: Place, env: NodeJS.ProcessEnv, args: string[]): string | undefined {
  const { stdout, status } = spawnSync(
    'git',
    [...SAFE_CONFIG.flatMap((setting) => ['-c', setting]), ...args],
    {
      cwd: place.root,
      env: gitEnvironment(place, env),
      encoding: 'utf8',
      timeout: GIT_TIMEOUT_MS,
      maxBuffer: MAX_LISTED_BYTES,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  return status === 0 ? stdout : undefined;
}

/** Overrides settings through which a repository's config could run programs or change what is printed. */
const SAFE_CONFIG = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'log.showSignature=false',
  'color.ui=false',
  'color.status=false',
  'core.quotePath=false', // names that are not ASCII as they are
  'safe.bareRepository=explicit',
];

const SAFE_ENV = {
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ALLOW_PROTOCOL: 'none', // a partial clone must not fetch what it lacks
  GIT_NO_LAZY_FETCH: '1',
  LC_ALL: 'C',
};

/** Where git is asked: of a repository that was opened, both places are named to it. */
type Place = Pick<Repository, 'root'> & Partial<Repository>;

/** Asks git something; if it fails or takes too long, the answer is undefined. */
export type Ask = <T>(question: (git: SimpleGit) => Promise<T>) => Promise<T | undefined>;

/** A git for questions about a place. @param config more settings, as `name=value` */
export function gitIn(
  place: Place,
  env: NodeJS.ProcessEnv,
  abort: AbortSignal,
  config: string[] = [],
): Ask {
  const opened = openGit(place, env, abort, config).catch(() => undefined);
  // A child of git may keep the pipe open after git itself was killed: the time is up anyway.
  const timeUp = new Promise<undefined>((resolve) => {
    abort.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  return async (question) => {
    const git = await opened;
    if (!git) return undefined;
    asking++;
    try {
      return await Promise.race([question(git).catch(() => undefined), timeUp]);
    } finally {
      asking--;
    }
  };
}

/** @throws what simple-git refuses: a folder that is gone, or an environment */
async function openGit(
  place: Place,
  env: NodeJS.ProcessEnv,
  abort: AbortSignal,
  config: string[],
): Promise<SimpleGit> {
  const { simpleGit } = await import('simple-git');
  const safeEnv = gitEnvironment(place, env);
  return simpleGit({
    baseDir: place.root,
    abort,
    config: [...SAFE_CONFIG, ...config],
    allowEnvironment: Object.keys(safeEnv).filter((name) => name.startsWith('GIT_')),
    // simple-git refuses these settings even to turn them off, and variables of the person's.
    unsafe: {
      allowUnsafeFsMonitor: true,
      allowUnsafeHooksPath: true,
      allowUnsafeFilter: true,
      allowUnsafeConfigPaths: true,
    },
  }).env(safeEnv);
}

/** How many questions are under way: simple-git may start a process for each. */
let asking = 0;

subscribe('child_process', (message) => {
  const { process: child } = message as { process: ChildProcess };
  if (asking === 0) return;
  // After a git that has printed nothing, simple-git waits 50 ms more. Data, though empty, saves that
  // wait; that for its streams to close stays.
  child.once('exit', () => {
    if (child.spawnfile === 'git') child.stdout?.emit('data', Buffer.alloc(0));
  });
  // Where descriptors run out, a process has no pipes: simple-git stumbles over that before it listens
  // for the error, which would then end the program.
  child.on('error', (error) => {
    // What it is shows only by now: nobody else's failure is hidden.
    if (child.spawnfile !== 'git' && child.listenerCount('error') === 1) throw error;
  });
});

/**
 * GIT_DIR and the like, set in a hook's shell, would point git elsewhere. simple-git refuses the
 * others, which name programs that no call here needs.
 */
const NOT_FOR_GIT =
  /^(GIT_(?!CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM)$).*|EDITOR|VISUAL|PAGER|SSH_ASKPASS|PREFIX)$/;

function gitEnvironment({ root, gitDir }: Place, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const place = gitDir
    ? { GIT_DIR: gitDir, GIT_WORK_TREE: root }
    : { GIT_CEILING_DIRECTORIES: path.dirname(root) };
  const passed = Object.entries(withTrustedPath(env, root)).filter(
    ([name]) => !NOT_FOR_GIT.test(name),
  );
  return { ...Object.fromEntries(passed), ...SAFE_ENV, ...place };
}

/** One of git's settings. */
interface Setting {
  scope: string;
  key: string;
  /** Undefined where only the key is written. */
  value?: string | undefined;
}

/** All settings that hold in a place, the last of a key counts; undefined if git does not list them. */
export async function settingsOf(ask: Ask): Promise<Setting[] | undefined> {
  // Not listConfig(), which does not tell the scope.
  const listed = await ask((git) => git.raw('config', '--list', '--null', '--show-scope'));
  const pairs = listed?.matchAll(/([^\0]*)\0([^\0\n]*)(?:\n([^\0]*))?\0/g);
  return pairs && [...pairs].map(([, scope = '', key = '', value]) => ({ scope, key, value }));
}

/**
 * Settings that turn off the clean and process filters in this repository's own config; those of
 * the user and the system are trusted.
 */
export function filtersIn(settings: readonly Setting[]): string[] | GitRefusal {
  const drivers = new Set<string>();
  for (const { scope, key } of settings) {
    if (scope === 'system' || scope === 'global') continue;
    const driver = /^filter\.(.*)\.[^.]*$/s.exec(key)?.[1];
    if (driver !== undefined) drivers.add(driver);
  }
  if (![...drivers].every((name) => /^[\w-]+$/.test(name))) {
    return { reason: 'its git settings name a filter that cannot be turned off' };
  }
  return [...drivers].flatMap((name) => [
    `filter.${name}.clean=`,
    `filter.${name}.process=`,
    `filter.${name}.required=false`,
  ]);
}
