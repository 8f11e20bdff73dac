/** The conversation at the prompt: a line is a command or a request, until the person leaves. */
import type { Writable } from 'node:stream';
import type { AgentEvent } from '../events.ts';
import { LEAVE, runCommand, type Commandable } from './commands.ts';
import type { Console } from './console.ts';
import type { Models } from './model-command.ts';

export const PROMPT = 'mini-coding-agent> ';

export interface Conversation extends Commandable {
  ask(request: string, signal: AbortSignal): AsyncGenerator<AgentEvent, void>;
}

export interface ReplOptions {
  conversation: Conversation;
  models: Models;
  terminal: Console;
  output: Writable;
  /**
   * Aborts, with the failure as its reason, when the first prompt should make way for a question:
   * model or server was found missing while it stood.
   */
  missing: AbortSignal;
  /** Deals with a failing model or server. @throws what is neither: a bug. */
  settle: (error: unknown, signal: AbortSignal) => Promise<undefined>;
}

/** Runs until the person leaves or the input ends. */
export async function runRepl(options: ReplOptions): Promise<void> {
  const { output, settle } = options;
  const { input, interrupts } = options.terminal;
  let missing: AbortSignal | undefined = options.missing;
  for (;;) {
    output.write('\n');
    const line = await input.read(
      PROMPT,
      AbortSignal.any([interrupts.leaving, ...(missing ? [missing] : [])]),
    );
    if (line === undefined && missing?.aborted) {
      const { reason } = missing;
      missing = undefined;
      await interrupts.during((signal) => settle(reason, signal));
      continue;
    }
    if (line === undefined) return;
    const text = line.trim();
    if (text === '') continue;
    if (!text.startsWith('/')) missing = undefined; // a request meets the failure itself
    if ((await act(options, text)) === LEAVE) return;
    if (interrupts.leaving.aborted) return;
  }
}

async function act(options: ReplOptions, text: string): Promise<typeof LEAVE | undefined> {
  const { interrupts } = options.terminal;
  const run = text.startsWith('/') ? command : request;
  try {
    return await interrupts.during((signal) => run(options, text, signal));
  } catch (error) {
    return await interrupts.during((signal) => options.settle(error, signal));
  }
}

async function command(
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

async function request(
  { conversation, terminal: { screen } }: ReplOptions,
  text: string,
  signal: AbortSignal,
): Promise<undefined> {
  screen.begin();
  for await (const event of conversation.ask(text, signal)) screen.show(event);
}
