/** What is looked at and said before anything else happens. */
import { ContextWindow } from './context/budget.ts';
import { errorCode } from './errors.ts';
import { UsageError, type Options } from './options.ts';
import { openSandbox, SandboxError, type Sandbox } from './tools/sandbox.ts';
import { takeSnapshot, type Snapshot } from './workspace/snapshot.ts';

/** The workspace at the start. @throws UsageError when the folder is gone or closed to us */
export async function lookAt(folder: string, env: NodeJS.ProcessEnv): Promise<Snapshot> {
  try {
    return await takeSnapshot(folder, env);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new UsageError(`The folder ${folder} cannot be used (${errorCode(error)}).`);
  }
}

/** The sandbox that was asked for. @throws UsageError where there can be none */
export async function sandboxFor(
  { sandbox }: Options,
  root: string,
  env: NodeJS.ProcessEnv,
): Promise<Sandbox | undefined> {
  try {
    return sandbox && (await openSandbox({ ...sandbox, root, env }));
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    throw new UsageError(error.message);
  }
}

/** What is allowed without a question, for the person to know; undefined where all is asked. */
export function autoNotice({
  approval,
  sandbox,
}: Pick<Options, 'approval' | 'sandbox'>): string | undefined {
  if (approval !== 'auto') return undefined;
  const files = 'approval auto: without asking, the model may change files here and run';
  if (!sandbox) return `${files} anything that you may run; --sandbox confines commands.`;
  return `${files} commands in a sandbox ${sandbox.network ? 'with' : 'without'} network.`;
}

/** The policy as the welcome shows it. */
export function approvalShown({ approval, sandbox }: Options): string {
  if (!sandbox) return approval;
  return `${approval} (shell in a sandbox${sandbox.network ? '' : ', no network'})`;
}

/** The context window as the welcome shows it, before the server has told what the model has. */
export function windowShown({ numCtx }: Options): string {
  if (numCtx !== undefined) return `${numCtx} tokens`;
  return `up to ${new ContextWindow(undefined, undefined).numCtx} tokens`;
}
