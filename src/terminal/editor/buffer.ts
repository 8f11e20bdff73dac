/** The text that is being written, and the cursor in it. */
import { Pastes } from './pastes.ts';
import type { Place } from './places.ts';

/** A text with a cursor, and the text that was cut last. A long paste in it is one character. */
export class TextBuffer {
  readonly #pastes = new Pastes();
  #text = '';
  #cursor = 0;
  /** What was cut last. */
  #killed = '';

  /** The text, newlines included; each long paste as one character. */
  get text(): string {
    return this.#text;
  }

  /** The text with all that was pasted. */
  get whole(): string {
    return this.#pastes.unfold(this.#text);
  }

  /** The text as it is shown, `[200 lines pasted]` in the place of a paste, and the cursor in it. */
  get shown(): { text: string; cursor: number } {
    const before = this.#pastes.label(this.#text.slice(0, this.#cursor));
    return {
      text: before + this.#pastes.label(this.#text.slice(this.#cursor)),
      cursor: before.length,
    };
  }

  /** An index into the text, at the edge of a character. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Replaces the text; the cursor goes to its end, or to `cursor`. Long pastes in it are folded again. */
  set(text: string, cursor = text.length): void {
    const before = this.#pastes.foldKnown(text.slice(0, cursor));
    this.#text = before + this.#pastes.foldKnown(text.slice(cursor));
    this.#cursor = before.length;
  }

  /** Replaces what is between `from` and the cursor. */
  insert(text: string, from = this.#cursor): void {
    this.#text = this.#text.slice(0, from) + text + this.#text.slice(this.#cursor);
    this.#cursor = from + text.length;
  }

  /** Inserts what was pasted, as one character where it is long. */
  paste(text: string): void {
    this.insert(this.#pastes.fold(text));
  }

  /** Shows all that was pasted. Returns whether there was anything to show. */
  unfold(): boolean {
    const { text, whole } = this;
    if (text === whole) return false;
    this.#cursor = this.#pastes.unfold(text.slice(0, this.#cursor)).length;
    this.#text = whole;
    this.#pastes.open();
    return true;
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
    this.#text = this.#text.slice(0, from) + this.#text.slice(to);
    this.#cursor = from;
    return erased;
  }

  /** As `erase`; `yank` puts it back. */
  kill(place: Place): void {
    this.#killed = this.erase(place) || this.#killed;
  }

  /** Cuts all of the text. */
  clear(): void {
    this.#killed = this.#text || this.#killed;
    this.#text = '';
    this.#cursor = 0;
  }

  /** Inserts what was cut last. */
  yank(): void {
    this.insert(this.#killed);
  }
}
