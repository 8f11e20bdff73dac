/** Steps through earlier lines; the line being written comes after the newest. */
export class Recall {
  readonly #entries: readonly string[];
  #at: number;
  #unfinished = '';

  /** @param entries the oldest first */
  constructor(entries: readonly string[]) {
    this.#entries = entries;
    this.#at = entries.length;
  }

  /** The line before; undefined at the oldest. `text` is the line that is shown now. */
  older(text: string): string | undefined {
    if (this.#at === this.#entries.length) this.#unfinished = text;
    if (this.#at > 0) return this.#entries[--this.#at];
    return undefined;
  }

  /** The line after; undefined after the newest. */
  newer(): string | undefined {
    if (this.#at === this.#entries.length) return undefined;
    this.#at++;
    return this.#entries[this.#at] ?? this.#unfinished;
  }
}
