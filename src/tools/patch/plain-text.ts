/** Texts made plain, so that they compare as equal, and the way back to the bytes they came from. */

/** A text made plain, and where each of its characters came from. */
export interface PlainText {
  bytes: Buffer;
  likeness: Likeness;
  /** As latin1: one character for each byte or group of bytes. */
  text: string;
  /**
   * Where in the bytes each character begins, and at last where the text ends. What was dropped
   * before a line end belongs to the line end.
   */
  offsets: Uint32Array;
}

/** What is made plain: CRLF becomes LF, or trailing whitespace and typographic quotes go as well. */
type Likeness = 'line ends' | 'spaces and quotes';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Makes a text plain, in time and memory proportional to its size, whatever it contains. */
export function plainText(bytes: Buffer, likeness: Likeness): PlainText {
  const isTolerant = likeness === 'spaces and quotes';
  const kept = Buffer.allocUnsafe(bytes.length);
  const offsets = new Uint32Array(bytes.length + 1);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    offsets[length] = at;
    const quote = isTolerant ? plainQuoteAt(bytes, at) : undefined;
    if (quote !== undefined) at += 2;
    if (bytes[at] === LINE_FEED) {
      if (kept[length - 1] === CARRIAGE_RETURN && length > 0) length--;
      if (isTolerant) length = trimmedLength(kept, length);
    }
    kept[length++] = quote ?? bytes[at] ?? 0;
  }
  offsets[length] = bytes.length;
  if (isTolerant) length = trimmedLength(kept, length);
  return { bytes, likeness, text: kept.toString('latin1', 0, length), offsets };
}

/** Whether this byte is a space or a tab. */
export function isSpaceOrTab(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09;
}

/** The length without spaces and tabs at the end. */
function trimmedLength(bytes: Buffer, length: number): number {
  let end = length;
  while (end > 0 && isSpaceOrTab(bytes[end - 1])) end--;
  return end;
}

/** The ASCII quote for the three bytes of U+2018 to U+201F, `‘` to `‟`. */
function plainQuoteAt(bytes: Buffer, at: number): number | undefined {
  if (bytes[at] !== 0xe2 || bytes[at + 1] !== 0x80) return undefined;
  const last = bytes[at + 2] ?? 0;
  if (last < 0x98 || last > 0x9f) return undefined;
  return last < 0x9c ? 0x27 : 0x22;
}
