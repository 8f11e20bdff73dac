/** Says in words where a text first differs from the lines of a file that are most like it. */
import type { Nearest } from './nearest-lines.ts';
import { lineFeeds } from './replacement.ts';

/** Lines that share less than this part of their characters at both ends are not the same line. */
const MIN_SHARED = 0.25;

/** Characters that cannot be told apart, or not be seen. */
const NAMES: Record<string, string> = {
  ' ': 'a space',
  '\t': 'a tab',
  '\r': 'a carriage return U+000D',
  '\u00a0': 'a no-break space U+00A0',
  '\u00ad': 'a soft hyphen U+00AD',
  '\u200b': 'a zero width space U+200B',
  '\u200c': 'a zero width non-joiner U+200C',
  '\u200d': 'a zero width joiner U+200D',
  '\u2010': 'a hyphen U+2010',
  '\u2011': 'a non-breaking hyphen U+2011',
  '\u2013': 'an en dash U+2013',
  '\u2014': 'an em dash U+2014',
  '\u2018': 'a left single quotation mark U+2018',
  '\u2019': 'a right single quotation mark U+2019',
  '\u201c': 'a left double quotation mark U+201C',
  '\u201d': 'a right double quotation mark U+201D',
  '\u2026': 'an ellipsis U+2026',
  '\u202f': 'a narrow no-break space U+202F',
  '\u2060': 'a word joiner U+2060',
  '\u2212': 'a minus sign U+2212',
  '\u3000': 'an ideographic space U+3000',
  '\ufeff': 'a zero width no-break space U+FEFF',
};

/** The first difference, as a sentence; undefined if no lines can be compared. */
export function firstDifference(oldText: string, near: Nearest): string | undefined {
  const oldLines = lineFeeds(oldText).trim().split('\n');
  for (const [index, line] of near.lines.entries()) {
    const old = oldLines[index];
    if (old === undefined) return undefined;
    // The first line has lost its indentation above.
    const file = index === 0 ? line.trimStart() : line;
    const same = sharedLength(old, file);
    if (same === Math.max(old.length, file.length)) continue;
    if (!areOneLine(old, file)) return undefined;
    const [inOld, inFile] = [old, file].map((text) => nameAt(text, same));
    return `The first difference is in line ${near.line + index}: old_text has ${inOld}, the file has ${inFile}.`;
  }
  return undefined;
}

function sharedLength(one: string, other: string): number {
  const [ones, others] = [[...one], [...other]];
  let length = 0;
  for (const [index, character] of ones.entries()) {
    if (character !== others[index]) break;
    length += character.length;
  }
  return length;
}

function areOneLine(old: string, file: string): boolean {
  const reversed = (text: string) => [...text].toReversed().join('');
  const [one, other] = [old.trim(), file.trim()];
  const shared = sharedLength(one, other) + sharedLength(reversed(one), reversed(other));
  return shared >= MIN_SHARED * Math.max(one.length, other.length);
}

function nameAt(text: string, at: number): string {
  const rest = text.slice(at);
  if (rest === '') return 'the end of the line';
  if (rest.trim() === '') return 'whitespace at the end of the line';
  const code = rest.codePointAt(0) ?? 0;
  const character = String.fromCodePoint(code);
  if (NAMES[character]) return NAMES[character];
  if (/[\p{C}\p{M}\p{Z}]/u.test(character)) {
    return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  }
  return JSON.stringify(/^[\w]+/.exec(rest)?.[0].slice(0, 40) ?? character);
}
