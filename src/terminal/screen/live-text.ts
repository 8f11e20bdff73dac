/** Text that arrives in pieces, shown as it arrives. */
import { escapeForTerminal } from '../text/escape.ts';

/** Shows the output of a command, escaped. */
export class LiveText {
  readonly #write: (text: string) => void;
  #isInLine = false;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** The current line is not finished: nothing else may be written there. */
  get isInLine(): boolean {
    return this.#isInLine;
  }

  /** Shows one more piece, escaped. */
  write(piece: string): void {
    if (piece === '') return;
    this.#isInLine = !piece.endsWith('\n');
    this.#write(escapeForTerminal(piece));
  }

  /** No more will arrive: what is shown next begins on a line of its own. */
  end(): void {
    if (this.#isInLine) this.write('\n');
  }
}
