/** A conversation from its first prompt to its end: what the server is told while a person types. */
import type { Writable } from 'node:stream';
import type { Conversation } from './conversation.ts';
import type { SetUp } from './ollama-setup.ts';
import type { Console } from '../terminal/console.ts';
import type { Aids } from '../terminal/editor/aids.ts';
import { runRepl } from '../terminal/repl.ts';

export interface ConverseOptions {
  conversation: Conversation;
  setUp: SetUp;
  terminal: Console;
  output: Writable;
  /** What helps to write at the prompt. */
  aids: Aids;
  /** Puts the path of a file in place of `@path`. */
  nameFiles: (request: string) => string;
  /** Tells of a failing model or server. @throws what is neither: a bug */
  explain: (error: unknown) => void;
}

/** Runs the REPL until the person leaves. @throws only bugs */
export async function converse(options: ConverseOptions): Promise<void> {
  const { conversation, setUp, explain } = options;
  const warming = new AbortController();
  const missing = new AbortController();
  const warmUp = () => warmUpFor(options, warming.signal, missing);
  // With a person at the keyboard there is time; a pipe has its first request ready.
  if (options.terminal.isTerminal) void warmUp();
  await runRepl({
    ...options,
    models: setUp,
    missing: missing.signal,
    settle: async (error, signal) => {
      try {
        await setUp.settle(error, conversation, signal);
        void warmUp();
        return true;
      } catch (failure) {
        explain(failure);
        return false;
      }
    },
  });
  warming.abort();
}

async function warmUpFor(
  { conversation, setUp, terminal, explain }: ConverseOptions,
  signal: AbortSignal,
  missing: AbortController,
): Promise<void> {
  try {
    await conversation.agent.warmUp(signal);
  } catch (error) {
    if (signal.aborted) return;
    // What is being written, be it elsewhere, is not taken away: the request will ask.
    const isFree = !terminal.input.hasText && !terminal.input.isAway;
    if (setUp.canOffer(error) && isFree) missing.abort(error);
    else explain(error);
  }
}
