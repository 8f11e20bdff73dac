/** Ctrl-C: stops what runs; at the prompt it clears the line, and pressed twice it quits. */
import type { Interrupts } from './interrupts.ts';
import type { LineInput } from './input/line-input.ts';

/** 128 + the number of SIGINT. */
const INTERRUPTED = 130;
/** Two Ctrl-C at the prompt within this time quit, in milliseconds. */
const TWICE_MS = 2_000;

/** What Ctrl-C works on. */
interface CtrlCOptions {
  interrupts: Interrupts;
  input: LineInput;
  /** A person types at a prompt; otherwise, where nothing runs, it quits at once. */
  hasPrompt: boolean;
}

/** One for each run of the program. */
export class CtrlC {
  readonly #options: CtrlCOptions;
  #last = 0;

  constructor(options: CtrlCOptions) {
    this.#options = options;
  }

  /** Ctrl-C was pressed, or sent as a signal. */
  press(): void {
    const { interrupts, input, hasPrompt } = this.#options;
    if (input.isAway || this.stopRequest()) return;
    if (!hasPrompt) interrupts.leave(INTERRUPTED);
    else if (input.hasText) this.#clearPrompt();
    // If a line was sent at the same moment, its request begins later in this turn.
    else setImmediate(() => this.stopRequest() || this.#clearPrompt());
  }

  /** Stops what runs, if anything. Lines typed ahead may depend on it: they can be edited first. */
  stopRequest(): boolean {
    const { interrupts, input } = this.#options;
    if (!interrupts.stopRequest()) return false;
    input.keepAhead();
    return true;
  }

  #clearPrompt(): void {
    const { interrupts, input } = this.#options;
    const isSecond = Date.now() - this.#last < TWICE_MS;
    if (isSecond && !input.hasText) return interrupts.leave(INTERRUPTED);
    this.#last = input.hasText ? 0 : Date.now();
    input.restart('Press Ctrl-C again, or /exit, to quit.');
  }
}
