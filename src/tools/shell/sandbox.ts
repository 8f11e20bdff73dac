/**
 * `--sandbox`: commands run in bubblewrap. They can write only in the workspace and in their own /tmp,
 * and reach no process, socket or network outside. Where that is not possible, nothing runs.
 */
import fs from 'node:fs';
import os from 'node:os';
import { findProgram } from '../../workspace/paths.ts';
import { holdPlaces } from './placeholders.ts';
import { protectionOf } from './protected.ts';
import { runToEnd, type Command, type Ended, type RunOptions } from './process-group.ts';
import { holdsSystem, viewArguments } from './sandbox-view.ts';
import { SH, shellCommand } from './shell.ts';
import { ToolError } from '../tool-error.ts';
import { watch } from './watch.ts';

/** There can be no sandbox. The message is for the person and says what to do. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
}

/** What to confine commands to. */
export interface SandboxOptions {
  /** The workspace, a real path. */
  root: string;
  env: NodeJS.ProcessEnv;
  network: boolean;
  /** As `os.platform()` names it, which is the default. */
  platform?: string;
}

/** A command that runs in the sandbox. */
interface Confined extends Command {
  /** Call it when the command has ended. Returns a clause for each protected path that was changed. */
  settle(): string[];
}

/** A place to run commands in that confines them. */
export interface Sandbox {
  readonly network: boolean;
  /**
   * Prepares a command to run in the sandbox; call `settle` when it has ended.
   * @throws ToolError if what git obeys cannot be protected
   */
  confine(command: Command): Confined;
}

/** Milliseconds that bubblewrap may take to show that it works. */
const PROBE_MS = 10_000;
/** Characters of its message when it does not. */
const REASON_CHARS = 300;

const ISOLATION = [
  '--unshare-user-try',
  '--unshare-ipc',
  '--unshare-pid',
  '--unshare-uts',
  '--unshare-cgroup-try',
  '--cap-drop',
  'ALL', // as root, bubblewrap would keep them
  '--as-pid-1',
  '--new-session',
  '--die-with-parent',
];

/** Go needs a cache that it can write to; npm would retry an absent network for a minute. */
const TOOL_SETTINGS = { GOCACHE: '/tmp/go-build', npm_config_fetch_retries: '0' };

/**
 * The first process of the sandbox. When it ends, everything in the sandbox ends, before bubblewrap
 * reports it; bubblewrap's own first process would let background processes run a moment longer.
 * The command is its child, since a first process ignores SIGTERM. The shell's message about a
 * child that was killed is kept out of the output.
 */
const FIRST = 'exec 3>&2 2>/dev/null; (exec "$@" 2>&3 3>&-); exit $?';

/** Opens a sandbox and runs a command in it to make sure that it works. @throws SandboxError */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { root, env, network, platform = os.platform() } = options;
  if (platform !== 'linux') {
    throw new SandboxError(
      'The sandbox (--sandbox) is not supported on this system yet: it needs Linux.',
    );
  }
  if (holdsSystem(root, env)) {
    throw new SandboxError(
      `The sandbox (--sandbox) cannot confine commands to ${root}: it holds your home folder or ` +
        'system folders.',
    );
  }
  const file = findProgram('bwrap', env, root);
  if (file === undefined) {
    throw new SandboxError(
      'The sandbox (--sandbox) needs bubblewrap, which is not installed. Install it: ' +
        'apt install bubblewrap (or dnf, pacman).',
    );
  }
  const sandbox: Sandbox = {
    network,
    confine({ file: program, args, env: given }) {
      const held = holdPlaces(root);
      const { protection, watched } = releasedOnError(held, () => {
        const found = protectionOf(root, given);
        return { protection: found, watched: watch(found, root) };
      });
      const net = network ? [] : ['--unshare-net'];
      const view = viewArguments({ root, env: given, network, protection });
      const place = [...ISOLATION, ...net, ...view, '--chdir', root, '--info-fd', '3'];
      return {
        file,
        args: [...place, '--', SH.file, '-c', FIRST, 'sh', program, ...args],
        env: { ...given, ...TOOL_SETTINGS, TMPDIR: '/tmp' },
        isSandbox: true,
        settle: () => {
          const clauses = watched.settle();
          held.release();
          return clauses;
        },
      };
    },
  };
  await probe(sandbox, options);
  return sandbox;
}

/** The most times that a command is prepared. */
const TRIES = 3;

/**
 * Runs a command in the sandbox. Also returns a clause for each protected path that was changed.
 * @throws ToolError when the command cannot be started or git cannot be protected
 */
export async function runConfined(
  sandbox: Sandbox,
  command: Command,
  options: RunOptions,
): Promise<{ ended: Ended; violations: string[] }> {
  for (let tries = 1; ; tries++) {
    const confined = sandbox.confine(command);
    let violations: string[] = [];
    const ended = await runToEnd(confined, options).finally(() => (violations = confined.settle()));
    if (tries === TRIES || !missedPlace(ended, confined.args)) return { ended, violations };
  }
}

/** Whether bubblewrap did not start the command, since a socket that it was to hide is gone by now. */
function missedPlace({ how: [code], stdout, stderr }: Ended, args: readonly string[]): boolean {
  const said = stderr.text(REASON_CHARS);
  const [, place] =
    /^bwrap: Can't (?:create file at|mkdir parents for) (\/.*): [^:]+$/.exec(said) ?? [];
  return (
    code === 1 &&
    stdout.text(1) === '' &&
    place !== undefined &&
    args.includes(place) &&
    !fs.existsSync(place)
  );
}

/** Checks that the workspace is writable, and prints its parent's id: 1, the sandbox's first process. */
const PROBE =
  'test -w . || { echo "the workspace cannot be written in there" >&2; exit 1; }; echo $PPID';

/** Does something, and releases what is held if that throws. */
function releasedOnError<T>(held: { release(): void }, act: () => T): T {
  try {
    return act();
  } catch (error) {
    held.release();
    throw error;
  }
}

/** Runs this command as others will be run. */
async function probe(sandbox: Sandbox, { root, env }: SandboxOptions): Promise<void> {
  const signal = new AbortController().signal;
  const options = { cwd: root, timeoutMs: PROBE_MS, signal };
  let reason: string;
  try {
    const { ended } = await runConfined(sandbox, shellCommand(SH, PROBE, env), options);
    if (ended.stdout.text(REASON_CHARS) === '1') return;
    const last = ended.stderr.text(REASON_CHARS).split('\n').at(-1);
    reason = ended.how === 'timeout' ? 'it does not end' : last || 'it does not say why';
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw new SandboxError(`The sandbox (--sandbox) cannot start: ${error.message}.`);
  }
  throw new SandboxError(
    `The sandbox (--sandbox) needs bubblewrap, which is installed but cannot run here: ${reason}. ` +
      'Often user namespaces are switched off (see the sysctls user.max_user_namespaces and ' +
      'kernel.apparmor_restrict_unprivileged_userns), or a container has none.',
  );
}
