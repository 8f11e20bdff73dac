/** Counts the braces of JSON in text that comes in pieces. */

/** Finds where JSON objects end, ignoring braces in strings. */
export class BraceCount {
  #depth = 0;
  #inString = false;
  #isEscaped = false;

  /** Takes a piece and returns the offsets in it right after the end of an object. */
  push(piece: string): number[] {
    const ends: number[] = [];
    for (let at = 0; at < piece.length; at++) {
      const char = piece[at];
      if (this.#isEscaped) this.#isEscaped = false;
      else if (this.#inString && char === '\\') this.#isEscaped = true;
      else if (char === '"' && this.#depth > 0) this.#inString = !this.#inString;
      else if (!this.#inString && char === '{') this.#depth++;
      else if (!this.#inString && char === '}' && this.#depth > 0) {
        this.#depth--;
        if (this.#depth === 0) ends.push(at + 1);
      }
    }
    return ends;
  }
}
