/** Keeps the head and the tail of a stream of bytes, however long it is, and counts the rest. */
import { clip, wholeCharacters } from '../context/clip.ts';

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

  /**
   * What was kept, without blanks around it, as text of at most `limit` characters; a mark counts
   * what is missing. Decoded only here, so that no character is cut by the pieces it came in.
   */
  text(limit: number): string {
    this.#trimTail();
    const head = Buffer.concat(this.#head);
    const tail = Buffer.concat(this.#tail);
    if (head.length + tail.length === this.#total) {
      return clip(Buffer.concat([head, tail]).toString('utf8').trim(), limit);
    }
    const room = Math.max(0, limit - mark(this.#total).length);
    const start = wholeCharacters(
      decode(head)
        .trimStart()
        .slice(0, Math.ceil(room / 2)),
    );
    const end = wholeCharacters(
      decode(tail)
        .trimEnd()
        .slice(-Math.floor(room / 2) || Infinity),
    );
    const shown = Buffer.byteLength(start) + Buffer.byteLength(end);
    return `${start}${mark(this.#total - shown)}${end}`;
  }

  #trimTail(): void {
    const tail = Buffer.concat(this.#tail).subarray(-this.#half);
    this.#tail = tail.length > 0 ? [Buffer.from(tail)] : [];
    this.#tailBytes = tail.length;
  }
}

function mark(bytes: number): string {
  return `\n...[${bytes} bytes left out]...\n`;
}

/** As text, without the broken characters that a cut left at either end. */
function decode(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/^\ufffd{1,3}|\ufffd$/g, '');
}
