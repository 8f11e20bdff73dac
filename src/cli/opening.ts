/** What the person is told at the start: the welcome, and what will run without asking. */
import { oneLine } from '../context/clip.ts';
import { resultChars } from '../context/result-room.ts';
import { DEFAULT_NUM_CTX } from '../context/window.ts';
import { elsewhereNote, elsewhereNotice, plainKeyNotice } from './elsewhere.ts';
import type { Conversation } from './conversation.ts';
import type { Options } from './options.ts';
import type { Program } from './startup.ts';
import { renderLastExchange } from '../terminal/commands/last-exchange.ts';
import { renderWelcome } from '../terminal/welcome.ts';
import { fitDocs, isOwn, partOf } from '../workspace/doc-room.ts';
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

/** Tells in one line which instructions the model gets, and what of them was cut; unless --quiet. */
export function tellInstructions({ options, terminal }: Program, snapshot: Snapshot): void {
  const told = instructionsIn(snapshot, options.numCtx ?? DEFAULT_NUM_CTX);
  if (told !== '' && !options.quiet) terminal.note(`Instructions: ${told}`);
}

/** The same once the model turned out to have a smaller window, if less of them has room in it. */
export function tellLess(
  { options: { numCtx, quiet }, mode, terminal }: Program,
  snapshot: Snapshot,
  limit: number,
): void {
  const now = instructionsIn(snapshot, limit);
  const isNews = now !== instructionsIn(snapshot, numCtx ?? DEFAULT_NUM_CTX);
  if (!isNews || quiet || mode === 'print') return;
  terminal.say(`The model has a window of ${limit} tokens. Instructions: ${now}`);
}

function instructionsIn({ docs }: Snapshot, numCtx: number): string {
  const names = fitDocs(docs, resultChars(numCtx)).instructions.map((doc) => {
    const part = partOf(doc);
    const name = isOwn(doc) ? 'your own AGENTS.md' : oneLine(doc.path);
    return part === undefined ? name : `${name} (${part})`;
  });
  return names.join(', ');
}

/** Writes the box that a session opens with, and how a resumed one ended, unless --quiet. */
export async function showWelcome(
  program: Program,
  { session, modelName }: Pick<Conversation, 'session' | 'modelName'>,
  snapshot: Snapshot,
): Promise<void> {
  const { options, stdout, terminal } = program;
  const { cwd, branch } = snapshot;
  if (options.quiet) return;
  const note = options.demo || options.replay ? undefined : elsewhereNote(options.host);
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
  tellInstructions(program, snapshot);
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
