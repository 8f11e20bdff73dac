/** The text that is being written, and the cursor in it. */
import type { Place } from './places.ts';

/** A text with a cursor, and the text that was cut last. */
export class TextBuffer {
  #text = '';
  #cursor = 0;
  /** What was cut last. */
  #killed = '';

  /** The text, newlines included. */
  get text(): string {
    return this.#text;
  }

  /** An index into the text, at the edge of a character. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Replaces the text; the cursor goes to its end, or to `cursor`. */
  set(text: string, cursor = text.length): void {
    this.#text = text;
    this.#cursor = cursor;
  }

  /** Replaces what is between `from` and the cursor. */
  insert(text: string, from = this.#cursor): void {
    this.#text = this.#text.slice(0, from) + text + this.#text.slice(this.#cursor);
    this.#cursor = from + text.length;
  }

  /** Moves the cursor. */
  move(place: Place): void {
    this.#cursor = place(this.#text, this.#cursor);
  }

  /** Deletes what is between the cursor and a place, and returns it. */
  erase(place: Place): string {
    const other = place(this.#text, this.#cursor);
    const [from, to] = [Math.min(this.#cursor, other), Math.max(this.#cursor, other)];
    const erased = this.#text.slice(from, to);
    this.set(this.#text.slice(0, from) + this.#text.slice(to), from);
    return erased;
  }

  /** As `erase`; `yank` puts it back. */
  kill(place: Place): void {
    this.#killed = this.erase(place) || this.#killed;
  }

  /** Cuts all of the text. */
  clear(): void {
    this.#killed = this.#text || this.#killed;
    this.set('');
  }

  /** Inserts what was cut last. */
  yank(): void {
    this.insert(this.#killed);
  }
}
