/**
 * Text that a person decides about, with nothing in it that cannot be seen: invisible characters are
 * shown as codes, and long runs of spaces and of blank lines, which could push what follows out of
 * sight, are counted. Lines that differ are shown differently.
 */
import { codeOf, escapeForTerminal } from './escape.ts';

/** A line, without its end. */
export interface Line {
  /** What comes before its text: the sign of a line in a diff, or nothing. */
  sign: string;
  text: string;
}

/** What a person must know where codes are shown. */
export const CODES_NOTE = '(invisible characters are shown as codes, such as \\x20 for a space)';

/** An indentation that stays as it is: of at most 79 characters, with text after it. */
const INDENT = { spaces: /^ {0,79}(?=[^ ])/, spacesAndTabs: /^[ \t]{0,79}(?=[^ \t])/ };
/** At least 20 of the same blank; any other blank than a space; a space at the end. */
const INVISIBLE =
  /([ \t\p{Zs}\u115f\u1160\u2800\u3164\uffa0])\1{19,}|[\t\u2800]|(?! )\p{Zs}|(?<!\p{Extended_Pictographic})\ufe0f(?!\u20e3)| $/gu;
/** What a text could forge: our counts. */
const COUNT = /\[(?=\d+ (?:spaces|tabs|blank lines|lines of|×))/g;
/** At least this many equal blank lines in a row are counted. */
const MAX_BLANK_LINES = 4;

/**
 * The lines as they are to be shown, and whether they have codes: then `CODES_NOTE` must be shown,
 * too, and a backslash that only looks like the start of a code is itself shown as one.
 * @param keepsTabs tabs at the start of a line stay tabs
 */
export function visibleLines(
  lines: readonly Line[],
  keepsTabs = false,
): { shown: Line[]; hasCodes: boolean } {
  const seen = (text: string) => visible(text, keepsTabs);
  const hasCodes = lines.some(({ text }) => seen(text) !== text);
  const shown = lines.map(({ sign, text }) => ({
    sign,
    text: hasCodes ? seen(text.replace(/\\(?=[xut])/g, '\\x5c')) : text,
  }));
  return { shown: withCountedBlankLines(shown, lines), hasCodes };
}

function visible(text: string, keepsTabs: boolean): string {
  const [indent = ''] = INDENT[keepsTabs ? 'spacesAndTabs' : 'spaces'].exec(text) ?? [];
  const rest = text.slice(indent.length).replace(COUNT, '\\x5b').replace(INVISIBLE, code);
  return indent + escapeForTerminal(rest);
}

function code(run: string): string {
  if (run.length < 20) return codeOf(run);
  const names: Record<string, string> = { ' ': 'spaces', '\t': 'tabs' };
  const [first = ''] = run;
  return ` [${run.length} ${names[first] ?? `× ${codeOf(first)}`}] `;
}

/** Replaces each long run of the same blank line, and sign, with one line that says their number. */
function withCountedBlankLines(shown: readonly Line[], lines: readonly Line[]): Line[] {
  const counted: Line[] = [];
  for (let at = 0; at < lines.length;) {
    const { sign = '', text = '' } = lines[at] ?? {};
    const isSame = (line?: Line) => line?.sign === sign && line.text === text;
    let end = at + 1;
    while (/^\s*$/.test(text) && isSame(lines[end])) end++;
    const few = shown.slice(at, end);
    const what = text === '' ? 'blank lines' : `lines of ${few[0]?.text}`;
    if (few.length < MAX_BLANK_LINES) counted.push(...few);
    else counted.push({ sign, text: `[${few.length} ${what}]` });
    at = end;
  }
  return counted;
}
