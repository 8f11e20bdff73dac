/** Text that arrives in pieces, shown as it arrives. */
import type { Writable } from 'node:stream';
import { escapeForTerminal } from '../text/escape.ts';

/** Shows the output of a command, escaped. */
export class LiveText {
  readonly #output: Writable;
  /** A carriage return at the end of a piece: half a line end, or not. */
  #held = '';
  #isInLine = false;

  constructor(output: Writable) {
    this.#output = output;
  }

  /** Shows one more piece, escaped. */
  write(piece: string): void {
    const text = this.#held + piece;
    this.#held = text.endsWith('\r') ? '\r' : '';
    this.#show(this.#held ? text.slice(0, -1) : text);
  }

  /** No more will arrive: what is shown next begins on a line of its own. */
  end(): void {
    this.#show(this.#held);
    this.#held = '';
    if (this.#isInLine) this.#show('\n');
  }

  #show(text: string): void {
    if (text === '') return;
    this.#isInLine = !text.endsWith('\n');
    this.#output.write(escapeForTerminal(text));
  }
}
