/** The conversation at the prompt: a line is a command or a request, until the person leaves. */
import type { Writable } from 'node:stream';
import type { AgentEvent } from '../agent/events.ts';
import { runCommand } from './commands/commands.ts';
import type { Console } from './console.ts';
import type { Aids } from './editor/aids.ts';
import { escapeLine } from './text/escape.ts';
import { LiveText } from './screen/live-text.ts';
import { LEAVE, type Commandable, type Models } from './commands/command.ts';

export const PROMPT = 'mini-coding-agent> ';

export interface Conversation extends Commandable {
  ask(request: string, signal: AbortSignal): AsyncGenerator<AgentEvent, void>;
  /** Runs a command of the person's. Returns how it ended, in a few words. */
  runUserCommand(
    command: string,
    onOutput: (text: string) => void,
    signal: AbortSignal,
  ): Promise<string>;
}

export interface ReplOptions {
  conversation: Conversation;
  models: Models;
  terminal: Console;
  output: Writable;
  /** What helps to write at the prompt. */
  aids: Aids;
  /** Puts the path of a file in place of `@path`. */
  nameFiles: (request: string) => string;
  /**
   * Aborts, with the failure as its reason, when the first prompt should make way for a question:
   * model or server was found missing while it stood.
   */
  missing: AbortSignal;
  /**
   * Deals with a failing model or server. Returns whether that has helped.
   * @throws what is neither: a bug.
   */
  settle: (error: unknown, signal: AbortSignal) => Promise<boolean>;
}

/** Runs until the person leaves or the input ends. */
export async function runRepl(options: ReplOptions): Promise<void> {
  const { output, aids, settle } = options;
  const { input, interrupts } = options.terminal;
  let missing: AbortSignal | undefined = options.missing;
  let initial = '';
  for (;;) {
    output.write('\n');
    const stop = AbortSignal.any([interrupts.leaving, ...(missing ? [missing] : [])]);
    const line = await input.read(PROMPT, stop, { aids, ...(initial !== '' && { initial }) });
    initial = '';
    if (line === undefined && missing?.aborted) {
      const { reason } = missing;
      missing = undefined;
      await interrupts.during((signal) => settle(reason, signal));
      continue;
    }
    if (line === undefined) return;
    const text = line.trim();
    if (text === '') continue;
    const run = actionFor(text);
    if (run === request) missing = undefined; // it meets the failure itself
    const outcome = await act(run, text, options);
    if (outcome === LEAVE || interrupts.leaving.aborted) return;
    if (outcome === MENDED) initial = line;
  }
}

/** A request failed, but what it lacked is there now: it may be sent again. */
const MENDED = Symbol('mended');

/** What is done with a line. Returns `LEAVE` where the conversation ends. @throws ModelError */
type Action = (
  options: ReplOptions,
  text: string,
  signal: AbortSignal,
) => Promise<typeof LEAVE | undefined>;

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

/** `!command`: what it prints is shown as it comes, and the model sees it with the next request. */
async function shell(
  { conversation, terminal, output }: ReplOptions,
  line: string,
  signal: AbortSignal,
): Promise<undefined> {
  const command = line.slice(1).trim();
  if (command === '') return void output.write('Write a command behind the !, such as !git diff\n');
  const text = new LiveText(output);
  const ending = await conversation.runUserCommand(command, (piece) => text.write(piece), signal);
  text.end();
  output.write(`${terminal.forCommands(signal).chalk.dim(escapeLine(ending))}\n`);
}

async function request(
  { conversation, terminal: { screen }, nameFiles }: ReplOptions,
  text: string,
  signal: AbortSignal,
): Promise<undefined> {
  screen.begin();
  for await (const event of conversation.ask(nameFiles(text), signal)) await screen.show(event);
}
