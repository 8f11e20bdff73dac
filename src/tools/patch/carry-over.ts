/** Writes new_text in the file's own characters, where old_text matched in others. */
import {
  charactersOf,
  plainCharacter,
  QUOTES,
  respelled,
  wantedQuote,
  type Spellings,
} from './characters.ts';
import { indentOf, isBlank, type LinePair } from './line-pair.ts';
import { plainSlice, plainText, splitsCharacter, type PlainText } from './plain-text.ts';

/**
 * The lines to write. A line that old_text has, too, stays as the file has it.
 * @param newLines as the model wrote them
 * @param indented the same lines, indented for the file
 * @param isTolerant whether characters may differ in the pairs
 * @returns undefined when it is not certain which characters are meant
 */
export function carriedOver(
  pairs: readonly LinePair[],
  newLines: readonly string[],
  indented: readonly string[],
  isTolerant: boolean,
): string[] | undefined {
  const same = isTolerant ? pairs.map(sharedText) : [];
  const others = isTolerant ? pairs.filter((_, index) => same[index] === undefined) : [];
  const aligned = others.map(alignedPair).filter((pair) => pair !== undefined);
  if (aligned.length < others.length) return undefined;
  const known = spellingsIn(aligned, new Set(same));
  const isInFileForm = hasFileForm(others, newLines);
  // Both are compared in the file's indentation: `}` of one level may be `}` of another in old_text.
  const olds = pairs.map(inFileIndent);
  const news = newLines.map((line, index) => (isBlank(line) ? line : (indented[index] ?? '')));
  const kept = unchangedLines(pairs, olds);
  const { head, tail } = commonLines(olds, news);
  const shift = pairs.length - newLines.length;
  const finish = finisher(pairs);
  const lines = newLines.map((line, index) => {
    if (index < head) return pairs[index]?.file;
    if (index >= newLines.length - tail) return pairs[index + shift]?.file;
    const unchanged = isBlank(line) ? undefined : kept.get(news[index] ?? '');
    if (unchanged !== undefined) return unchanged;
    const text = indented[index] ?? '';
    const pair = shift === 0 || index === head ? pairs[index] : undefined;
    const spelled = isTolerant ? respelledLine(text, pair && alignedPair(pair), known) : text;
    if (isInFileForm && spelled !== text) return undefined;
    return spelled === undefined ? undefined : finish(spelled);
  });
  return lines.every((line) => line !== undefined) ? lines : undefined;
}

/** A line of old_text, indented as the file has it. */
function inFileIndent({ old, file }: LinePair): string {
  return isBlank(old) ? old : indentOf(file) + old.slice(indentOf(old).length);
}

/** The file's line for each line of old_text; none where the same line matched different ones. */
function unchangedLines(pairs: readonly LinePair[], olds: readonly string[]) {
  const lines = new Map<string, string | undefined>();
  for (const [index, { file }] of pairs.entries()) {
    const old = olds[index] ?? '';
    lines.set(old, lines.has(old) && lines.get(old) !== file ? undefined : file);
  }
  return lines;
}

function commonLines(olds: readonly string[], news: readonly string[]) {
  const most = Math.min(olds.length, news.length);
  let head = 0;
  while (head < most && olds[head] === news[head]) head++;
  let tail = 0;
  while (tail < most - head && olds.at(-1 - tail) === news.at(-1 - tail)) tail++;
  return { head, tail };
}

/** Takes the whitespace off the end of a line, where it is only the model's. */
function finisher(pairs: readonly LinePair[]): (line: string) => string {
  const trailing = pairs.filter(({ old }) => /[ \t]$/.test(old));
  const [blank, full] = [
    trailing.filter(isBlankPair),
    trailing.filter((each) => !isBlankPair(each)),
  ];
  const isDropped = (list: LinePair[]) =>
    list.length > 0 && list.every(({ file }) => !/[ \t]$/.test(file));
  const [dropsBlank, dropsFull] = [isDropped(blank), isDropped(full)];
  return (line) => ((isBlank(line) ? dropsBlank : dropsFull) ? line.slice(0, endOf(line)) : line);
}

/** Where spaces and tabs at the end begin. */
function endOf(line: string): number {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--;
  return end;
}

const isBlankPair = ({ old }: LinePair): boolean => isBlank(old);

/** Whether new_text has a line as the file has it, where old_text has other characters to see. */
function hasFileForm(pairs: readonly LinePair[], newLines: readonly string[]): boolean {
  const text = (line: string) => line.slice(indentOf(line).length);
  const visible = (line: string) =>
    [...line].filter((each) => plainCharacter(each).trim() !== '').join('');
  const news = new Set(newLines.map(text));
  return pairs.some(
    ({ old, file }) =>
      news.has(text(file)) && !news.has(text(old)) && visible(old) !== visible(file),
  );
}

