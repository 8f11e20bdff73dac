/** A thought on the screen: the end of it in one row while it grows, a line when it is over. */
import { escapeForTerminal, escapeLine } from '../text/escape.ts';
import { formatSeconds } from '../text/sizes.ts';
import { roughTokens } from './progress-line.ts';
import { shortenStart } from '../text/shorten.ts';

/** Begins each row of a thought that is open: it must never look like the question below it. */
export const THOUGHT_MARK = '~ ';

/** The most characters that are kept to be read. */
const KEPT_CHARS = 40_000;

/** The last thought, and whether it still grows. */
export class LiveThought {
  #text = '';
  #tokens = 0;
  #since = 0;
  #isOpen = false;

  /** It grows: more of it may come. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** All of it, escaped. */
  get text(): string {
    return escapeForTerminal(this.#text.trim());
  }

  /** Adds a piece, which is about a token. Without one that still grows, a new thought begins. */
  push(piece: string): void {
    if (!this.#isOpen) {
      this.#text = '';
      this.#tokens = 0;
      this.#since = performance.now();
      this.#isOpen = true;
    }
    this.#tokens++;
    this.#text += piece.slice(0, Math.max(0, KEPT_CHARS - this.#text.length));
  }

  /** The row while it grows: `thinking · 3 s · …the end of it`, in at most so many columns. */
  row(seconds: number, columns: number): string {
    const line = `thinking · ${seconds} s · `;
    const end = this.#text.slice(-columns).replace(/\s+/g, ' ').trim();
    return line + shortenStart(escapeLine(end), Math.max(1, columns - line.length));
  }

  /** It is over. Returns the line that tells of it. @param hint how to open it; empty: it cannot be */
  end(hint: string): string {
    this.#isOpen = false;
    const time = formatSeconds(performance.now() - this.#since);
    return `• thought for ${time} · ${roughTokens(this.#tokens)}${hint && ` · ${hint}`}`;
  }
}
