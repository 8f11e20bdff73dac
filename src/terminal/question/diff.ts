/** A unified diff as rows for the terminal: everything that changes, escaped. */
import { isUtf8 } from 'node:buffer';
import type { StructuredPatchHunk } from 'diff';
import { escapeLine } from '../text/escape.ts';
import { unpainted, wrapText, type Paint } from '../text/spans.ts';
import { CODES_NOTE, visibleLines, type Line } from '../text/visible.ts';
import { GUTTER, lineRows, type RowStyle } from './rows.ts';

/** A file before and after a change; undefined where there is no file. */
export interface FileDiff {
  path: string;
  before: Buffer | undefined;
  after: Buffer | undefined;
}

const CONTEXT_LINES = 3;
/** Lines added and removed; to compare more of them would take seconds. */
const MAX_EDITS = 1_000;

/** The rows of a diff: header, hunks, and notes about what the lines do not show. */
export async function renderDiff(diff: FileDiff, style: RowStyle): Promise<string[]> {
  const { chalk } = style;
  const [from, to] = [diff.before && `a/${diff.path}`, diff.after && `b/${diff.path}`];
  const header = [`--- ${from ?? '/dev/null'}`, `+++ ${to ?? '/dev/null'}`];
  const { before, after, notes } = readable(diff);
  const isSame = diff.before !== undefined && diff.after?.equals(diff.before);
  const hunks = isSame ? [] : await hunksOf(before, after);
  const empty = hunks.length === 0 ? [isSame ? '(no change)' : '(the file is empty)'] : [];
  const lines = hunks.flatMap((hunk) => [rangeLine(hunk), ...hunk.lines.map(lineOf)]);
  const { shown, hasCodes } = visibleLines(lines, !changesWhitespace(lines));
  const coded = hasCodes ? [CODES_NOTE] : [];
  return [
    ...header.flatMap((line) => rows(escapeLine(line), style, chalk.bold)),
    ...[...notes, ...coded, ...empty].flatMap((note) => noteRows(note, style)),
    ...shown.flatMap((line) => lineRows(line, style, paintOf(line, style))),
  ];
}

function rows(text: string, style: RowStyle, paint: Paint): string[] {
  return lineRows({ sign: '', text }, style, paint);
}

function noteRows(note: string, style: RowStyle): string[] {
  const { chalk, columns = Infinity } = style;
  return wrapText(note, columns - GUTTER, GUTTER).flatMap((row) => rows(row, style, chalk.dim));
}

interface Readable {
  before: string;
  after: string;
  notes: string[];
}

/** Both files as text that loses no byte, and notes about them. */
function readable({ before: old, after: now }: FileDiff): Readable {
  const notes: string[] = [];
  const replacesBinary = isBinary(old) && now !== undefined && !isBinary(now);
  const shown = replacesBinary ? [now] : [old, now];
  const isUtf8Text = shown.every((bytes) => !bytes || isUtf8(bytes));
  if (!isUtf8Text) notes.push('(not UTF-8: shown byte by byte)');
  if (replacesBinary) notes.push(`(a binary file of ${old?.length} bytes is replaced)`);
  const encoding = isUtf8Text ? 'utf8' : 'latin1';
  let before = replacesBinary ? '' : (old?.toString(encoding) ?? '');
  let after = now?.toString(encoding) ?? '';
  if ([before, after].every(hasOnlyCrlf) && `${before}${after}` !== '') {
    notes.push('(lines end in CRLF)');
    [before, after] = [before, after].map((text) => text.replaceAll('\r\n', '\n')) as [
      string,
      string,
    ];
  }
  return { before, after, notes };
}

function isBinary(bytes: Buffer | undefined): boolean {
  return bytes?.includes(0) ?? false;
}

function hasOnlyCrlf(text: string): boolean {
  return text === '' || (text.includes('\r\n') && !/(?<!\r)\n/.test(text));
}

