/** Texts made plain, so that they can be compared, and the way back to their sources. */
import { plainCharacter } from './characters.ts';

/** What is made plain: each kind includes those before it. */
export type Likeness = 'line ends' | 'trailing whitespace' | 'characters';

/** A text made plain, and where each of its characters came from. */
export interface PlainText {
  source: string;
  likeness: Likeness;
  /** UTF-16 code units. */
  units: Uint16Array;
  /** Where each unit begins in the source; units that stand for the same characters share it. */
  begins: Uint32Array;
  /** Where each unit ends in the source. */
  ends: Uint32Array;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** The first combining mark is U+0300. */
const FIRST_MARK = 0x300;
/** A letter with its marks. The bound keeps hostile heaps of marks cheap. */
const CLUSTER = /\P{M}\p{M}{1,30}|[\u1100-\u11ff]{2,3}|./suy;

/** Makes a text plain, in time and memory proportional to its size, whatever it contains. */
export function plainText(source: string, likeness: Likeness): PlainText {
  const isTolerant = likeness === 'characters';
  const mayCompose = isTolerant && hasUncomposed(source);
  const room = isTolerant ? roomFor(source, mayCompose) : source.length;
  const units = new Uint16Array(room);
  const begins = new Uint32Array(room);
  const ends = new Uint32Array(room);
  let length = 0;
  for (let at = 0, end = 1; at < source.length; at = end, end = at + 1) {
    const code = source.charCodeAt(at);
    let begin = at;
    if (code === LINE_FEED) {
      if (length > 0 && units[length - 1] === CARRIAGE_RETURN) begin = begins[--length] ?? at;
      if (likeness !== 'line ends') length = trimmedLength(units, length);
    } else if (
      isTolerant &&
      (code >= 0x80 || (mayCompose && source.charCodeAt(end) >= FIRST_MARK))
    ) {
      const character = mayCompose ? clusterAt(source, at) : source.charAt(at);
      end = at + character.length;
      const plain = plainCharacter(mayCompose ? character.normalize('NFC') : character);
      for (let index = 0; index < plain.length; index++, length++) {
        units[length] = plain.charCodeAt(index);
        begins[length] = at;
        ends[length] = end;
      }
      continue;
    }
    units[length] = code;
    begins[length] = begin;
    ends[length++] = end;
  }
  if (likeness !== 'line ends') length = trimmedLength(units, length);
  const [from, to] = [begins.subarray(0, length), ends.subarray(0, length)];
  return { source, likeness, units: units.subarray(0, length), begins: from, ends: to };
}

/** Whether a position is inside of what stands for one character of the source. */
export function splitsCharacter({ begins }: PlainText, at: number): boolean {
  return at > 0 && at < begins.length && begins[at] === begins[at - 1];
}

/** Part of a plain text as a string. */
export function plainSlice({ units }: PlainText, at = 0, end = units.length): string {
  const part = units.subarray(at, end);
  return Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('utf16le');
}

function hasUncomposed(source: string): boolean {
  // Composing takes long for heaps of marks, but no real text has that many.
  return /\p{M}{31}/u.test(source) || source.normalize('NFC') !== source;
}

function roomFor(source: string, mayCompose: boolean): number {
  const dots = source.match(/…/g)?.length ?? 0;
  return (mayCompose ? 3 : 1) * source.length + 2 * dots;
}

function clusterAt(source: string, at: number): string {
  CLUSTER.lastIndex = at;
  return CLUSTER.exec(source)?.[0] ?? source.charAt(at);
}

/** The length without spaces and tabs at the end. */
function trimmedLength(units: Uint16Array, length: number): number {
  let end = length;
  while (end > 0 && (units[end - 1] === 0x20 || units[end - 1] === 0x09)) end--;
  return end;
}
