/** Cuts lines to the width of a terminal, which then has nothing to wrap. */
import { ASCII, columnsIn } from './columns.ts';

const TAB = 8;
/** What every terminal draws on the character before it. */
const COMBINING = /^[\u0300-\u036f\ufe0f]$/;
/**
 * What some terminals show in two columns, whatever the tables here say: emoji, code points that are
 * not assigned yet (future emoji), and U+3248 to U+324F, which used to be wide.
 */
const MAY_BE_WIDE = /^[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Cn}\u3248-\u324f]$/u;
/** The widths that were already looked up. */
const WIDTHS = new Map<string, number>();

/**
 * The rows of a line after a prefix of `indent` columns, in a terminal of `columns`. Joined, they are
 * exactly the line.
 */
export function wrapLine(line: string, indent: number, columns: number): string[] {
  if (columns === Infinity) return [line];
  const room = Math.max(1, columns - indent);
  if (ASCII.test(line)) return line.match(new RegExp(`.{1,${room}}`, 'g')) ?? [''];
  const rows: string[] = [];
  let row = '';
  let column = indent;
  for (const character of line) {
    if (row !== '' && column + widthAt(column, character) > columns) {
      rows.push(row);
      row = '';
      column = indent;
    }
    row += character;
    column += widthAt(column, character);
  }
  return [...rows, row];
}

/** The width of a line that begins in the first column. */
export function lineWidth(line: string): number {
  if (ASCII.test(line)) return line.length;
  let column = 0;
  for (const character of line) column += widthAt(column, character);
  return column;
}

/** The column after a text that begins at `start` and continues in the rows below in a terminal of `columns`. */
export function columnAfter(text: string, start: number, columns: number): number {
  let column = start;
  for (const character of text) {
    const width = widthAt(column, character);
    column = (column + width > columns ? 0 : column) + width;
  }
  return column;
}

function widthAt(column: number, character: string): number {
  return character === '\t' ? TAB - (column % TAB) : widthOf(character);
}

/** As wide as any terminal shows it: some join the parts of an emoji or a letter, some do not. */
function widthOf(character: string): number {
  let width = WIDTHS.get(character);
  if (width === undefined) {
    if (COMBINING.test(character)) width = 0;
    else width = MAY_BE_WIDE.test(character) ? 2 : Math.max(1, columnsIn(character));
    WIDTHS.set(character, width);
  }
  return width;
}
