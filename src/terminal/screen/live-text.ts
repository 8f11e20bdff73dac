/** Text that arrives in pieces, shown as it arrives. */
import type { Writable } from 'node:stream';
import { escapeForTerminal } from '../text/escape.ts';

/** Shows the output of a command, escaped. */
export class LiveText {
  readonly #output: Writable;
  #isInLine = false;

  constructor(output: Writable) {
    this.#output = output;
  }

  /** Shows one more piece, escaped. */
  write(piece: string): void {
    if (piece === '') return;
    this.#isInLine = !piece.endsWith('\n');
    this.#output.write(escapeForTerminal(piece));
  }

  /** No more will arrive: what is shown next begins on a line of its own. */
  end(): void {
    if (this.#isInLine) this.write('\n');
  }
}
