/**
 * What takes the place of a match: new_text in the file's own indentation and characters, with the
 * boundaries of lines kept. What is not certain is not done.
 */
import { carriedOver } from './carry-over.ts';
import { plainStarts, startsOf } from './characters.ts';
import { indentUnit, reindented } from './indentation.ts';
import { type LinePair } from './line-pair.ts';
import type { Edit } from './line-numbers.ts';
import { wholeLines } from './overlap.ts';
import type { Likeness } from './plain-text.ts';
import { withFirstIndent } from './trimmed-start.ts';

/** Both texts without one newline at either end, which is the boundary of a line. */
export interface Framed extends Edit {
  /** Whether old_text begins with a newline. */
  opens: boolean;
  /** Whether old_text ends with a newline. */
  closes: boolean;
  /** Whether all of it is removed. */
  deletes: boolean;
}

/** Where a match is in the text of the file, and how it was found. */
export interface Spot {
  from: number;
  to: number;
  likeness: Likeness;
  /** Whether whole lines matched at another indentation. */
  isShifted: boolean;
}

/** The place to replace, as positions in the text of the file, and what takes its place. */
export interface Replacement {
  from: number;
  to: number;
  newText: string;
}

/** Takes the boundaries of lines off an edit. Both texts have LF as line ends. */
export function framed({ oldText, newText }: Edit): Framed {
  const opens = oldText.startsWith('\n');
  const closes = oldText.length > 1 && oldText.endsWith('\n');
  const deletes = newText === '' || (opens && closes && newText === '\n');
  let text = newText;
  if (opens && text.startsWith('\n')) text = text.slice(1);
  if (closes && text.endsWith('\n')) text = text.slice(0, -1);
  const core = oldText.slice(opens ? 1 : 0, closes ? -1 : undefined);
  return { oldText: core, newText: text, opens, closes, deletes };
}

/** The replacement for a framed edit that matched here; undefined when it is not certain. */
export function replacement(file: string, found: Framed, at: Spot): Replacement | undefined {
  const [edit, spot] = found.deletes ? [found, at] : wholeLines(file, found, at);
  const lineStart = spot.from === 0 ? 0 : file.lastIndexOf('\n', spot.from - 1) + 1;
  const before = file.slice(lineStart, spot.from);
  const hasText = edit.oldText.trim() !== '';
  const isAfterIndent = hasText && before.length < MAX_INDENT && /^[ \t]*$/.test(before);
  const from = isAfterIndent ? lineStart : spot.from;
  if (edit.deletes) return deletion(file, edit, spot, from);

  const isTolerant = spot.likeness === 'characters';
  const fileText = file.slice(from, spot.to);
  const { oldText, newText } = isTolerant ? withPlainStarts(edit, fileText) : edit;
  const pairs = pairsOf(oldText, fileText);
  const newLines = newText.split('\n');
  const isExact = before === '' || !isAfterIndent;
  const unit = isExact && !spot.isShifted ? '' : indentUnit(file);
  const shape = spot.isShifted
    ? reindented
    : isExact
      ? (_: readonly LinePair[], lines: readonly string[]) => [...lines]
      : withFirstIndent;
  const indented = shape(pairs, newLines, unit, file);
  const lines = indented && carriedOver(pairs, newLines, indented, isTolerant);
  return lines && { from, to: spot.to, newText: lines.join('\n') };
}

/** No-break or invisible characters that begin lines are the model's alone: indentation is plain. */
function withPlainStarts(edit: Edit, fileText: string): Edit {
  const oldText = plainStarts(edit.oldText);
  if (oldText === edit.oldText || plainStarts(fileText) !== fileText) return edit;
  return { oldText, newText: plainStarts(edit.newText, startsOf(edit.oldText)) };
}

/** More before a text is no indentation. */
const MAX_INDENT = 1_000;

function pairsOf(oldText: string, fileText: string): LinePair[] {
  const fileLines = lineFeeds(fileText).split('\n');
  return oldText.split('\n').map((old, index) => ({ old, file: fileLines[index] ?? '' }));
}

/** Removes whole lines with one line end, and keeps the line end where part of a line stays. */
function deletion(file: string, edit: Framed, { from, to }: Spot, indentFrom: number): Replacement {
  const lineEnd = /\r?\n|$/y;
  lineEnd.lastIndex = to;
  const end = lineEnd.exec(file)?.[0];
  const isAtStart = indentFrom === 0 || file[indentFrom - 1] === '\n';
  if (end !== undefined && edit.closes && isAtStart) {
    return { from: indentFrom, to: to + end.length, newText: '' };
  }
  if (end !== undefined && edit.opens && from > 0) {
    const length = file.slice(from - 2, from) === '\r\n' ? 2 : 1;
    return { from: from - length, to, newText: '' };
  }
  return { from, to, newText: '' };
}

/** Both texts of an edit with LF as line ends. */
export function withLineFeeds({ oldText, newText }: Edit): Edit {
  return { oldText: lineFeeds(oldText), newText: lineFeeds(newText) };
}

/** A text with LF as line ends. */
export function lineFeeds(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
