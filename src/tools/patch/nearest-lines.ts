/** The hint when a text was not found: the lines of the file that are most similar to it. */
import { head } from '../../context/clip.ts';
import { numbered } from './line-numbers.ts';

/** Lines of the text that are compared: more than are shown. */
const COMPARED_LINES = 40;
/** Lines less similar than this, out of 1, are not worth showing. */
const MIN_LIKENESS = 0.4;
/** Extra text in the lines counts little against them: the text may be part of a line. */
const EXTRA_WEIGHT = 0.25;
const LINES_AROUND = 2;
const SHOWN_CHARS = 2_000;
const LINE_CHARS = 200;
/** Of the lines that are given to the letter. */
const OWN_BYTES = 8_000;

const LINE_FEED = 0x0a;

/** The lines of a file that are most similar to a text. */
export interface Nearest {
  /** The number of the first of them. */
  line: number;
  /** As many as were compared, to the letter. */
  lines: string[];
  /** These and a few around them, numbered as a read shows them, within bounds. */
  shown: string[];
}

/**
 * Finds the lines that share the most pairs of neighbouring bytes with the text, ignoring whitespace
 * and the case of Latin letters. It takes time in proportion to the size of the file.
 * @returns undefined if nothing is similar
 */
export function nearestLines(bytes: Buffer, text: string): Nearest | undefined {
  const wanted = Buffer.from(text.trim(), 'utf8');
  if (wanted.length === 0) return undefined;
  const pairs = new Pairs();
  let lines = 0;
  for (const start of lineStarts(wanted)) {
    if (lines === COMPARED_LINES) break;
    eachPair(wanted, start, (pair) => pairs.want(pair));
    lines++;
  }
  const place = nearestPlace(bytes, pairs, lines);
  if (!place) return undefined;
  const own = bytes.toString('utf8', place.start, place.start + OWN_BYTES);
  return {
    line: place.line,
    lines: own.split('\n', lines).map((line) => line.replace(/\r$/, '')),
    shown: shownLines(bytes, place, lines),
  };
}

interface Place {
  /** Where its first line begins, in bytes. */
  start: number;
  /** The number of that line. */
  line: number;
}

/** The most similar run of this many lines; the first, if there are several. */
function nearestPlace(bytes: Buffer, pairs: Pairs, lines: number): Place | undefined {
  const take = (pair: number) => pairs.take(pair);
  const giveBack = (pair: number) => pairs.giveBack(pair);
  const run: number[] = [];
  let place: Place | undefined;
  let likeness = MIN_LIKENESS;
  let line = 0;
  for (const start of lineStarts(bytes)) {
    if (line >= lines) eachPair(bytes, run[line % lines] ?? 0, giveBack);
    run[line % lines] = start;
    line++;
    eachPair(bytes, start, take);
    if (!(pairs.likeness > likeness)) continue; // NaN while nothing is wanted and nothing taken
    likeness = pairs.likeness;
    place = {
      start: run[Math.max(0, line - lines) % lines] ?? 0,
      line: Math.max(1, line - lines + 1),
    };
  }
  return place;
}

/** Counts the pairs that are wanted and those that were taken, which are either shared or extra. */
class Pairs {
  /** By pair: how many are still wanted; below zero if too many were taken. */
  readonly #missing = new Int32Array(1 << 16);
  #wanted = 0;
  #shared = 0;
  #extra = 0;

  /** From 0, nothing is shared, to 1, everything wanted is there and nothing else. */
  get likeness(): number {
    return this.#shared / (this.#wanted + EXTRA_WEIGHT * this.#extra);
  }

  want(pair: number): void {
    this.#missing[pair] = (this.#missing[pair] ?? 0) + 1;
    this.#wanted++;
  }

  take(pair: number): void {
    const missing = this.#missing[pair] ?? 0;
    this.#missing[pair] = missing - 1;
    if (missing > 0) this.#shared++;
    else this.#extra++;
  }

  giveBack(pair: number): void {
    const missing = (this.#missing[pair] ?? 0) + 1;
    this.#missing[pair] = missing;
    if (missing > 0) this.#shared--;
    else this.#extra--;
  }
}

function* lineStarts(bytes: Buffer): Generator<number> {
  for (let start = 0; start < bytes.length;) {
    yield start;
    const newline = bytes.indexOf(LINE_FEED, start);
    start = newline === -1 ? bytes.length : newline + 1;
  }
}

/** What a byte counts as: 0 for whitespace, which is skipped; the small letter for a capital. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0x20 || byte === 0x09 || byte === 0x0d) return 0;
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
});

/** The pairs of a line as numbers below 65,536; its two ends count as bytes as well. */
function eachPair(bytes: Buffer, start: number, use: (pair: number) => void): void {
  let before = 0;
  for (let at = start; at < bytes.length && bytes[at] !== LINE_FEED; at++) {
    const byte = FOLDED[bytes[at] ?? 0] ?? 0;
    if (byte === 0) continue;
    use((before << 8) | byte);
    before = byte;
  }
  if (before !== 0) use(before << 8);
}

/** The lines of the place and a few around it, within bounds. */
function shownLines(bytes: Buffer, place: Place, lines: number): string[] {
  let { start, line } = place;
  for (let before = 0; before < LINES_AROUND && start > 0; before++, line--) {
    start--;
    while (start > 0 && bytes[start - 1] !== LINE_FEED) start--;
  }
  const last = place.line + lines - 1 + LINES_AROUND;
  const shown: string[] = [];
  let room = SHOWN_CHARS;
  while (start < bytes.length && line <= last) {
    const newline = bytes.indexOf(LINE_FEED, start);
    const end = newline === -1 ? bytes.length : newline;
    const text = numbered(line++, shortened(bytes.subarray(start, end)));
    room -= text.length + 1;
    if (room < 0) break;
    shown.push(text);
    start = end + 1;
  }
  return shown;
}

function shortened(line: Buffer): string {
  const text = line.toString('utf8', 0, 4 * LINE_CHARS + 4).replace(/\r$/, '');
  return text.length > LINE_CHARS ? `${head(text, LINE_CHARS)}…` : text;
}
