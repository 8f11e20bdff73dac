/** Runs a conversation from its first prompt to its end, and warms up the server meanwhile. */
import type { Writable } from 'node:stream';
import type { Conversation } from './conversation.ts';
import { EXIT } from './exit-codes.ts';
import type { SetUp } from './ollama-setup.ts';
import { ModelError } from '../model/model-error.ts';
import type { Console } from '../terminal/console.ts';
import type { Aids } from '../terminal/editor/aids.ts';
import { runRepl } from '../terminal/repl.ts';
import { escapeLine } from '../terminal/text/escape.ts';

/** What an interactive run needs. */
interface ConverseOptions {
  conversation: Conversation;
  setUp: SetUp;
  terminal: Console;
  output: Writable;
  /** History, completion and the person's editor. */
  aids: Aids;
  /** Replaces each `@path` with the path of the file, and tells which files those are. */
  nameFiles: (request: string) => { text: string; files: readonly string[] };
  /** The command line that resumes a session. */
  resumeCommand: (id: string) => string;
  /** Tells the person about a failing model or server. @throws anything else: a bug */
  explain: (error: unknown) => void;
}

/** Runs the REPL until the person quits. @throws only bugs */
export async function converse(options: ConverseOptions): Promise<void> {
  const { conversation, setUp, explain } = options;
  const warming = new AbortController();
  const missing = new AbortController();
  const warmUp = () => warmUpFor(options, warming.signal, missing);
  // A person takes time to type, once the prompt stands; a pipe has its first request ready.
  if (options.terminal.isTerminal) setImmediate(() => void warmUp());
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
  sayHowToComeBack(options);
}

/** Not after a signal: the terminal may be gone. Not without a request: there is nothing to resume. */
function sayHowToComeBack({
  conversation,
  terminal,
  output,
  resumeCommand,
}: ConverseOptions): void {
  const { session, store } = conversation;
  const isQuit = [EXIT.answered, EXIT.interrupted].includes(terminal.interrupts.exitCode);
  if (!terminal.isTerminal || !isQuit) return;
  if (!store.has(session.id)) return;
  output.write(`To resume this session: ${escapeLine(resumeCommand(session.id))}\n`);
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
    // The request will wait for it, and says so.
    if (error instanceof ModelError && error.kind === 'busy') return;
    // Do not disturb a prompt with text or one in an editor: the request will ask.
    const isFree = !terminal.input.hasText && !terminal.input.isAway;
    if (setUp.canOffer(error) && isFree) missing.abort(error);
    else explain(error);
  }
}
