/** Braces of JSON in text that comes in pieces. */

/** Tells where the braces are balanced that one opens, those in strings aside. */
export class BraceCount {
  #depth = 0;
  #inString = false;
  #isEscaped = false;

  /** Takes a piece; returns the places in it behind which an object has ended. */
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
