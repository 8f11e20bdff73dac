/**
 * Where a patch applies. The ways to match are tried from the exact text to looser ones, up to the
 * first that finds anything. None of them guesses by similarity, and each either gives the exact
 * outcome or refuses.
 */
import { isInvisible, plainCharacter } from './characters.ts';
import { fileText, type FileText } from './file-text.ts';
import type { Edit } from './line-numbers.ts';
import { readingsOf, withoutLastIndent } from './notation.ts';
import { occurrences } from './occurrences.ts';
import { plainText, splitsCharacter, type Likeness, type PlainText } from './plain-text.ts';
import { framed, replacement, withLineFeeds, type Framed, type Spot } from './replacement.ts';
import { fileLines, shiftedLines, type FileLines } from './shifted-lines.ts';

/** The one place of an edit, as offsets in bytes, and what takes its place. */
export interface FoundMatch {
  type: 'match';
  from: number;
  /** The first byte after the place. */
  to: number;
  /** With LF as line ends. */
  newText: string;
  /** Tells the model how its old text matched; undefined if exactly. */
  how?: string | undefined;
}

/** What came of the search for old_text. */
export type Located =
  | FoundMatch
  /** It is in more than one place, at these lines, or at more than these. */
  | { type: 'several'; count: number; lines: number[] }
  /** It is in one place, but not certainly with this new_text. */
  | { type: 'unclear'; line: number }
  | { type: 'none' };

interface Way {
  how?: string | undefined;
  edit: Framed;
  spots: Spot[];
}

const LIKENESSES: readonly (readonly [Likeness, string | undefined])[] = [
  ['line ends', undefined],
  ['trailing whitespace', 'except for trailing whitespace'],
  ['characters', 'except for characters that look alike'],
];
const OWN_LINES = 'without the newlines around it';
const SHIFTED = "at another indentation; the file's was kept";
const LINE_FEED = 0x0a;
const HYPHEN = 0x2d;
/** Places that are counted, and lines that are named. */
const MAX_SPOTS = 1_000;
const SHOWN_LINES = 10;

/** Finds the one place of the old text. It never throws, whatever the bytes and the texts are. */
export function findMatch(bytes: Buffer, edit: Edit): Located {
  const file = fileText(bytes);
  for (const { how, edit: framedEdit, spots } of waysToMatch(file.text, withLineFeeds(edit))) {
    const [spot] = spots;
    if (!spot) continue;
    if (spots.length > 1) return several(file, spots);
    const found = replacement(file.text, framedEdit, spot);
    if (!found) return { type: 'unclear', line: lineOf(file.text, spot.from) };
    const [from, to] = [file.byteAt(found.from), file.byteAt(found.to)];
    return { type: 'match', from, to, newText: found.newText, how };
  }
  return { type: 'none' };
}

function* waysToMatch(text: string, edit: Edit): Generator<Way> {
  const file = new FileForms(text);
  // Without what is not seen, such a text would match everywhere.
  if (isInvisible(edit.oldText)) {
    const exact = { ...edit, opens: false, closes: false, deletes: false };
    yield { edit: exact, spots: textSpots(file.plain('line ends'), exact) };
    return;
  }
  const layout = withoutLastIndent(edit);
  // Where new_text ends so, too, nothing is lost to the letter.
  if (layout?.isInNew) yield* textWays(file, edit, false);
  const whole = layout?.edit ?? edit;
  for (const way of textWays(file, whole, false)) yield layout ? read(way, layout.how) : way;
  yield shiftedWay(file, whole);
  const readings = readingsOf(whole);
  // The same text in another reading is more certain than lines that are indented otherwise.
  for (const { how, edit: bare, fromLineStart } of readings) {
    // Most have no place at all, which the loosest way is enough to see.
    const loosest = ownLines(file.plain('characters'), framed(bare), fromLineStart);
    if (loosest.length === 0) continue;
    for (const way of textWays(file, bare, fromLineStart)) yield read(way, how);
  }
  for (const { how, edit: bare } of readings) yield read(shiftedWay(file, bare), how);
}

function read(way: Way, how: string): Way {
  return { ...way, how: way.how ? `${how}, ${way.how}` : how };
}

/** The forms of a file in which texts are looked for. Each is made once. */
class FileForms {
  readonly #text: string;
  readonly #plain = new Map<Likeness, PlainText>();
  #lines: FileLines | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  plain(likeness: Likeness): PlainText {
    const text = this.#plain.get(likeness) ?? plainText(this.#text, likeness);
    this.#plain.set(likeness, text);
    return text;
  }

  get lines(): FileLines {
    return (this.#lines ??= fileLines(this.plain('characters')));
  }
}

function* textWays(file: FileForms, edit: Edit, fromLineStart: boolean): Generator<Way> {
  const frame = framed(edit);
  for (const [likeness, how] of LIKENESSES) {
    const plain = file.plain(likeness);
    // In lines that were written with marks, a newline at the end is layout, too.
    if (fromLineStart) {
      yield { how, edit: frame, spots: ownLines(plain, frame, true) };
      continue;
    }
    yield { how, edit: frame, spots: textSpots(plain, frame) };
    if (!frame.opens && !frame.closes) continue;
    const own = how ? `${how}, ${OWN_LINES}` : OWN_LINES;
    yield { how: own, edit: frame, spots: ownLines(plain, frame, false) };
  }
}

