import { escapeLine } from '../text/escape.ts';

/** Ctrl-R: looks for earlier lines that hold some text, the newest first. */
export class HistorySearch {
  readonly #entries: readonly string[];
  /** The entry that is shown; behind the newest while nothing was found. */
  #at: number;
  #query = '';
  #found = true;

  /** @param entries the oldest first */
  constructor(entries: readonly string[]) {
    this.#entries = entries;
    this.#at = entries.length;
  }

  /** Where the query stands in the line that is shown, and the line; empty at first. */
  get match(): { text: string; cursor: number } {
    const text = this.#entries[this.#at] ?? '';
    return { text, cursor: Math.max(0, text.indexOf(this.#query)) };
  }

  /** Stands before the line that was found. */
  get prompt(): string {
    const found = this.#found ? 'search' : 'nothing older has';
    return `${found} "${escapeLine(this.#query)}": `;
  }

  /** Looks for more: the line that is shown may hold it, too. */
  extend(text: string): void {
    this.#query += text;
    this.#lookFrom(this.#at);
  }

  /** Looks for less, from the newest on. */
  shorten(): void {
    this.#query = [...this.#query].slice(0, -1).join('');
    this.#at = this.#entries.length;
    this.#found = true;
    if (this.#query !== '') this.#lookFrom(this.#at);
  }

  /** Goes on to an older line, another than the one that is shown. */
  older(): void {
    this.#lookFrom(this.#at - 1, this.match.text);
  }

  #lookFrom(newest: number, other?: string): void {
    for (let at = Math.min(newest, this.#entries.length - 1); at >= 0; at--) {
      const entry = this.#entries[at] ?? '';
      if (entry === other || !entry.includes(this.#query)) continue;
      this.#at = at;
      this.#found = true;
      return;
    }
    this.#found = false;
  }
}
