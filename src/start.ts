/** What is looked at and said before anything else happens. */
import { errorCode } from './errors.ts';
import { UsageError, type Options } from './options.ts';
import { readPiped } from './terminal/piped.ts';
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
export function autoNotice({ approval, sandbox }: Options): string | undefined {
  if (approval !== 'auto') return undefined;
  const files = '--approval auto: without asking, the model may change files here and run';
  if (!sandbox) return `${files} anything that you may run; --sandbox confines commands.`;
  return `${files} commands in a sandbox ${sandbox.network ? 'with' : 'without'} network.`;
}

/** The policy as the welcome shows it. */
export function approvalShown({ approval, sandbox }: Options): string {
  if (!sandbox) return approval;
  return `${approval} (shell in a sandbox${sandbox.network ? '' : ', no network'})`;
}

const WAITING =
  'The rest of the request is read from standard input, to its end. Without any: </dev/null';

/**
 * The prompt's words, then what was piped in; only the words once `leaving` has aborted.
 * @throws UsageError when there is neither
 */
export async function withPipedInput(
  words: string,
  stdin: NodeJS.ReadStream,
  { leaving, say }: { leaving: AbortSignal; say: (message: string) => void },
): Promise<string> {
  leaving.addEventListener('abort', () => stdin.destroy());
  const piped = stdin.isTTY ? '' : await readPiped(stdin, () => say(WAITING));
  if (piped === undefined) throw new UsageError('--print: too much was piped in');
  const request = [words, piped.trim()].filter((part) => part !== '').join('\n\n');
  if (request === '' && !leaving.aborted) {
    throw new UsageError('--print needs a prompt, as words or piped in');
  }
  return request;
}