function shiftedWay(file: FileForms, edit: Edit): Way {
  const frame = framed(edit);
  const lines = shiftedLines(file.lines, plainText(frame.oldText, 'characters'), MAX_SPOTS);
  const unseen = unseenEnd(frame);
  const spots = lines.map((place): Spot => {
    const to = withTrailing(file.lines.file.source, frame, unseen, place.to);
    return { from: place.from, to, likeness: 'characters', isShifted: true };
  });
  return { how: SHIFTED, edit: frame, spots };
}

/** Where the old text is, with the newlines at its ends; each spot is without them. */
function textSpots(file: PlainText, frame: Framed): Spot[] {
  const { oldText, opens, closes } = frame;
  const whole = `${opens ? '\n' : ''}${oldText}${closes ? '\n' : ''}`;
  const { units } = plainText(whole, file.likeness);
  return spotsOf(file, frame, units, (at, end) => {
    return [at + (opens ? 1 : 0), end - (closes ? 1 : 0)];
  });
}

/** Where the old text is without the newlines at its ends, if lines begin and end there as well. */
function ownLines(file: PlainText, frame: Framed, fromLineStart: boolean): Spot[] {
  const { units } = plainText(frame.oldText, file.likeness);
  return spotsOf(file, frame, units, (at, end) => {
    if ((frame.opens || fromLineStart) && !isLineStart(file, at)) return undefined;
    return frame.closes && !isLineEnd(file, end) ? undefined : [at, end];
  });
}

/** The places of these units that `stretchOf` accepts and that split no character or line. */
function spotsOf(
  file: PlainText,
  frame: Framed,
  wanted: Uint16Array,
  stretchOf: (at: number, end: number) => [at: number, end: number] | undefined,
): Spot[] {
  const { likeness, source } = file;
  const unseen = unseenEnd(frame);
  const mustEndLine = likeness !== 'line ends' && /[ \t]/.test(unseen);
  const spots: Spot[] = [];
  for (const found of occurrences(file.units, wanted)) {
    const [at, end] = stretchOf(found, found + wanted.length) ?? [];
    if (at === undefined || end === undefined) continue;
    if (splitsCharacter(file, at) || splitsCharacter(file, end)) continue;
    if (likeness === 'characters' && [at, end].some((edge) => splitsHyphens(file, edge))) continue;
    if (mustEndLine && !isLineEnd(file, end)) continue;
    const begin = file.begins[at] ?? source.length;
    const bare = end === at ? begin : (file.ends[end - 1] ?? begin);
    const from = likeness === 'characters' ? withInvisible(source, frame, begin) : begin;
    const to = likeness === 'line ends' ? bare : withTrailing(source, frame, unseen, bare);
    if (spots.push({ from, to, likeness, isShifted: false }) === MAX_SPOTS) break;
  }
  return spots;
}

/** Whether this is between two hyphens: a dash stands for all of them or none. */
function splitsHyphens({ units }: PlainText, at: number): boolean {
  return at > 0 && units[at - 1] === HYPHEN && units[at] === HYPHEN;
}

/** What cannot be seen at the end of the old text, in plain form; '?' where that is empty. */
function unseenEnd({ oldText }: Framed): string {
  let unseen = '';
  for (let at = oldText.length - 1; at >= 0; at--) {
    const plain = plainCharacter(oldText.charAt(at));
    if (plain.trim() !== '' || plain === '\n') break;
    unseen += plain === '' ? '?' : plain;
  }
  return unseen;
}

/** The end with what cannot be seen after it, where the old text has such or ends the line. */
function withTrailing(source: string, frame: Framed, unseen: string, to: number): number {
  const hasSpace = /[ \t]/.test(unseen);
  const isTrailing = (character: string) => {
    if (/[ \t]/.test(character)) return frame.closes || hasSpace;
    const plain = plainCharacter(character);
    return plain === '' ? unseen.includes('?') : plain === ' ' && hasSpace;
  };
  let end = to;
  while (end < source.length && isTrailing(source.charAt(end))) end++;
  return end;
}

/** The start with what cannot be seen before it, where the old text begins with such. */
function withInvisible(source: string, { oldText }: Framed, from: number): number {
  let start = from;
  if (plainCharacter(oldText.charAt(0)) !== '') return start;
  while (start > 0 && plainCharacter(source.charAt(start - 1)) === '') start--;
  return start;
}

function isLineStart(file: PlainText, at: number): boolean {
  return at === 0 || file.units[at - 1] === LINE_FEED;
}

function isLineEnd(file: PlainText, at: number): boolean {
  return at === file.units.length || file.units[at] === LINE_FEED;
}

function several(file: FileText, spots: readonly Spot[]): Located {
  const lines = spots.slice(0, SHOWN_LINES).map(({ from }) => lineOf(file.text, from));
  return { type: 'several', count: spots.length, lines: [...new Set(lines)] };
}

function lineOf(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}
