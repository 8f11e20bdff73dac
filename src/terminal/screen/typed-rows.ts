/** What a person has typed while the agent works, in rows below what it does. */
import type { ChalkInstance } from 'chalk';
import { escapeLine } from '../text/escape.ts';
import { shortenEnd, shortenStart } from '../text/shorten.ts';
import { unpainted, type Span } from '../text/spans.ts';
import { lineWidth } from '../text/wrap.ts';
import type { LivePicture } from './live-rows.ts';

/** What was typed while there was no prompt. */
export interface TypedAhead {
  /** Lines that were sent and not heard yet, the oldest first. */
  lines: readonly string[];
  /** What was not sent. */
  text: string;
  /** An index into the text. */
  cursor: number;
}

/** Where nobody types. */
export const NOTHING_TYPED: TypedAhead = { lines: [], text: '', cursor: 0 };

const MARK = '> ';
/** The most rows for lines that were sent. */
const MOST_LINES = 3;
/** Characters that are looked at, for each column: more do not fit. */
const CHARS_A_COLUMN = 4;

/** Nothing was typed that a person could see. */
export function isBlank({ lines, text }: TypedAhead): boolean {
  return lines.length === 0 && text === '';
}

/** A row for each line that waits, and one for the text around the cursor: no row where there is none. */
export function typedRows(
  { lines, text, cursor }: TypedAhead,
  columns: number,
  { dim }: ChalkInstance,
): LivePicture {
  const shown = lines.length > MOST_LINES ? lines.slice(0, MOST_LINES - 1) : lines;
  const hidden = lines.length - shown.length;
  const waiting = shown.map(
    (line) => `waiting: ${escapeLine(line.slice(0, columns * CHARS_A_COLUMN))}`,
  );
  if (hidden > 0) waiting.push(`… and ${hidden} more`);
  const rows: Span[] = waiting.map((row) => ({ text: shortenEnd(row, columns), paint: dim }));
  if (text === '') return { rows };
  const line = aroundCursor(text, cursor, columns - MARK.length);
  return {
    rows: [...rows, { text: MARK + line.before + line.after, paint: unpainted }],
    cursorColumn: MARK.length + lineWidth(line.before),
  };
}

/** The text in one row, as far as it fits; what is before the cursor comes first. */
function aroundCursor(text: string, cursor: number, columns: number) {
  const most = columns * CHARS_A_COLUMN;
  const [before, after] = [
    escapeLine(text.slice(Math.max(0, cursor - most), cursor)),
    escapeLine(text.slice(cursor, cursor + most)),
  ];
  const start = shortenStart(
    before,
    Math.max(1, columns - Math.min(lineWidth(after), columns >> 2)),
  );
  return { before: start, after: shortenEnd(after, Math.max(0, columns - lineWidth(start))) };
}
