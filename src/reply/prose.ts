/** The words of a reply outside of thoughts and calls, as they are read. */
import type { Thought } from './reasoning.ts';

/** How far back to look for the start of a line. */
const LOOK_BACK_CHARS = 80;

/** Collects the prose of one reply in time linear in its length. */
export class Prose {
  readonly #raw: string;
  /** The prose so far. */
  text = '';
  #fences = 0;
  /** There are words outside of code blocks. */
  #hasWords = false;
  /** Where the last stretch without a gap starts and ends. */
  #start = 0;
  #end = 0;

  constructor(raw: string) {
    this.#raw = raw;
  }

  /** Adds a range of the reply. */
  add(from: number, to: number): void {
    if (from !== this.#end) this.#start = from;
    this.#end = to;
    const piece = this.#raw.slice(from, to);
    this.text += piece;
    for (const [index, part] of piece.split('```').entries()) {
      if (index > 0) this.#fences++;
      this.#hasWords ||= this.#fences % 2 === 0 && /\p{L}{2}/u.test(part);
    }
  }

  /** Drops everything so far: it was a thought. */
  drop(): void {
    this.text = '';
    this.#fences = 0;
    this.#hasWords = false;
  }

  /** Whether this is a code block that words introduce: an answer shows something there. */
  get isInSample(): boolean {
    return this.#hasWords && this.#fences % 2 === 1;
  }

  /** Whether the prose only mentions what looks like this thought: in a code block or inside a line. */
  mentions({ at, isLone }: Thought): boolean {
    if (this.#fences % 2 === 1) return true;
    const before = this.#raw.slice(Math.max(this.#start, at - LOOK_BACK_CHARS), at);
    return !isLone && !/(?:^|\n)\s*$/.test(before);
  }
}
