/** What the person is told at the start: the welcome, and what will run without asking. */
import { DEFAULT_NUM_CTX } from '../context/window.ts';
import { elsewhereNote, elsewhereNotice, plainKeyNotice } from './elsewhere.ts';
import type { Conversation } from './conversation.ts';
import type { Options } from './options.ts';
import type { Program } from './startup.ts';
import { renderLastExchange } from '../terminal/commands/last-exchange.ts';
import { renderWelcome } from '../terminal/welcome.ts';
import type { Snapshot } from '../workspace/snapshot.ts';

/** What the policy lets the model do without asking; undefined where nothing risky runs unasked. */
export function autoNotice({
  approval,
  sandbox,
}: Pick<Options, 'approval' | 'sandbox'>): string | undefined {
  if (approval !== 'auto') return undefined;
  const may = 'approval auto: the model may change files here and run any command without asking;';
  if (!sandbox) return `${may} --sandbox confines commands.`;
  return `${may} commands run in a sandbox ${sandbox.network ? 'with' : 'without'} network.`;
}

/** Why the check that was asked for cannot run; undefined where it can, or there is none. */
export function noCheckNotice(
  { check, approval }: Pick<Options, 'check' | 'approval'>,
  canAsk: boolean,
): string | undefined {
  if (check === undefined || approval === 'auto') return undefined;
  if (approval === 'never') return 'The check will not run: the approval policy is never.';
  if (canAsk) return undefined;
  return 'The check will not run: nobody can be asked. To allow it, use --approval auto.';
}

/** What leaves this machine, and was not asked about: for the person, before anything is sent. */
export function leavingNotices({ options, mode }: Pick<Program, 'options' | 'mode'>): string[] {
  const { host, key, quiet } = options;
  const isInWelcome = mode === 'repl' && !quiet;
  const notices = [isInWelcome ? undefined : elsewhereNotice(host), plainKeyNotice(host, key)];
  return notices.filter((notice) => notice !== undefined);
}

/** Writes the box that a session opens with, and how a resumed one ended, unless --quiet. */
export async function showWelcome(
  { options, stdout, terminal }: Program,
  { session, modelName }: Pick<Conversation, 'session' | 'modelName'>,
  { cwd, branch }: Snapshot,
): Promise<void> {
  if (options.quiet) return;
  const note = options.demo ? undefined : elsewhereNote(options.host);
  const welcome = {
    workspace: cwd,
    model: modelName,
    server: note === undefined ? undefined : { url: options.host.url, note },
    window: windowShown(options),
    branch,
    approval: approvalShown(options),
    session: session.id + (session.resumed ? ' (resumed)' : ''),
  };
  const columns = stdout.columns || undefined; // a terminal that does not know its size says 0
  stdout.write(`${renderWelcome(welcome, columns)}\n`);
  const { leaving } = terminal.interrupts;
  const ending = await renderLastExchange(session.state, terminal.forCommands(leaving));
  if (ending !== '') stdout.write(`\n${ending}\n`);
}

function approvalShown({ approval, sandbox }: Options): string {
  if (!sandbox) return approval;
  return `${approval} (shell in a sandbox${sandbox.network ? '' : ', no network'})`;
}

/** Only later does the server say how long the model's own window is. */
function windowShown({ numCtx }: Options): string {
  if (numCtx !== undefined) return `${numCtx} tokens`;
  return `up to ${DEFAULT_NUM_CTX} tokens`;
}
