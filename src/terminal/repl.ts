/** The conversation at the prompt: a line is a command or a request, until the person leaves. */
import type { Writable } from 'node:stream';
import type { AgentEvent } from '../events.ts';
import { LEAVE, runCommand, type Commandable } from './commands.ts';
import type { Console } from './console.ts';
import type { Aids } from './editor/aids.ts';
import { escapeLine } from './escape.ts';
import { LiveText } from './live-text.ts';

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
  terminal: Console;
  output: Writable;
  /** What helps to write at the prompt. */
  aids: Aids;
  /** Puts the path of a file in place of `@path`. */
  nameFiles: (request: string) => string;
  /** Tells the person of a failing model or server. @throws what is neither: a bug. */
  explain: (error: unknown) => void;
}

/** Runs until the person leaves or the input ends. */
export async function runRepl(options: ReplOptions): Promise<void> {
  const { output, aids, explain } = options;
  const { input, interrupts } = options.terminal;
  for (;;) {
    output.write('\n');
    const line = await input.read(PROMPT, interrupts.leaving, { aids });
    if (line === undefined) return;
    const text = line.trim();
    if (text === '') continue;
    const act = text.startsWith('/') ? slash : text.startsWith('!') ? shell : request;
    try {
      if ((await interrupts.during((signal) => act(options, text, signal))) === LEAVE) return;
    } catch (error) {
      explain(error);
    }
    if (interrupts.leaving.aborted) return;
  }
}

async function slash(
  { conversation, terminal, output }: ReplOptions,
  line: string,
  signal: AbortSignal,
): Promise<typeof LEAVE | undefined> {
  const answer = await runCommand(line, { conversation, signal, ...terminal.forCommands(signal) });
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
