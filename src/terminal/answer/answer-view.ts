/** An answer on the screen, as it comes in. */
import { escapeForTerminal } from '../text/escape.ts';

export interface AnswerView {
  /** Something stands on the row below which nothing else may be written yet. */
  readonly isRowOpen: boolean;
  /** Takes the next piece of the answer. */
  push(text: string): void;
  /** Shows what is still to be shown, and ends the row. What comes next is another answer. */
  end(): void;
}

/** The answer as the model wrote it, but for what would steer the terminal. */
export class PlainAnswer implements AnswerView {
  readonly #write: (text: string) => void;
  isRowOpen = false;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  push(text: string): void {
    this.#write(escapeForTerminal(text));
    this.isRowOpen = true;
  }

  end(): void {
    this.#write('\n');
    this.isRowOpen = false;
  }
}
