/** Lines that were typed when no prompt stood for them. */
export class TypedLines {
  /** Typed ahead: each is read in its turn. */
  #waiting: string[] = [];
  /** Typed before or at a question, and no answer to it: they stand at the next prompt. */
  #kept: string[] = [];

  /** A line that nobody has asked for yet. */
  add(line: string): void {
    this.#waiting.push(line);
  }

  /** Takes the oldest line that was typed ahead. */
  next(): string | undefined {
    return this.#waiting.shift();
  }

  /** Drops what was typed ahead, and returns how many lines that were. */
  drop(): number {
    return this.#waiting.splice(0).length;
  }

  /** Keeps a line for the next prompt. */
  keep(line: string): void {
    this.#kept.push(line);
  }

  /** Keeps what was typed ahead: a question comes in between, which it must not answer. */
  keepWaiting(): void {
    this.#kept.push(...this.#waiting.splice(0));
  }

  /**
   * Takes what stands at a prompt: `initial`, then what is kept. Where there is any, all that was
   * typed after it joins it, to the unsent `rest`: it is one text, of which nothing is sent yet.
   */
  takeText(initial: string, rest: string): string | undefined {
    const first = [initial, ...this.#kept.splice(0)].filter(isWritten);
    if (first.length === 0) return undefined;
    return [...first, ...this.#waiting.splice(0), rest].filter(isWritten).join('\n');
  }
}

function isWritten(text: string): boolean {
  return text.trim() !== '';
}
