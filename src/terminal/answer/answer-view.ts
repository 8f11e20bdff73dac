/** An answer on the screen, as it arrives. */
import { escapeAnswer, joinableEnd } from '../text/escape.ts';

/** Shows one answer after another. */
export interface AnswerView {
  /** The current row is not finished: nothing else may be written there. */
  readonly isRowOpen: boolean;
  /** The row is open and ends before the edge: what is shown below it for a while can be erased. */
  readonly hasEdgeFree: boolean;
  /** Takes the next piece of the answer. */
  push(text: string): void;
  /** Shows the rest and ends the row. The next piece belongs to another answer. */
  end(): void;
}

/** The answer as the model wrote it, escaped. */
export class PlainAnswer implements AnswerView {
  readonly #write: (text: string) => void;
  /** Came last, and may be joined to what comes next. */
  #held = '';
  isRowOpen = false;
  /** Where the row ends is not known. */
  readonly hasEdgeFree = false;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  push(text: string): void {
    const all = this.#held + text;
    const end = joinableEnd(all);
    this.#held = all.slice(end);
    this.#write(escapeAnswer(all.slice(0, end)));
    this.isRowOpen = true;
  }

  end(): void {
    this.#write(`${escapeAnswer(this.#held)}\n`);
    this.#held = '';
    this.isRowOpen = false;
  }
}
