/** One request from the command line: asked, shown, and the exit code that its end calls for. */
import type { Conversation } from './conversation.ts';
import type { AgentEvent } from '../agent/events.ts';
import { EXIT, EXIT_OF } from './exit-codes.ts';
import { ModelError } from '../model/model.ts';
import type { Interrupts } from '../terminal/interrupts.ts';

export interface OnceOptions {
  conversation: Conversation;
  request: string;
  interrupts: Interrupts;
  /** What comes before the request. @throws ModelError */
  begin?: (signal: AbortSignal) => Promise<void>;
  /** Deals with an event; the loop waits for it. */
  show: (event: AgentEvent) => void | Promise<void>;
  /** Tells of a failing model or server. @throws what is neither: a bug */
  explain: (error: unknown) => void | Promise<void>;
}

/** Asks once and returns the exit code. @throws only bugs */
export async function askOnce(options: OnceOptions): Promise<number> {
  const { conversation, request, interrupts, begin, show, explain } = options;
  let code: number = EXIT.noAnswer;
  try {
    await interrupts.during(async (signal) => {
      await begin?.(signal);
      for await (const event of conversation.ask(request, signal)) {
        await show(event);
        if (event.type === 'final') code = EXIT_OF[event.reason];
      }
    });
  } catch (error) {
    await explain(error);
    const isInterruption = error instanceof ModelError && error.kind === 'interrupted';
    code = isInterruption ? EXIT.interrupted : EXIT.modelFailed;
  }
  return interrupts.leaving.aborted ? interrupts.exitCode : code;
}
