/** Texts made plain, so that they compare alike, and the way back to the bytes they came from. */

export interface PlainText {
  bytes: Buffer;
  likeness: Likeness;
  /** As latin1: one character for each byte or group of bytes. */
  text: string;
  /**
   * Where in the bytes each character begins; after the last one, where the text ends. What was
   * dropped before a line end belongs to the line end.
   */
  offsets: Uint32Array;
}

/** `line ends`: CRLF as LF. `blanks and quotes`: trailing blanks and typographic quotes besides. */
export type Likeness = 'line ends' | 'blanks and quotes';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Takes time and memory in proportion to the bytes, whatever they are. */
export function plainText(bytes: Buffer, likeness: Likeness): PlainText {
  const isTolerant = likeness === 'blanks and quotes';
  const kept = Buffer.allocUnsafe(bytes.length);
  const offsets = new Uint32Array(bytes.length + 1);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    offsets[length] = at;
    const quote = isTolerant ? plainQuoteAt(bytes, at) : undefined;
    if (quote !== undefined) at += 2;
    if (bytes[at] === LINE_FEED) {
      if (kept[length - 1] === CARRIAGE_RETURN && length > 0) length--;
      if (isTolerant) length = lengthWithoutBlanks(kept, length);
    }
    kept[length++] = quote ?? bytes[at] ?? 0;
  }
  offsets[length] = bytes.length;
  if (isTolerant) length = lengthWithoutBlanks(kept, length);
  return { bytes, likeness, text: kept.toString('latin1', 0, length), offsets };
}

/** Whether this byte is a blank or a tab. */
export function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09;
}

function lengthWithoutBlanks(bytes: Buffer, length: number): number {
  let end = length;
  while (end > 0 && isBlank(bytes[end - 1])) end--;
  return end;
}

/** For the three bytes of U+2018 to U+201F, `‘` to `‟`, the quote on the keyboard. */
function plainQuoteAt(bytes: Buffer, at: number): number | undefined {
  if (bytes[at] !== 0xe2 || bytes[at + 1] !== 0x80) return undefined;
  const last = bytes[at + 2] ?? 0;
  if (last < 0x98 || last > 0x9f) return undefined;
  return last < 0x9c ? 0x27 : 0x22;
}
