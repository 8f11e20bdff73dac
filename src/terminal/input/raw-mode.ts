/** A terminal as line editing needs it: it hands over each key, and marks what is pasted. */
import type { TerminalInputOptions } from './line-input.ts';

/** Bracketed paste: the terminal marks where pasted text begins and ends, so that it stays one. */
const [PASTE_ON, PASTE_OFF] = ['\u001b[?2004h', '\u001b[?2004l'];

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
    this.#write(PASTE_ON);
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
