/**
 * How the lines of new_text are to be indented in the file, learned from the lines that matched. What
 * cannot be told for certain is not done.
 */
import { indentOf, isBlank, type LinePair } from './line-pair.ts';

/** What new_text says of its own indentation, compared with that of old_text. */
interface Signs {
  /** Lines that are in both and are indented as in old_text only. */
  likeOld: number;
  /** Lines that are in both and are indented as in the file only. */
  likeFile: number;
}

/**
 * The lines of new_text with the indentation of the file, where whole lines matched at another one.
 * @param unit the file's step of indentation
 * @returns undefined when it is not certain
 */
export function reindented(
  pairs: readonly LinePair[],
  newLines: readonly string[],
  unit: string,
): string[] | undefined {
  const full = pairs.filter(({ old }) => !isBlank(old));
  if (mayLackLine(full)) return undefined;
  if (newLines.every(isBlank)) return [...newLines];
  const mapped = mappedLines(full, newLines, unit);
  const meant = meantLines(full, newLines, mapped, unit);
  if (!meant || !mapped) return meant;
  // One is less indented than the file is there, the other is not: was a block wrapped?
  const inFile = least(full.map(({ file }) => indentOf(file)));
  const other = meant === mapped ? newLines : mapped;
  const isMoved =
    least(indentsOf(meant)).length < inFile.length && least(indentsOf(other)) === inFile;
  return isMoved ? undefined : meant;
}

/** What only closes a block. */
const CLOSING = /^\s*(?:[)\]}][)\]};,]*|end)\s*$/;

/**
 * Whether a line that only closes a block, and so is like many others, is neither where the file has
 * it nor as far from there as the line before: a line between them may have been left out.
 */
function mayLackLine(full: readonly LinePair[]): boolean {
  return full.some(({ old, file }, index) => {
    const last = full[index - 1];
    if (!last || !CLOSING.test(old) || indentOf(old) === indentOf(file)) return false;
    const [inOld, inFile] = [indentOf(old).length, indentOf(file).length];
    const [lastOld, lastFile] = [indentOf(last.old).length, indentOf(last.file).length];
    const isProportional = lastOld * inFile === inOld * lastFile;
    return !isProportional && inFile - inOld !== lastFile - lastOld;
  });
}

/** The lines as they are or with their indentation mapped, whichever their indentation speaks for. */
function meantLines(
  full: readonly LinePair[],
  newLines: readonly string[],
  mapped: string[] | undefined,
  unit: string,
): string[] | undefined {
  const indents = indentsOf(newLines);
  const { likeOld, likeFile } = signsIn(full, newLines);
  if (likeOld > 0 && likeFile > 0) return undefined;
  if (likeOld > 0) return mapped;

  const olds = full.map(({ old }) => indentOf(old));
  const files = full.map(({ file }) => indentOf(file));
  const isFirstOld = olds[0] !== files[0] && indents[0] === olds[0];
  if (likeFile > 0) return isFirstOld ? undefined : [...newLines];
  // The first line of new_text most often takes the place of the first line of old_text.
  if (olds[0] !== files[0] && indents[0] === files[0]) return [...newLines];
  if (isFirstOld) {
    return isHalfDone(indents, olds, files, unit) ? undefined : mapped;
  }
  const [inNew, inOld, inFile] = [least(indents), least(olds), least(files)];
  if (inOld !== inFile) {
    if (inNew === inFile) return olds.includes(inNew) ? undefined : [...newLines];
    const areOld = indents.every((indent) => olds.includes(indent) && indent !== inFile);
    return inNew === inOld || areOld ? mapped : undefined;
  }
  if (inNew !== inOld) return undefined;
  const areOld = indents.every((indent) => olds.includes(indent));
  const areFile = indents.every((indent) => files.includes(indent));
  if (areOld !== areFile) return areOld ? mapped : [...newLines];
  const hasOld = indents.some((indent) => olds.includes(indent) && !files.includes(indent));
  return areOld || hasOld ? mapped : undefined;
}

/** Whether only the first line is indented as in old_text, and the next as in the file. */
function isHalfDone(
  [first = '', second = '']: readonly string[],
  olds: readonly string[],
  files: readonly string[],
  unit: string,
): boolean {
  const isSteep = second.length - first.length > Math.max(1, unit.length);
  return isSteep && files.includes(second) && !olds.includes(second);
}

function signsIn(pairs: readonly LinePair[], newLines: readonly string[]): Signs {
  const known = new Map<string, { old: Set<string>; file: Set<string> }>();
  for (const { old, file } of pairs) {
    const seen = known.get(old.trim()) ?? { old: new Set(), file: new Set() };
    known.set(old.trim(), seen);
    seen.old.add(indentOf(old));
    seen.file.add(indentOf(file));
  }
  const signs = { likeOld: 0, likeFile: 0 };
  for (const line of newLines) {
    const seen = isBlank(line) ? undefined : known.get(line.trim());
    const [inOld, inFile] = [seen?.old.has(indentOf(line)), seen?.file.has(indentOf(line))];
    if (inOld && !inFile) signs.likeOld++;
    if (inFile && !inOld) signs.likeFile++;
  }
  return signs;
}

function indentsOf(lines: readonly string[]): string[] {
  return lines.filter((line) => !isBlank(line)).map(indentOf);
}

