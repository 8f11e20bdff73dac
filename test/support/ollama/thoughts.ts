/** Removes thoughts from a reply, as the server does for models that think. */
import { overlap, type Output, type OutputFilter } from './output-filter.ts';

const OPEN = '<think>';
const CLOSE = '</think>';

export class ThoughtFilter implements OutputFilter {
  readonly #next: OutputFilter;
  /** `open?`: whether there are thoughts at all is not known yet. */
  #state: 'open?' | 'thinking' | 'blanks' | 'done';
  #held = '';

  /** `isOpen`: the prompt has ended within a think block, so that thoughts come first. */
  constructor(isOpen: boolean, next: OutputFilter = PLAIN) {
    this.#state = isOpen ? 'thinking' : 'open?';
    this.#next = next;
  }

  add(piece: string, isDone: boolean): Output {
    this.#held += piece;
    if (this.#state === 'open?') this.#look(isDone);
    const thinking = this.#state === 'thinking' ? this.#think() : '';
    if (this.#state === 'blanks') {
      this.#held = this.#held.trimStart();
      if (this.#held) this.#state = 'done';
    }
    if (this.#state !== 'done') return { content: '', thinking, calls: [] };
    const rest = this.#held;
    this.#held = '';
    const output = this.#next.add(rest, isDone);
    return { ...output, thinking };
  }

  /** Whether the reply begins with thoughts. */
  #look(isDone: boolean): void {
    const text = this.#held.trimStart();
    if (text.startsWith(OPEN)) {
      this.#state = 'thinking';
      this.#held = text.slice(OPEN.length).trimStart();
    } else if (isDone || !OPEN.startsWith(text)) {
      this.#state = 'done';
    }
  }

  /** Thoughts up to their end, or as far as they are certain. */
  #think(): string {
    const at = this.#held.indexOf(CLOSE);
    if (at >= 0) {
      const thinking = this.#held.slice(0, at);
      this.#held = this.#held.slice(at + CLOSE.length);
      this.#state = 'blanks';
      return thinking.trimEnd();
    }
    const certain = this.#held.length - overlap(this.#held, CLOSE);
    const thinking = this.#held.slice(0, certain).trimEnd();
    this.#held = this.#held.slice(thinking.length);
    return thinking;
  }
}

/** Leaves a reply alone. */
export const PLAIN: OutputFilter = {
  add: (content) => ({ content, thinking: '', calls: [] }),
};
