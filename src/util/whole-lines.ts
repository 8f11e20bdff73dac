/** Whole lines out of bytes that come in pieces. */

/** Keeps the bytes of a line until its end comes, and puts a long one together only once. */
export class WholeLines {
  #pieces: Buffer[] = [];

  /** The lines that these bytes complete, each with its end; empty if they complete none. */
  add(bytes: Buffer): Buffer {
    const end = bytes.lastIndexOf(10) + 1;
    if (end === 0) {
      this.#pieces.push(bytes);
      return Buffer.alloc(0);
    }
    const whole = Buffer.concat([...this.#pieces, bytes.subarray(0, end)]);
    this.#pieces = [bytes.subarray(end)];
    return whole;
  }

  /** What came after the last line end. */
  get rest(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}
