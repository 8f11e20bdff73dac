/** Lines that were typed while there was no prompt. */
export class TypedLines {
  /** Typed ahead: each answers one of the next prompts. */
  #waiting: string[] = [];
  /**
   * Typed before or at a question, but not its answer: they are put at the next prompt. Those of
   * before were typed ahead.
   */
  #kept: { line: string; isAhead: boolean }[] = [];

  /** Adds a line that was typed ahead. */
  add(line: string): void {
    this.#waiting.push(line);
  }

  /** The lines that were typed ahead and not taken, also before a question, the oldest first. */
  get ahead(): string[] {
    const kept = this.#kept.filter(({ isAhead }) => isAhead).map(({ line }) => line);
    return [...kept, ...this.#waiting];
  }

  /** Takes the oldest line that was typed ahead. */
  next(): string | undefined {
    return this.#waiting.shift();
  }

  /** Keeps a line for the next prompt. */
  keep(line: string): void {
    this.#kept.push({ line, isAhead: false });
  }

  /** Keeps what was typed ahead: it must not answer the question that comes first. */
  keepWaiting(): void {
    this.#kept.push(...this.#waiting.splice(0).map((line) => ({ line, isAhead: true })));
  }

  /**
   * Keeps what was typed ahead for the next prompt alone, to be edited: what it was to follow has been
   * stopped. Returns those lines.
   */
  keepAhead(): string[] {
    const lines = this.ahead;
    this.keepWaiting();
    this.#kept = this.#kept.map(({ line }) => ({ line, isAhead: false }));
    return lines;
  }

  /** Takes the lines that were typed ahead, also before a question, up to the first unwanted one. */
  takeAhead(isWanted: (line: string) => boolean): string[] {
    const taken: string[] = [];
    for (;;) {
      const at = this.#kept.findIndex(({ isAhead }) => isAhead);
      const line = at === -1 ? this.#waiting[0] : this.#kept[at]?.line;
      if (line === undefined || !isWanted(line)) return taken;
      if (at === -1) this.#waiting.shift();
      else this.#kept.splice(at, 1);
      taken.push(line);
    }
  }

  /**
   * Takes the text to put at a prompt: `initial`, then what was kept, and if there is any, all that
   * was typed after it up to the unsent `rest`: one text, nothing of which was sent. Undefined if none.
   */
  takeText(initial: string, rest: string): string | undefined {
    const kept = this.#kept.splice(0).map(({ line }) => line);
    const first = [initial, ...kept].filter(isWritten);
    if (first.length === 0) return undefined;
    return [...first, ...this.#waiting.splice(0), rest].filter(isWritten).join('\n');
  }
}

function isWritten(text: string): boolean {
  return text.trim() !== '';
}