function least(indents: readonly string[]): string {
  return indents.reduce((one, other) => (other.length < one.length ? other : one));
}

function mappedLines(
  pairs: readonly LinePair[],
  newLines: readonly string[],
  unit: string,
): string[] | undefined {
  const map = indentMap(pairs, unit, indentsOf(newLines));
  const lines = newLines.map((line) => {
    if (isBlank(line)) return line;
    const indent = map?.(indentOf(line));
    return indent === undefined ? undefined : indent + line.slice(indentOf(line).length);
  });
  return lines.every((line) => line !== undefined) ? lines : undefined;
}

type IndentMap = (indent: string) => string | undefined;

/**
 * The map from the indentation of old_text to the file's; undefined unless it is one to one.
 * @param indents of the lines that are to be mapped
 */
export function indentMap(
  pairs: readonly LinePair[],
  unit: string,
  indents: readonly string[],
): IndentMap | undefined {
  const known = new Map<string, string>();
  const back = new Map<string, string>();
  for (const { old, file } of pairs) {
    const [from, to] = [indentOf(old), indentOf(file)];
    if ((known.get(from) ?? to) !== to || (back.get(to) ?? from) !== from) return undefined;
    known.set(from, to);
    back.set(to, from);
  }
  const entries = [...known];
  const shift = shiftOf(entries);
  const scale = scaleOf(entries, unit);
  if (!shift || !scale || known.size > 1) {
    const map = shift ?? scale;
    return map && ((indent) => known.get(indent) ?? shift?.(indent) ?? scale?.(indent));
  }
  // One known line allows both: the next level is one step of the file away.
  const [[from = '', to = ''] = []] = entries;
  const next = indents.filter((indent) => indent !== from).toSorted(byDistance(from.length))[0];
  if (next === undefined || shift(next) === scale(next)) return shift;
  const isStep = (map: IndentMap) =>
    Math.abs((map(next)?.length ?? NaN) - to.length) === unit.length;
  if (isStep(shift) !== isStep(scale)) return isStep(shift) ? shift : scale;
  return undefined;
}

function byDistance(length: number): (one: string, other: string) => number {
  return (one, other) => Math.abs(one.length - length) - Math.abs(other.length - length);
}

/** Adds the same before every line, or removes it. */
function shiftOf(entries: readonly [string, string][]): IndentMap | undefined {
  const [[from = '', to = ''] = []] = entries;
  const added = to.slice(0, Math.max(0, to.length - from.length));
  const removed = from.slice(0, Math.max(0, from.length - to.length));
  const shift = (indent: string) =>
    indent.startsWith(removed) ? added + indent.slice(removed.length) : undefined;
  if (!entries.every(([old, file]) => shift(old) === file)) return undefined;
  const isMixed = entries.some(([, file]) => kindOf(file) === undefined);
  return (indent) => {
    const shifted = shift(indent);
    // Spaces after tabs, which no line has, belong to another way to indent.
    return shifted === undefined || isMixed || kindOf(shifted) !== undefined ? shifted : undefined;
  };
}

/** Writes each step of indentation in another way: as a tab, or as more or fewer spaces. */
function scaleOf(entries: readonly [string, string][], unit: string): IndentMap | undefined {
  const kindIn = kindOf(entries.map(([from]) => from).join(''));
  const kindOut = kindOf(entries.map(([, to]) => to).join(''));
  if (kindIn === undefined || !kindOut) return undefined;
  // A single space among spaces is a slip, and no step of indentation.
  if (kindOut === ' ' && entries.some(([from]) => from === ' ')) return undefined;
  const sorted = entries.toSorted(([one], [other]) => one.length - other.length);
  const [firstFrom = '', firstTo = ''] = sorted[0] ?? [];
  const [lastFrom = '', lastTo = ''] = sorted.at(-1) ?? [];
  const isOne = sorted.length === 1;
  const run = lastFrom.length - (isOne ? 0 : firstFrom.length);
  const rise = lastTo.length - (isOne ? 0 : firstTo.length);
  if (run <= 0 || rise <= 0) return undefined;
  const scale = (indent: string) => {
    if (kindOf(indent) !== '' && kindOf(indent) !== kindIn) return undefined;
    const length = lastTo.length + ((indent.length - lastFrom.length) * rise) / run;
    const isStep = unit === '' || (length - lastTo.length) % unit.length === 0;
    return isStep && Number.isInteger(length) && length >= 0 ? kindOut.repeat(length) : undefined;
  };
  return entries.every(([from, to]) => scale(from) === to) ? scale : undefined;
}

/** The character that an indentation is made of; '' for none, undefined for both. */
function kindOf(indent: string): string | undefined {
  const kind = indent.charAt(0);
  return [...indent].every((character) => character === kind) ? kind : undefined;
}

/** The step by which lines of a text are most often deeper than the line before; '' if none is. */
export function indentUnit(text: string): string {
  const counts = new Map<string, number>();
  let before = '';
  let unit = '';
  for (const [, indent = ''] of text.matchAll(/^([ \t]{0,80})(?=[^\s])/gm)) {
    if (indent.length > before.length && indent.startsWith(before)) {
      const step = indent.slice(before.length);
      const count = (counts.get(step) ?? 0) + 1;
      counts.set(step, count);
      if (count > (counts.get(unit) ?? 0)) unit = step;
    }
    before = indent;
  }
  return unit;
}