/** The two texts of a line, which are alike when plain. */
interface AlignedPair {
  old: PlainText;
  file: PlainText;
}

/** What both have behind the indentation; undefined if that differs. */
function sharedText({ old, file }: LinePair): string | undefined {
  const text = old.slice(indentOf(old).length);
  return text === file.slice(indentOf(file).length) ? text : undefined;
}

function alignedPair({ old, file }: LinePair): AlignedPair | undefined {
  const withoutIndent = [old, file].map((line) => line.slice(indentOf(line).length));
  for (const [one = '', other = ''] of [[old, file], withoutIndent]) {
    const pair = { old: plainText(one, 'characters'), file: plainText(other, 'characters') };
    if (plainSlice(pair.old) === plainSlice(pair.file)) return pair;
  }
  return undefined;
}

function spellingsIn(
  pairs: readonly AlignedPair[],
  same: ReadonlySet<string | undefined>,
): Spellings {
  const known = new Map<string, Set<string>>();
  const note = (from: string, to: string) =>
    known.set(from, (known.get(from) ?? new Set()).add(to));
  for (const text of same) {
    for (const character of charactersOf(text ?? '')) {
      if (!known.get(character)?.has(character)) note(character, character);
    }
  }
  for (const { old, file } of pairs) {
    let before = '';
    for (let at = 0, end = 1; at < old.units.length; at = end, end = at + 1) {
      while (splitsCharacter(old, end) || splitsCharacter(file, end)) end++;
      const [from, to] = [sourceSlice(old, at, end), sourceSlice(file, at, end)];
      note(from, to);
      // A quote that turns the other way than its place tells makes all of them uncertain.
      if (from in QUOTES && to !== from && to !== wantedQuote(from, before)) note(from, '');
      before = from;
      noteInvisible(gapBefore(old, at), gapBefore(file, at), note);
    }
    noteInvisible(gapBefore(old, old.units.length), gapBefore(file, file.units.length), note);
  }
  return known;
}

function sourceSlice({ source, begins, ends }: PlainText, at: number, end: number): string {
  return source.slice(begins[at], ends[end - 1]);
}

/** What cannot be seen between two characters. */
function gapBefore({ source, begins, ends }: PlainText, at: number): string {
  return source.slice(at === 0 ? 0 : ends[at - 1], begins[at] ?? source.length);
}

function noteInvisible(old: string, file: string, note: (from: string, to: string) => void): void {
  for (const character of old) {
    if (plainCharacter(character) === '')
      note(character, file.includes(character) ? character : '');
  }
}

/** A new line: what it shares with the old one at both ends stays as the file has it. */
function respelledLine(
  line: string,
  partner: AlignedPair | undefined,
  known: Spellings,
): string | undefined {
  const isWhole = partner?.old.source.startsWith(indentOf(line)) ?? false;
  const indent =
    isWhole && indentOf(partner?.old.source ?? '') === indentOf(line) ? '' : indentOf(line);
  const text = line.slice(indent.length);
  if (!partner || partner.old.units.length === 0) return respelledAfter(indent, text, '', known);
  const { old, file } = partner;
  const most = Math.min(old.source.length, text.length);
  let same = 0;
  while (same < most && old.source[same] === text[same]) same++;
  let head = unitsWithin(old, file, same);
  const headEnd = head === 0 ? 0 : (old.ends[head - 1] ?? 0);

  let sameAtEnd = 0;
  while (sameAtEnd < most - headEnd && old.source.at(-1 - sameAtEnd) === text.at(-1 - sameAtEnd)) {
    sameAtEnd++;
  }
  let tail = old.units.length;
  const tailFrom = old.source.length - sameAtEnd;
  for (let at = tail; at >= head && (old.begins[at] ?? old.source.length) >= tailFrom; at--) {
    if (!splitsCharacter(old, at) && !splitsCharacter(file, at)) tail = at;
  }
  const tailBegin = old.begins[tail] ?? old.source.length;
  const middle = text.slice(headEnd, text.length - (old.source.length - tailBegin));
  const kept = head === 0 ? '' : file.source.slice(0, file.ends[head - 1]);
  const rest = file.source.slice(file.begins[tail] ?? file.source.length);
  const written = respelledAfter(indent + kept, middle, text.slice(0, headEnd), known);
  return written === undefined ? undefined : written + rest;
}

function respelledAfter(start: string, part: string, before: string, known: Spellings) {
  const written = respelled(part, before.slice(-1), known);
  return written === undefined ? undefined : start + written;
}

/** How many units of both are within the first characters of the old source. */
function unitsWithin(old: PlainText, file: PlainText, length: number): number {
  let units = 0;
  for (let at = 1; at <= old.units.length && (old.ends[at - 1] ?? 0) <= length; at++) {
    if (!splitsCharacter(old, at) && !splitsCharacter(file, at)) units = at;
  }
  return units;
}
