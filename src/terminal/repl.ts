/** The conversation at the prompt: each line is a command or a request, until the person quits. */
import type { Writable } from 'node:stream';
import type { Agent } from '../agent/agent.ts';
import { requestLook } from './colours.ts';
import { runCommand } from './commands/commands.ts';
import type { Console } from './console.ts';
import type { Aids } from './editor/aids.ts';
import { escapeLine } from './text/escape.ts';
import { LEAVE, type Conversation, type Models } from './commands/command.ts';

/** What the person types behind. */
export const PROMPT = 'mini-coding-agent> ';

/** What the REPL works with. */
interface ReplOptions {
  conversation: Conversation & {
    readonly agent: Pick<Agent, 'ask'>;
    /** Runs a command of the person's. Returns how it ended, in a few words. */
    runUserCommand(
      command: string,
      onOutput: (text: string) => void,
      signal: AbortSignal,
    ): Promise<string>;
  };
  models: Models;
  terminal: Console;
  output: Writable;
  /** History, completion and the person's editor. */
  aids: Aids;
  /** Replaces each `@path` with the path of the file, and tells which files those are. */
  nameFiles: (request: string) => { text: string; files: readonly string[] };
  /**
   * Aborts, with the failure as its reason, when the first prompt should make way for a question:
   * the model or the server was found missing meanwhile.
   */
  missing: AbortSignal;
  /**
   * Handles a failing model or server. Returns whether that helped.
   * @throws anything else: a bug
   */
  settle: (error: unknown, signal: AbortSignal) => Promise<boolean>;
}

/** Runs until the person quits or the input ends. @throws only bugs */
export async function runRepl(options: ReplOptions): Promise<void> {
  const { output, aids, settle } = options;
  const { input, interrupts, isTerminal } = options.terminal;
  let missing: AbortSignal | undefined = options.missing;
  let initial = '';
  for (;;) {
    const stop = AbortSignal.any([interrupts.leaving, ...(missing ? [missing] : [])]);
    const { chalk, columns } = options.terminal.forCommands(stop);
    const { rule, paint } = requestLook(chalk, { isTerminal, columns });
    output.write(`\n${rule}`);
    const line = await input.read(PROMPT, stop, { aids, paint, ...(initial && { initial }) });
    initial = '';
    if (line === undefined && missing?.aborted) {
      const { reason } = missing;
      missing = undefined;
      await interrupts.during((signal) => settle(reason, signal));
      continue;
    }
    if (line === undefined) return;
    const text = meantBy(line);
    if (text === '') continue;
    const run = actionFor(text);
    if (run === request) missing = undefined; // the request will meet the failure itself
    const outcome = await act(run, text, options);
    if (outcome === LEAVE || interrupts.leaving.aborted) return;
    if (outcome === MENDED) initial = line;
  }
}

/** A request failed, but what it lacked is available now: it may be sent again. */
const MENDED = Symbol('mended');

/** Acts on a line. Returns `LEAVE` where the conversation ends. @throws ModelError */
type Action = (
  options: ReplOptions,
  text: string,
  signal: AbortSignal,
) => Promise<typeof LEAVE | undefined>;

/** Characters of a line that is heard: it stays in the prompt until the request ends. */
const HEARD_CHARS = 2_000;

/** Whether a line may be handed to the model that works: it is no command, and not too long. */
export function mayBeHeard(line: string): boolean {
  return actionFor(meantBy(line)) === request && line.length <= HEARD_CHARS;
}

/** What people type to quit in many other programs. As a whole line it is no request. */
const QUIT = /^(?:exit|quit)$/;

/** A line without the space around it; one that is to quit, as the command for it. */
function meantBy(line: string): string {
  const text = line.trim();
  return QUIT.test(text) ? '/exit' : text;
}

function actionFor(text: string): Action {
  if (text.startsWith('/')) return slash;
  return text.startsWith('!') ? shell : request;
}

async function act(
  run: Action,
  text: string,
  options: ReplOptions,
): Promise<typeof LEAVE | typeof MENDED | undefined> {
  const { interrupts } = options.terminal;
  try {
    return await interrupts.during((signal) => run(options, text, signal));
  } catch (error) {
    const isMended = await interrupts.during((signal) => options.settle(error, signal));
    return isMended && run === request ? MENDED : undefined;
  }
}

async function slash(
  { conversation, models, terminal, output }: ReplOptions,
  line: string,
  signal: AbortSignal,
): Promise<typeof LEAVE | undefined> {
  const context = { conversation, models, signal, ...terminal.forCommands(signal) };
  const answer = await runCommand(line, context);
  if (answer === LEAVE) return LEAVE;
  if (answer !== '') output.write(`${answer}\n`);
  return undefined;
}

/** `!command`: its output is shown as it arrives, and the model sees it with the next request. */
async function shell(
  { conversation, terminal, output }: ReplOptions,
  line: string,
  signal: AbortSignal,
): Promise<undefined> {
  const command = line.slice(1).trim();
  if (command === '') return void output.write('Usage: !command, such as !git diff\n');
  const { screen } = terminal;
  const text = screen.beginCommand(command);
  const ending = await conversation.runUserCommand(command, (piece) => text.write(piece), signal);
  screen.endCommand();
  output.write(`${terminal.forCommands(signal).chalk.dim(escapeLine(ending))}\n`);
}

async function request(
  { conversation, terminal: { screen }, nameFiles }: ReplOptions,
  text: string,
  signal: AbortSignal,
): Promise<undefined> {
  screen.begin();
  const named = nameFiles(text);
  for await (const event of conversation.agent.ask(named.text, signal, named.files))
    await screen.show(event);
}
