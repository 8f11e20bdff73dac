/** Keeps the head and the tail of a stream of bytes, however long it is, and counts the rest. */
import { clip, wholeCharacters } from '../../context/clip.ts';

/** The beginning and the end of a stream. */
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

  /** True while everything that was pushed is kept. */
  get isWhole(): boolean {
    return this.#total <= 2 * this.#half;
  }

  /** Adds what comes next. */
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
   * What was kept, without surrounding whitespace, as text of at most `limit` characters; a mark
   * counts the bytes left out. Decoded only here, so that chunks split no character.
   */
  text(limit: number): string {
    this.#trimTail();
    const head = Buffer.concat(this.#head);
    const tail = Buffer.concat(this.#tail);
    if (this.isWhole) {
      return clip(Buffer.concat([head, tail]).toString('utf8').trim(), limit);
    }
    const room = Math.max(0, limit - mark(this.#total).length);
    // A character that the cut split is not shown.
    const first = head.toString('utf8').replace(/\ufffd$/, '');
    const indent = first.length - first.trimStart().length;
    const start = wholeCharacters(first.slice(indent, indent + Math.ceil(room / 2)));
    const last = tail.toString('utf8').trimEnd();
    const end = wholeCharacters(
      last.replace(/^\ufffd{1,3}/, '').slice(-Math.floor(room / 2) || Infinity),
    );
    const shown =
      bytesOf(start, head, first.slice(0, indent)) +
      bytesOf(end, tail, last.slice(0, last.length - end.length));
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

/** How many of `bytes` this text was decoded from; in them it follows `before`. */
function bytesOf(text: string, bytes: Buffer, before: string): number {
  const from = skip(bytes, before, 0);
  return skip(bytes, text, from) - from;
}

/** Where the text that begins at `from` ends. A broken character is one to three bytes long. */
function skip(bytes: Buffer, text: string, from: number): number {
  let at = from;
  for (const character of text) {
    at += character === '\ufffd' ? brokenBytes(bytes, at) : Buffer.byteLength(character);
  }
  return at;
}

function brokenBytes(bytes: Buffer, at: number): number {
  const isOne = (end: number) =>
    end <= bytes.length && bytes.toString('utf8', at, end) === '\ufffd';
  return [3, 2].find((length) => isOne(at + length)) ?? 1;
}
