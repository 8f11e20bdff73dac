/**
 * Lines as rows of the terminal, behind a gutter. It tells where a line begins and where a row only
 * continues one, in columns that no text reaches: nothing can pass for a line that it is not, for a
 * question or for a message of the program.
 */
import type { ChalkInstance } from 'chalk';
import { unpainted, type Paint } from '../text/spans.ts';
import type { Line } from '../text/visible.ts';
import { wrapLine } from '../text/wrap.ts';

/** The terminal that rows are made for. */
export interface RowStyle {
  chalk: ChalkInstance;
  /** Columns of the terminal, undefined where there is none: then nothing is wrapped. */
  columns: number | undefined;
}

/** Both gutters have the same width: of the first row of a line, and of its further rows. */
const [FIRST, FURTHER] = ['  | ', '  ↳ '];
/** The width of a gutter in columns. */
export const GUTTER = FIRST.length;

/** A line that is safe to print as rows, each with its gutter and the sign of the line. */
export function lineRows(
  { sign, text }: Line,
  { columns = Infinity }: Pick<RowStyle, 'columns'>,
  paint: Paint = unpainted,
): string[] {
  const rows = wrapLine(text, GUTTER + sign.length, columns);
  return rows.map((row, index) => `${index === 0 ? FIRST : FURTHER}${paint(`${sign}${row}`)}`);
}
