/** Text from models, files and commands, made safe to print: none of it can control the terminal. */

/**
 * Everything a terminal could act on: C0 except newline and tab, DEL, C1, and the invisible characters
 * that reorder or hide text (except the one that turns a sign into an emoji). A lone surrogate cannot
 * be encoded.
 */
const UNSAFE =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufff9-\ufffb]|(?!\ufe0f)\p{Default_Ignorable_Code_Point}|\p{Surrogate}/gu;

/** Shows unsafe characters as `\x1b` or `\u202e`; line ends become `\n`. */
export function escapeForTerminal(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(UNSAFE, codeOf);
}

/** A character as `\t`, `\x1b`, `\u202e` or `\u{e0001}`. */
export function codeOf(character: string): string {
  if (character === '\t') return '\\t';
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\u{${code.toString(16)}}`;
}

/** One line: newlines and tabs are shown as `\n` and `\t` too. */
export function escapeLine(text: string): string {
  return escapeForTerminal(text).replace(/\n/g, '\\n').replace(/\t/g, '\\t');
}

/** A value as one line of JSON: the same value to any reader, and harmless in a terminal. */
export function jsonLine(value: unknown): string {
  // JSON escapes control characters below 0x20 itself; all others are within strings.
  const json = JSON.stringify(value).replace(UNSAFE, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
  return `${json}\n`;
}
