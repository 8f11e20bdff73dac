/** Numbers that stand for characters, as terminals and models write them. */

/** The character of a code point; undefined for NUL, half a surrogate pair and what is none. */
export function characterOf(code: number): string | undefined {
  const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}
