/**
 * Where a patch applies. The ways to match range from the exact text to looser ones; the first that
 * finds anything is the last that is tried. None of them guesses by similarity.
 */
import { withoutLineNumbers, type Edit } from './line-numbers.ts';
import { isSpaceOrTab, plainText, type PlainText } from './plain-text.ts';

/** A place where an edit applies, as offsets in bytes, and what takes its place. */
interface Match {
  from: number;
  /** The first byte after the place. */
  to: number;
  /** With the line ends that the model wrote. */
  newText: string;
}

/** The one place of an edit. `how` tells the model how its old text matched; undefined if exactly. */
export type FoundMatch = Match & { how?: string | undefined };

interface Step {
  how?: string;
  /** At most two, since one too many is enough. */
  matches: Match[];
}

const ALIKE = 'except for trailing whitespace or the form of its quotes';
const OWN_LINES = 'without the newlines around it';
const BARE = 'once its line numbers were taken off';
const SHIFTED = 'at another indentation, and new_text was indented alike';

/** Finds the one place of the old text; undefined when it was not found. */
export function findMatch(bytes: Buffer, edit: Edit): FoundMatch | 'more than once' | undefined {
  for (const { how, matches } of climb(bytes, edit)) {
    if (matches.length > 1) return 'more than once';
    if (matches[0]) return { ...matches[0], how };
  }
  return undefined;
}

function* climb(bytes: Buffer, edit: Edit): Generator<Step> {
  const file = plainText(bytes, 'line ends');
  yield { matches: textMatches(file, edit) };
  // Without its whitespace, a text of whitespace would match everywhere.
  if (edit.oldText.trim() === '') return;
  const plainFile = plainText(bytes, 'spaces and quotes');
  yield { how: ALIKE, matches: textMatches(plainFile, edit) };

  const inner = withoutOwnLines(edit);
  if (inner) yield { how: OWN_LINES, matches: textMatches(plainFile, inner, areWholeLines) };

  const stripped = withoutLineNumbers(edit);
  const bare = stripped?.oldText.trim() ? stripped : undefined;
  if (bare) {
    yield { how: BARE, matches: textMatches(file, bare, beginsLine) };
    yield { how: BARE, matches: textMatches(plainFile, bare, beginsLine) };
  }
  yield { how: SHIFTED, matches: shiftedMatches(plainFile, edit) };
  if (bare) yield { how: `${BARE}, ${SHIFTED}`, matches: shiftedMatches(plainFile, bare) };
}

/** Tags on their own lines put newlines around both texts that do not belong to the file. */
function withoutOwnLines({ oldText, newText }: Edit): Edit | undefined {
  if (!/^\r?\n/.test(oldText) || !/^(?:\r?\n|$)/.test(newText)) return undefined;
  const endAlike = oldText.endsWith('\n') && (newText.endsWith('\n') || newText === '');
  const layout = endAlike ? /^\r?\n|\r?\n$/g : /^\r?\n/;
  const stripped = { oldText: oldText.replace(layout, ''), newText: newText.replace(layout, '') };
  return stripped.oldText.trim() === '' ? undefined : stripped;
}

/** A stretch of a plain text. */
interface Place {
  at: number;
  end: number;
}

function textMatches(
  file: PlainText,
  { oldText, newText }: Edit,
  accepts: (text: string, place: Place) => boolean = () => true,
): Match[] {
  const wanted = wantedText(file, oldText);
  const places = firstTwo(placesOf(file.text, wanted, accepts));
  return places.map((place) => ({ ...bytesOf(file, place, wanted), newText }));
}

interface Wanted {
  text: string;
  /** Whether trailing whitespace was dropped from its end: the match must then end a line. */
  wasTrimmed: boolean;
}

function wantedText({ likeness }: PlainText, oldText: string): Wanted {
  const { text } = plainText(Buffer.from(oldText, 'utf8'), likeness);
  return { text, wasTrimmed: /[ \t]$/.test(oldText) && !/[ \t]$/.test(text) };
}

/** Where the text appears, overlaps included. */
function* placesOf(
  file: string,
  { text, wasTrimmed }: Wanted,
  accepts: (text: string, place: Place) => boolean,
): Generator<Place> {
  for (let at = file.indexOf(text); at !== -1; at = file.indexOf(text, at + 1)) {
    const place = { at, end: at + text.length };
    if ((!wasTrimmed || isLineEnd(file, place.end)) && accepts(file, place)) yield place;
  }
}

/** Line numbers come before whole lines; a match may also begin with the newline before one. */
function beginsLine(text: string, { at }: Place): boolean {
  return isLineStart(text, at) || text[at] === '\n';
}

