/** Which parts of the file system a command in the sandbox sees, as arguments of bubblewrap. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { realPathOf } from '../../util/file-names.ts';
import { isInside } from '../../workspace/paths.ts';
import type { Protection } from './protected.ts';

/** Other programs leave sockets and files here; a process can connect even to a read-only socket. */
const PRIVATE = ['/tmp', '/run', '/var/run'];
/** The sandbox gets its own of these. */
const FRESH = ['/dev', '/proc'];

/** Well-known places of keys and tokens in the home folder. */
const SECRETS = [
  '.ssh',
  '.aws',
  '.azure',
  '.gnupg',
  '.kube',
  '.docker',
  '.password-store',
  '.config/gcloud',
  '.config/gh',
  '.config/git/credentials',
  '.config/mini-coding-agent',
  '.local/share/keyrings',
  '.cargo/credentials.toml',
  '.git-credentials',
  '.netrc',
  '.npmrc',
  '.pypirc',
];

/** What the view depends on. */
interface View {
  /** The workspace, a real path. */
  root: string;
  env: NodeJS.ProcessEnv;
  network: boolean;
  protection: Protection;
}

/** Whether the workspace contains folders that the sandbox hides or must not let commands write. */
export function holdsSystem(root: string, env: NodeJS.ProcessEnv): boolean {
  const home = realOrNothing(env['HOME'] ?? os.homedir());
  return [...PRIVATE, ...FRESH, ...home].some((folder) => isInside(root, folder));
}

/** The arguments of bubblewrap that set up the view; later mounts cover earlier ones. */
export function viewArguments({ root, env, network, protection }: View): string[] {
  const hidden = PRIVATE.filter((name) =>
    fs.lstatSync(name, { throwIfNoEntry: false })?.isDirectory(),
  );
  const needed = neededOf(hidden, env, network);
  const secrets = secretsOf(env, root);
  const covered = (name: string) =>
    [...FRESH, ...secrets].some((folder) => isInside(folder, name)) ||
    (hidden.some((folder) => isInside(folder, name)) &&
      ![root, ...needed].some((folder) => isInside(folder, name)));
  return [
    ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
    // For root, kernel settings are writable files.
    ['--ro-bind-try', '/proc/sys', '/proc/sys'],
    ['--ro-bind-try', '/proc/sysrq-trigger', '/proc/sysrq-trigger'],
    hidden.flatMap((folder) => ['--tmpfs', folder]),
    needed.flatMap((name) => ['--ro-bind', realPathOf(name), name]),
    [root, ...protection.pinned].flatMap((name) => ['--bind', name, name]),
    protection.fixed.flatMap((name) => ['--ro-bind', name, name]),
    secrets.flatMap(hide),
    socketsOf()
      .filter((name) => !covered(name))
      .flatMap(hide),
  ].flat();
}

/** The PATH may have folders in /run (fnm, NixOS), and name resolution may need a file there. */
function neededOf(hidden: string[], env: NodeJS.ProcessEnv, network: boolean): string[] {
  const folders = (env['PATH'] ?? '').split(path.delimiter);
  const resolver = network ? realOrNothing('/etc/resolv.conf') : [];
  return [...new Set([...folders, ...resolver])].filter(
    (name) =>
      path.isAbsolute(name) &&
      hidden.some((folder) => path.relative(folder, name) !== '' && isInside(folder, name)) &&
      fs.existsSync(name),
  );
}

/** The secrets that exist, except one that contains the workspace. */
function secretsOf(env: NodeJS.ProcessEnv, root: string): string[] {
  const home = env['HOME'] ?? os.homedir();
  return SECRETS.flatMap((name) => realOrNothing(path.join(home, name))).filter(
    (secret) => !isInside(secret, root),
  );
}

/** The sockets that have a path: those of this system, and those mounted into this container. */
function socketsOf(): string[] {
  const bound = linesOf('/proc/net/unix').flatMap(
    (line) => /^(?:\S+ +){7}([^@].*)/.exec(line)?.[1] ?? [],
  );
  const absolute = bound.filter((name) => path.isAbsolute(name));
  const relative = bound.filter((name) => !path.isAbsolute(name));
  // Where a socket with a relative name is, depends on where its process was: likely still is.
  const folders = relative.length === 0 ? [] : workingFolders();
  const mounted = linesOf('/proc/self/mountinfo').map((line) =>
    line
      .split(' ')[4]
      ?.replace(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8))),
  );
  const real = [
    ...absolute,
    ...folders.flatMap((folder) => relative.map((name) => path.join(folder, name))),
    ...mounted,
  ].flatMap((name) => realOrNothing(name ?? ''));
  return [...new Set(real)].filter((name) =>
    fs.lstatSync(name, { throwIfNoEntry: false })?.isSocket(),
  );
}

/** The working folders of the processes that we may look into. */
function workingFolders(): string[] {
  const processes = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return [...new Set(processes.flatMap((id) => realOrNothing(`/proc/${id}/cwd`)))];
}

function linesOf(file: string): string[] {
  return fs.readFileSync(file, 'utf8').split('\n');
}

/** Covers a folder with an empty one, and a file or socket with /dev/null. */
function hide(name: string): string[] {
  return fs.statSync(name, { throwIfNoEntry: false })?.isDirectory()
    ? ['--tmpfs', name, '--remount-ro', name]
    : ['--ro-bind', '/dev/null', name];
}

function realOrNothing(name: string): string[] {
  try {
    return path.isAbsolute(name) ? [realPathOf(name)] : [];
  } catch {
    return []; // it does not exist, or neither we nor the commands may access it
  }
}
