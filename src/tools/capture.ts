/** Keeps the head and the tail of a stream of bytes, however long it is, and counts the rest. */

export class HeadTail {
  readonly #half: number;
  #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #total = 0;

  /** @param limitBytes how much to keep; half of it for the head, half for the tail */
  constructor(limitBytes: number) {
    this.#half = Math.floor(limitBytes / 2);
  }

  push(chunk: Buffer): void {
    this.#total += chunk.length;
    const forHead = chunk.subarray(0, this.#half - this.#headBytes);
    if (forHead.length > 0) {
      this.#head.push(Buffer.from(forHead));
      this.#headBytes += forHead.length;
    }
    const rest = chunk.subarray(forHead.length);
    if (rest.length > 0) {
      this.#tail.push(Buffer.from(rest.subarray(-this.#half)));
      this.#tailBytes += Math.min(rest.length, this.#half);
    }
    if (this.#tailBytes > 4 * this.#half) this.#trimTail();
  }

  /** What was kept, as text, with a mark where bytes are missing. Decoded only here, as a whole. */
  text(): string {
    this.#trimTail();
    const head = Buffer.concat(this.#head);
    const tail = Buffer.concat(this.#tail);
    const missing = this.#total - head.length - tail.length;
    if (missing === 0) return Buffer.concat([head, tail]).toString('utf8');
    return `${wholeEnd(head)}\n...[${missing} bytes left out]...\n${wholeStart(tail)}`;
  }

  #trimTail(): void {
    const tail = Buffer.concat(this.#tail).subarray(-this.#half);
    this.#tail = tail.length > 0 ? [Buffer.from(tail)] : [];
    this.#tailBytes = tail.length;
  }
}

/** Without the broken character that a cut left at the end. */
function wholeEnd(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/\ufffd$/, '');
}

/** Without the rest of a character that a cut left at the start. */
function wholeStart(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/^\ufffd{1,3}/, '');
}
