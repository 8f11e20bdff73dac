/** Places in a text: each function returns where the cursor would go from where it is. */

/** Where to go from `cursor`, an index into `text` at the edge of a character. */
export type Place = (text: string, cursor: number) => number;

/** What a person sees as one character may be several: an emoji, a letter with accents. */
const characters = new Intl.Segmenter();

/** One character to the left. */
export const characterBefore: Place = (text, cursor) =>
  characters.segment(text).containing(cursor - 1)?.index ?? 0;

/** One character to the right. */
export const characterAfter: Place = (text, cursor) => {
  const next = characters.segment(text).containing(cursor);
  return next ? next.index + next.segment.length : cursor;
};

/** The start of the word that the cursor is in or after. */
export const wordBefore: Place = (text, cursor) => runBefore(text, cursor, /[\p{L}\p{M}\p{N}_]/u);

/** The end of the word that the cursor is in or before. */
export const wordAfter: Place = (text, cursor) => {
  const word = /[\p{L}\p{M}\p{N}_]+/gu;
  word.lastIndex = cursor;
  return word.test(text) ? word.lastIndex : text.length;
};

/** The start of the text between whitespace that the cursor is in or after. */
export const whitespaceBefore: Place = (text, cursor) => runBefore(text, cursor, /\S/);

/** The start of the line. */
export const lineStart: Place = (text, cursor) =>
  cursor === 0 ? 0 : text.lastIndexOf('\n', cursor - 1) + 1;

/** The end of the line, before its newline. */
export const lineEnd: Place = (text, cursor) => {
  const end = text.indexOf('\n', cursor);
  return end === -1 ? text.length : end;
};

/** The end of the line, or after its newline when the cursor is at the end already. */
export const lineEndOrNext: Place = (text, cursor) =>
  text[cursor] === '\n' ? cursor + 1 : lineEnd(text, cursor);

/** The same column in the line above; the cursor itself in the first line. */
export const lineAbove: Place = (text, cursor) => {
  const start = lineStart(text, cursor);
  if (start === 0) return cursor;
  const above = lineStart(text, start - 1);
  return characterAt(text, Math.min(above + cursor - start, start - 1));
};

/** The same column in the line below; the cursor itself in the last line. */
export const lineBelow: Place = (text, cursor) => {
  const end = lineEnd(text, cursor);
  if (end === text.length) return cursor;
  const column = cursor - lineStart(text, cursor);
  return characterAt(text, Math.min(end + 1 + column, lineEnd(text, end + 1)));
};

/** The edge of a character at or before an index. */
function characterAt(text: string, index: number): number {
  return characters.segment(text).containing(index)?.index ?? text.length;
}

/** Back over what is not of a kind, then over what is. */
function runBefore(text: string, cursor: number, kind: RegExp): number {
  let at = cursor;
  while (at > 0 && !kind.test(text.charAt(at - 1))) at--;
  while (at > 0 && kind.test(text.charAt(at - 1))) at--;
  return characterAt(text, at);
}
