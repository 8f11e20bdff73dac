/** One request, from `-p`, the command line or a replay: asks it, shows it, returns the exit code. */
import type { Conversation } from './conversation.ts';
import type { AgentEvent } from '../agent/events.ts';
import { EXIT, EXIT_OF } from './exit-codes.ts';
import { ModelError } from '../model/model-error.ts';
import type { Console } from '../terminal/console.ts';

/** Where a request is shown: the screen, or JSON for a program to read. */
export interface View {
  /** The request begins; nothing waits for a slow reader once `signal` aborts. */
  begin(signal: AbortSignal): void | Promise<void>;
  /** Shows an event, of a delegate at depth 1. The loop waits for it. */
  show(event: AgentEvent, depth: 0 | 1): void | Promise<void>;
  /** The model or server failed: the request ends without a `final` event. */
  fail?(error: ModelError): Promise<void>;
  /** The request has ended, and the program is about to exit with this code. */
  finish?(exitCode: number): void;
}

/** What one request needs. */
interface OneShotOptions {
  request: string;
  /** Those that the request names. */
  files?: readonly string[];
  conversation: Pick<Conversation, 'agent'>;
  terminal: Pick<Console, 'interrupts' | 'say'>;
  view: View;
  /** Makes sure that server and model are there, before the request. @throws ModelError */
  connect?: (signal: AbortSignal) => Promise<void>;
  /** What to do about a failure, beyond what its message says. */
  advice?: (error: ModelError) => string;
  /** Say why there is no answer: for a view that does not show it to a person. */
  saysReason?: boolean;
}

/** Asks once and returns the exit code. @throws only bugs */
export async function askOnce(options: OneShotOptions): Promise<number> {
  const { request, files, conversation, terminal, view, connect, advice } = options;
  const { interrupts, say } = terminal;
  // The reader of the output has gone: there is nobody to tell.
  const isUnread = () => interrupts.leaving.aborted && interrupts.exitCode === EXIT.answered;
  let code: number = EXIT.noAnswer;
  try {
    await interrupts.during(async (signal) => {
      await connect?.(signal);
      await view.begin(signal);
      for await (const event of conversation.agent.ask(request, signal, files)) {
        if (!isUnread()) await view.show(event, 0);
        if (event.type !== 'final') continue;
        code = EXIT_OF[event.reason];
        if (options.saysReason && code === EXIT.noAnswer) say(event.text);
      }
    });
  } catch (error) {
    explain(error, isUnread() ? () => undefined : say, advice);
    await view.fail?.(error);
    code = error.kind === 'interrupted' ? EXIT.interrupted : EXIT.modelFailed;
  }
  if (interrupts.leaving.aborted) code = interrupts.exitCode;
  view.finish?.(code);
  return code;
}

/** Tells the person that the model or server failed, in one message. @throws any other error: a bug */
export function explain(
  error: unknown,
  say: (message: string) => void,
  advice: (error: ModelError) => string = () => '',
): asserts error is ModelError {
  if (!(error instanceof ModelError)) throw error;
  say(error.message + advice(error));
}
