/** The text that is being written, with a cursor in it. */
import type { Place } from './places.ts';

export class TextBuffer {
  #text = '';
  #cursor = 0;
  /** What was cut out last. */
  #killed = '';

  get text(): string {
    return this.#text;
  }

  /** An index into the text, at the edge of a character. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Puts another text in place of this one, the cursor behind it or where it is told. */
  set(text: string, cursor = text.length): void {
    this.#text = text;
    this.#cursor = cursor;
  }

  /** Puts text in place of what stands between `from` and the cursor. */
  insert(text: string, from = this.#cursor): void {
    this.#text = this.#text.slice(0, from) + text + this.#text.slice(this.#cursor);
    this.#cursor = from + text.length;
  }

  move(place: Place): void {
    this.#cursor = place(this.#text, this.#cursor);
  }

  /** Takes away what stands between the cursor and a place, and returns it. */
  erase(place: Place): string {
    const other = place(this.#text, this.#cursor);
    const [from, to] = [Math.min(this.#cursor, other), Math.max(this.#cursor, other)];
    const erased = this.#text.slice(from, to);
    this.set(this.#text.slice(0, from) + this.#text.slice(to), from);
    return erased;
  }

  /** As `erase`, to be put back by `yank`. */
  kill(place: Place): void {
    this.#killed = this.erase(place) || this.#killed;
  }

  /** Cuts out all of it. */
  clear(): void {
    this.#killed = this.#text || this.#killed;
    this.set('');
  }

  /** Puts in what was cut out last. */
  yank(): void {
    this.insert(this.#killed);
  }
}
