/** An answer on the screen, as it arrives. */
import { escapeForTerminal } from '../text/escape.ts';

/** Shows one answer after another. */
export interface AnswerView {
  /** The current row is not finished: nothing else may be written there. */
  readonly isRowOpen: boolean;
  /** Takes the next piece of the answer. */
  push(text: string): void;
  /** Shows the rest and ends the row. The next piece belongs to another answer. */
  end(): void;
}

/** The answer as the model wrote it, escaped. */
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
