/** Ctrl-R: a search through earlier lines. */
import { escapeLine } from '../text/escape.ts';

/** Finds earlier lines that contain the query, the newest first. */
export class HistorySearch {
  readonly #entries: readonly string[];
  /** The entry that is shown; after the newest while nothing was found. */
  #at: number;
  #query = '';
  #found = true;

  /** @param entries the oldest first */
  constructor(entries: readonly string[]) {
    this.#entries = entries;
    this.#at = entries.length;
  }

  /** The line that was found, empty at first, and where the query is in it. */
  get match(): { text: string; cursor: number } {
    const text = this.#entries[this.#at] ?? '';
    return { text, cursor: Math.max(0, text.indexOf(this.#query)) };
  }

  /** The prompt before the line that was found. */
  get prompt(): string {
    const state = this.#found ? 'search' : 'no match for';
    return `${state} "${escapeLine(this.#query)}": `;
  }

  /** Adds to the query: the line that is shown may still match. */
  extend(text: string): void {
    this.#query += text;
    this.#lookFrom(this.#at);
  }

  /** Removes the last character of the query and searches again from the newest. */
  shorten(): void {
    this.#query = [...this.#query].slice(0, -1).join('');
    this.#at = this.#entries.length;
    this.#found = true;
    if (this.#query !== '') this.#lookFrom(this.#at);
  }

  /** Finds the next older line that differs from the one that is shown. */
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
