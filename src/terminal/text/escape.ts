/** Text from models, files and commands, made safe to print: none of it can control the terminal. */

/**
 * Everything a terminal could act on: C0 except newline and tab, DEL, C1, and the invisible characters
 * that reorder or hide text (except the one that turns a sign into an emoji). A lone surrogate cannot
 * be encoded.
 */
const UNSAFE =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufff9-\ufffb]|(?!\ufe0f)\p{Default_Ignorable_Code_Point}|\p{Surrogate}/gu;

/** The scripts that need a joiner within words, such as Persian and Sinhala. */
const JOINING =
  'Arab Syrc Mong Nkoo Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Khmr Mymr Tibt'
    .split(' ')
    .map((script) => `\\p{Script_Extensions=${script}}`)
    .join('');
const EMOJI = String.raw`\p{Extended_Pictographic}`;
/** A joiner where it belongs: between emoji, between such letters, and after a mark on one. */
const JOINER = [
  String.raw`(?<=${EMOJI}(?:\ufe0f|\p{Emoji_Modifier})?)\u200d(?=${EMOJI})`,
  String.raw`(?<=[${JOINING}])\u200c(?=[${JOINING}])`,
  String.raw`(?<=(?=\p{Mark})[${JOINING}])[\u200c\u200d]`,
].join('|');
let expressions: { unsafeInAnswer: RegExp; joinableEnd: RegExp } | undefined;

/** Made at the first text that is not plain: that takes 8 ms. */
function forAnswers(): NonNullable<typeof expressions> {
  return (expressions ??= {
    unsafeInAnswer: new RegExp(`(?!${JOINER})(?:${UNSAFE.source})`, 'gu'),
    // The end of a text that more of it may join.
    joinableEnd: new RegExp(
      String.raw`[${EMOJI}\p{Emoji_Modifier}\ufe0f\u200c\u200d${JOINING}]+$`,
      'u',
    ),
  });
}

/** ASCII without control characters but for newline and tab. */
const PLAIN = /^[\t\n -~]*$/;
/** A longer end is not looked at. */
const JOINABLE_CHARS = 64;

/** Shows unsafe characters as `\x1b` or `\u202e`; line ends become `\n`. */
export function escapeForTerminal(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(UNSAFE, codeOf);
}

/**
 * As `escapeForTerminal`, for an answer: people read it and decide nothing by it. Joined emoji and the
 * joiners of scripts that need them stay.
 */
export function escapeAnswer(text: string): string {
  const lines = text.replace(/\r\n/g, '\n');
  return PLAIN.test(lines) ? lines : lines.replace(forAnswers().unsafeInAnswer, codeOf);
}

/** Where a text that is arriving can be cut, so that no piece begins with a joiner. */
export function joinableEnd(text: string): number {
  if (PLAIN.test(text.slice(-1))) return text.length;
  const end = text.slice(-JOINABLE_CHARS);
  return text.length - end.length + (forAnswers().joinableEnd.exec(end)?.index ?? end.length);
}

/** A character as `\t`, `\x1b`, `\u202e` or `\u{e0001}`. */
export function codeOf(character: string): string {
  if (character === '\t') return '\\t';
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\u{${code.toString(16)}}`;
}

/** One line: newlines and tabs are shown as `\n` and `\t` too. @param escape for all else */
export function escapeLine(text: string, escape = escapeForTerminal): string {
  return escape(text).replace(/\n/g, '\\n').replace(/\t/g, '\\t');
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
