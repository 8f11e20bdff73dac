/** What a command in the sandbox sees of the file system, as arguments of bubblewrap. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isInside } from '../../workspace/paths.ts';
import type { Protection } from './protected.ts';

/** Others leave sockets and files here: a read-only view of a socket can still be connected to. */
const PRIVATE = ['/tmp', '/run', '/var/run'];
/** The sandbox gets its own. */
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
  '.local/share/keyrings',
  '.cargo/credentials.toml',
  '.git-credentials',
  '.netrc',
  '.npmrc',
  '.pypirc',
];

export interface View {
  /** The workspace, a real path. */
  root: string;
  env: NodeJS.ProcessEnv;
  network: boolean;
  protection: Protection;
}

/** Whether a workspace would show what the sandbox hides, or let commands write it. */
export function holdsSystem(root: string, env: NodeJS.ProcessEnv): boolean {
  const home = realOrNothing(env['HOME'] ?? os.homedir());
  return [...PRIVATE, ...FRESH, ...home].some((folder) => isInside(root, folder));
}

/** Later ones lie on top of earlier ones. */
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
    // For root, settings of the kernel are writable files.
    ['--ro-bind-try', '/proc/sys', '/proc/sys'],
    ['--ro-bind-try', '/proc/sysrq-trigger', '/proc/sysrq-trigger'],
    hidden.flatMap((folder) => ['--tmpfs', folder]),
    needed.flatMap((name) => ['--ro-bind', fs.realpathSync(name), name]),
    [root, ...protection.pinned].flatMap((name) => ['--bind', name, name]),
    protection.fixed.flatMap((name) => ['--ro-bind', name, name]),
    secrets.flatMap(hide),
    socketsOf()
      .filter((name) => !covered(name))
      .flatMap(hide),
  ].flat();
}

/** Programs may be called through folders in /run (fnm, NixOS), and names be looked up with a file there. */
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

/** Those that are there, unless the workspace itself lies in one. */
function secretsOf(env: NodeJS.ProcessEnv, root: string): string[] {
  const home = env['HOME'] ?? os.homedir();
  return SECRETS.flatMap((name) => realOrNothing(path.join(home, name))).filter(
    (secret) => !isInside(secret, root),
  );
}

/** Sockets with a name, of this system and those handed into this container. */
function socketsOf(): string[] {
  const bound = linesOf('/proc/net/unix').map((line) => /^(?:\S+ +){7}(\/.*)/.exec(line)?.[1]);
  const mounted = linesOf('/proc/self/mountinfo').map((line) =>
    line
      .split(' ')[4]
      ?.replace(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8))),
  );
  const real = [...bound, ...mounted].flatMap((name) => realOrNothing(name ?? ''));
  return [...new Set(real)].filter((name) =>
    fs.lstatSync(name, { throwIfNoEntry: false })?.isSocket(),
  );
}

function linesOf(file: string): string[] {
  return fs.readFileSync(file, 'utf8').split('\n');
}

/** Something empty in place of a folder, nothing in place of a file or a socket. */
function hide(name: string): string[] {
  return fs.statSync(name, { throwIfNoEntry: false })?.isDirectory()
    ? ['--tmpfs', name, '--remount-ro', name]
    : ['--ro-bind', '/dev/null', name];
}

function realOrNothing(name: string): string[] {
  try {
    return path.isAbsolute(name) ? [fs.realpathSync(name)] : [];
  } catch {
    return []; // it is not there, or closed to us and so to the commands
  }
}