async function hunksOf(before: string, after: string): Promise<StructuredPatchHunk[]> {
  const { structuredPatch } = await import('diff');
  // Most of a large file is unchanged: splitting all of it into lines would take seconds and gigabytes.
  const { from, oldEnd, newEnd } = changedPart(before, after);
  const [old, now] = [before.slice(from, oldEnd), after.slice(from, newEnd)];
  const options = { context: CONTEXT_LINES, maxEditLength: MAX_EDITS };
  const patch = structuredPatch('', '', old, now, undefined, undefined, options);
  const above = newlinesIn(before, from);
  return (patch?.hunks ?? replaced(old, now)).map((hunk) => ({
    ...hunk,
    oldStart: hunk.oldStart + above,
    newStart: hunk.newStart + above,
  }));
}

/** Where the change begins and ends, in whole lines and with the context around it. */
function changedPart(before: string, after: string) {
  const shorter = Math.min(before.length, after.length);
  let same = 0;
  while (same < shorter && before[same] === after[same]) same++;
  let from = same;
  for (let line = 0; line <= CONTEXT_LINES && from > 0; line++) {
    from = before.lastIndexOf('\n', from - 1);
  }
  let sameEnd = 0;
  while (sameEnd < shorter - same && before.at(-1 - sameEnd) === after.at(-1 - sameEnd)) sameEnd++;
  let oldEnd = before.length - sameEnd;
  for (let line = 0; line <= CONTEXT_LINES && oldEnd < before.length; line++) {
    oldEnd = before.indexOf('\n', oldEnd) + 1 || before.length;
  }
  const newEnd = oldEnd + after.length - before.length;
  return { from: from <= 0 ? 0 : from + 1, oldEnd, newEnd };
}

function newlinesIn(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** A hunk that removes every old line and adds every new one. */
function replaced(before: string, after: string): StructuredPatchHunk[] {
  const linesOf = (text: string, sign: string) => {
    if (text === '') return [];
    const lines = text.split('\n');
    const isEnded = lines.at(-1) === '';
    const signed = (isEnded ? lines.slice(0, -1) : lines).map((line) => `${sign}${line}`);
    return isEnded ? signed : [...signed, '\\ No newline at end of file'];
  };
  const [old, now] = [linesOf(before, '-'), linesOf(after, '+')];
  return [
    {
      oldStart: 1,
      oldLines: old.length,
      newStart: 1,
      newLines: now.length,
      lines: [...old, ...now],
    },
  ];
}

function rangeLine({ oldStart, oldLines, newStart, newLines }: StructuredPatchHunk): Line {
  const range = (start: number, lines: number) => `${lines === 0 ? start - 1 : start},${lines}`;
  return { sign: '@', text: `@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@` };
}

function lineOf(line: string): Line {
  return { sign: line.slice(0, 1), text: line.slice(1) };
}

/** Whether a line stays the same except for its whitespace: tabs must not look like spaces then. */
function changesWhitespace(lines: readonly Line[]): boolean {
  const of = (sign: string) => lines.filter((line) => line.sign === sign).map(({ text }) => text);
  const squeezed = (text: string) => text.replace(/\s+/g, '');
  const removed = new Set(of('-'));
  const like = new Set([...removed].map(squeezed).filter((text) => text !== ''));
  return of('+').some((text) => !removed.has(text) && like.has(squeezed(text)));
}

function paintOf({ sign }: Line, { chalk }: RowStyle): Paint {
  const paints: Record<string, Paint> = {
    '+': chalk.green,
    '-': chalk.red,
    '\\': chalk.dim,
    '@': chalk.cyan,
  };
  return paints[sign] ?? unpainted;
}

/** More rows than this are cut in the middle, unless the person asks for all. */
const MAX_ROWS = 400;
const TAIL_ROWS = 100;

/** Cuts rows in the middle; a mark says how many are left out and how to see them. */
export function cutRows(all: readonly string[], how: string): { shown: string[]; isCut: boolean } {
  if (all.length <= MAX_ROWS) return { shown: [...all], isCut: false };
  const head = all.slice(0, MAX_ROWS - TAIL_ROWS);
  const mark = `… ${all.length - MAX_ROWS} more rows: ${how}`;
  return { shown: [...head, mark, ...all.slice(-TAIL_ROWS)], isCut: true };
}
