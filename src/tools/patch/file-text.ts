/** The bytes of a file as text, whatever they are, and the way back. */
import { isUtf8 } from 'node:buffer';

/** A file to edit. */
export interface FileText {
  /**
   * Without a byte order mark. Each byte that is not UTF-8 is one lone surrogate, which no text of a
   * model has.
   */
  text: string;
  /** Where in the bytes a position in the text is. */
  byteAt(position: number): number;
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const ESCAPED_BYTE = 0xdc00;

/** Reads the bytes in time proportional to their number; it never fails. */
export function fileText(bytes: Buffer): FileText {
  const start = bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  const content = bytes.subarray(start);
  if (isUtf8(content)) {
    const text = content.toString('utf8');
    return { text, byteAt: (position) => start + Buffer.byteLength(text.slice(0, position)) };
  }
  const text = decode(content);
  const byteAt = (position: number) => {
    const before = text.slice(0, position);
    const escaped = before.match(/[\udc80-\udcff]/gu)?.length ?? 0;
    return start + Buffer.byteLength(before) - 2 * escaped; // one byte, counted as three
  };
  return { text, byteAt };
}

function decode(bytes: Buffer): string {
  const parts: string[] = [];
  let done = 0;
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes[at] ?? 0);
    if (length === 1 || isUtf8(bytes.subarray(at, at + length))) {
      at += length;
      continue;
    }
    parts.push(bytes.toString('utf8', done, at), String.fromCharCode(ESCAPED_BYTE + bytes[at]!));
    done = ++at;
  }
  return parts.join('') + bytes.toString('utf8', done);
}

function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
