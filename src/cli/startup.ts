/** What is looked at and said before anything else happens. */
import type { Writable } from 'node:stream';
import { ContextWindow } from '../context/window.ts';
import type { Conversation } from './conversation.ts';
import { errorCode } from '../util/errors.ts';
import type { JsonOutput, JsonOutputOptions } from './json-output.ts';
import { UsageError, type Options } from './options.ts';
import { SESSIONS_HOME, SessionStore } from '../session/store.ts';
import { renderWelcome } from '../terminal/welcome.ts';
import { openSandbox, SandboxError, type Sandbox } from '../tools/shell/sandbox.ts';
import { trackedBelow } from '../workspace/git.ts';
import { takeSnapshot, type Snapshot } from '../workspace/snapshot.ts';

/** The workspace at the start. @throws UsageError when the folder is gone or closed to us */
export async function lookAt(folder: string, env: NodeJS.ProcessEnv): Promise<Snapshot> {
  try {
    return await takeSnapshot(folder, env);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new UsageError(`The folder ${folder} cannot be used (${errorCode(error)}).`);
  }
}

/** The sessions of a workspace, but for those that may have come with the repository. */
export function sessionsIn(
  root: string,
  gitEnv: NodeJS.ProcessEnv,
  warn: (message: string) => void,
): SessionStore {
  const tracked = () => trackedBelow(root, SESSIONS_HOME, gitEnv);
  return new SessionStore({ workspaceRoot: root, warn, tracked });
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

/** What a conversation opens with, in a terminal of so many columns; one without a size says 0. */
export function welcomeFor(
  options: Options,
  { session, modelName }: Pick<Conversation, 'session' | 'modelName'>,
  { cwd, branch }: Snapshot,
  columns: number,
): string {
  const resumed = session.resumed ? ' (resumed)' : '';
  return renderWelcome(
    {
      workspace: cwd,
      model: modelName,
      window: windowShown(options),
      branch,
      approval: approvalShown(options),
      session: session.id + resumed,
    },
    columns || undefined,
  );
}

function approvalShown({ approval, sandbox }: Options): string {
  if (!sandbox) return approval;
  return `${approval} (shell in a sandbox${sandbox.network ? '' : ', no network'})`;
}

/** The server tells only later what the model has. */
function windowShown({ numCtx }: Options): string {
  if (numCtx !== undefined) return `${numCtx} tokens`;
  return `up to ${new ContextWindow(undefined, undefined).numCtx} tokens`;
}

/** Where a program reads what happens; undefined where a person does. */
export async function jsonOutputFor(
  { outputFormat: format }: Options,
  session: JsonOutputOptions['session'],
  stdout: Writable,
): Promise<JsonOutput | undefined> {
  if (format === 'text') return undefined;
  const { JsonOutput } = await import('./json-output.ts');
  return new JsonOutput({ format, stdout, session });
}