function areWholeLines(text: string, { at, end }: Place): boolean {
  return isLineStart(text, at) && isLineEnd(text, end);
}

function bytesOf({ bytes, offsets }: PlainText, { at, end }: Place, { wasTrimmed }: Wanted) {
  const from = offsets[at] ?? bytes.length;
  let to = offsets[end] ?? bytes.length;
  if (wasTrimmed) while (isSpaceOrTab(bytes[to])) to++;
  return { from, to };
}

function firstTwo<T>(items: Iterable<T>): T[] {
  const first: T[] = [];
  for (const item of items) if (first.push(item) === 2) break;
  return first;
}

/** What is added before every line that is not empty, or removed from it: one of them is empty. */
interface Shift {
  added: string;
  removed: string;
}

interface ShiftedPlace extends Place {
  shift: Shift;
}

/** Whole lines of the file that differ from the old text by one shift, which new_text follows. */
function shiftedMatches(file: PlainText, { oldText, newText }: Edit): Match[] {
  const wanted = wantedText(file, oldText);
  const places = shiftedPlaces(file.text, wanted.text.split('\n'));
  return places.flatMap((place) => {
    // A second place counts even where new_text cannot follow it.
    const shifted = shiftedText(newText, place.shift) ?? (places.length > 1 ? newText : undefined);
    return shifted === undefined ? [] : [{ ...bytesOf(file, place, wanted), newText: shifted }];
  });
}

/** A first line that appears more often tells nothing; this bounds the work for a hostile file. */
const MAX_FIRST_LINES = 10_000;

/** At most two places, found by the first of the lines that is not empty. */
function shiftedPlaces(file: string, lines: readonly string[]): ShiftedPlace[] {
  const found: ShiftedPlace[] = [];
  const emptyLines = lines.findIndex((line) => line !== '');
  const first = lines[emptyLines] ?? '';
  const indent = indentOf(first);
  const core = first.slice(indent.length);
  let firstLines = 0;
  for (let at = file.indexOf(core); at !== -1; at = nextLineWith(core, file, at)) {
    let lineStart = at;
    while (isSpaceOrTab(file.charCodeAt(lineStart - 1))) lineStart--;
    if (!isLineStart(file, lineStart)) continue;
    if (++firstLines > MAX_FIRST_LINES) return [];
    const shift = shiftBetween(indent, file.slice(lineStart, at));
    // A newline at the start of old_text may end any line, as it may in the exact text.
    const start = lineStart - emptyLines;
    const end = endOfLines(file, start, lines, shift);
    if (end !== undefined && found.push({ at: start, end, shift }) === 2) return found;
  }
  return found;
}

/** A line can begin with the text only once. */
function nextLineWith(text: string, file: string, at: number): number {
  const newline = file.indexOf('\n', at);
  return newline === -1 ? -1 : file.indexOf(text, newline);
}

/** From the lengths alone; comparing the lines shows whether one indentation ends in the other. */
function shiftBetween(before: string, after: string): Shift {
  const added = after.slice(0, Math.max(0, after.length - before.length));
  const removed = before.slice(0, Math.max(0, before.length - after.length));
  return { added, removed };
}

/** Where the shifted lines end; undefined if they are not here. */
function endOfLines(file: string, start: number, lines: readonly string[], shift: Shift) {
  let at = start;
  for (const [index, line] of lines.entries()) {
    if (index > 0 && file[at++] !== '\n') return undefined;
    const shifted = shiftedLine(line, shift);
    if (shifted === undefined || !file.startsWith(shifted, at)) return undefined;
    at += shifted.length;
  }
  // If old_text ends with a newline, no line follows it.
  return lines.at(-1) === '' || isLineEnd(file, at) ? at : undefined;
}

function shiftedText(text: string, shift: Shift): string | undefined {
  const lines = text.split('\n').map((line) => shiftedLine(line, shift));
  return lines.includes(undefined) ? undefined : lines.join('\n');
}

function shiftedLine(line: string, { added, removed }: Shift): string | undefined {
  if (line.trim() === '') return line;
  return line.startsWith(removed) ? added + line.slice(removed.length) : undefined;
}

function indentOf(line: string): string {
  return line.slice(0, line.search(/[^ \t]/));
}

const BYTE_ORDER_MARK = '\xef\xbb\xbf';

function isLineStart(file: string, at: number): boolean {
  return at === 0 || file[at - 1] === '\n' || (at === 3 && file.startsWith(BYTE_ORDER_MARK));
}

function isLineEnd(file: string, at: number): boolean {
  return at === file.length || file[at] === '\n';
}
