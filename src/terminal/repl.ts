/** The conversation at the prompt: a line is a command or a request, until the person leaves. */
import type { Writable } from 'node:stream';
import type { AgentEvent } from '../events.ts';
import { LEAVE, runCommand, type Commandable } from './commands.ts';
import type { LineInput } from './input.ts';
import type { Interrupts } from './interrupts.ts';
import type { Screen } from './render.ts';

export const PROMPT = 'mini-coding-agent> ';

export interface Conversation extends Commandable {
  ask(request: string, signal: AbortSignal): AsyncGenerator<AgentEvent, void>;
}

export interface ReplOptions {
  conversation: Conversation;
  input: LineInput;
  output: Writable;
  interrupts: Interrupts;
  screen: Screen;
  /** Tells the person of a failing model or server. @throws what is neither: a bug. */
  explain: (error: unknown) => void;
}

/** Runs until the person leaves or the input ends. */
export async function runRepl(options: ReplOptions): Promise<void> {
  const { conversation, input, output, interrupts, explain } = options;
  for (;;) {
    output.write('\n');
    const line = await input.read(PROMPT, interrupts.leaving);
    if (line === undefined) return;
    const text = line.trim();
    if (text === '') continue;
    if (text.startsWith('/')) {
      const answer = runCommand(text, conversation);
      if (answer === LEAVE) return;
      output.write(`${answer}\n`);
      continue;
    }
    try {
      await interrupts.during((signal) => showAll(options, text, signal));
    } catch (error) {
      explain(error);
    }
    if (interrupts.leaving.aborted) return;
  }
}

async function showAll(
  { conversation, screen }: ReplOptions,
  request: string,
  signal: AbortSignal,
): Promise<void> {
  screen.begin();
  for await (const event of conversation.ask(request, signal)) await screen.show(event);
}
