/** A terminal set for line editing: it sends each key, and marks pasted text. */
import { FOREIGN_MODES_OFF } from '../text/sequences.ts';
import type { TerminalInputOptions } from './line-input.ts';

/** Bracketed paste: the terminal marks where pasted text begins and ends. */
const [PASTE_ON, PASTE_OFF] = ['\u001b[?2004h', '\u001b[?2004l'];

/** Sets the terminal for line editing, and back. */
export class RawMode {
  readonly #options: TerminalInputOptions;
  #isOn = false;

  constructor(options: TerminalInputOptions) {
    this.#options = options;
  }

  /** Whether the terminal is set for line editing. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Sets the terminal for line editing. */
  enter(): void {
    this.#isOn = true;
    this.#options.input.setRawMode?.(true);
    this.#options.input.resume();
    this.#write(FOREIGN_MODES_OFF + PASTE_ON);
  }

  /** Sets the terminal as it was. */
  leave(): void {
    this.#write(PASTE_OFF);
    this.#isOn = false;
    this.#options.input.setRawMode?.(false);
  }

  #write(sequence: string): void {
    const { output, isDumb } = this.#options;
    if (!isDumb) output.write(sequence);
  }
}
