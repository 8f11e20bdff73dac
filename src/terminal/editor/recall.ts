/** Earlier lines, one after the other: the line that is being written comes after the newest. */
export class Recall {
  readonly #entries: readonly string[];
  #at: number;
  #unfinished = '';

  /** @param entries the oldest first */
  constructor(entries: readonly string[]) {
    this.#entries = entries;
    this.#at = entries.length;
  }

  /** The line before; undefined at the oldest. `text` stands there now. */
  older(text: string): string | undefined {
    if (this.#at === this.#entries.length) this.#unfinished = text;
    if (this.#at > 0) return this.#entries[--this.#at];
    return undefined;
  }

  /** The line after; undefined behind the newest. */
  newer(): string | undefined {
    if (this.#at === this.#entries.length) return undefined;
    this.#at++;
    return this.#entries[this.#at] ?? this.#unfinished;
  }
}
