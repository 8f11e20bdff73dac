/** Draws a prompt and the text after it, and redraws it when it changes. */
import type { Writable } from 'node:stream';
import { escapeForTerminal } from '../text/escape.ts';
import { ERASE_ROWS, right, up } from '../text/sequences.ts';
import { unpainted, type Paint } from '../text/spans.ts';
import { ASCII } from '../text/columns.ts';
import { lineWidth, wrapLine } from '../text/wrap.ts';

/** Comes before each further line of a text, so that no line can pass for a row of the program. */
const CONTINUATION = '... ';
/** A tab is shown as spaces. */
const TAB = ' '.repeat(4);

/** What to draw. */
interface Picture {
  prompt: string;
  text: string;
  /** An index into the text. */
  cursor: number;
  /** Temporary rows below the text; they are escaped and fit the width. */
  below?: readonly string[];
}

/** A terminal's output. Its size is undefined or 0 where it is not known. */
export type Canvas = Writable & { columns?: number | undefined; rows?: number | undefined };

/** Draws pictures, one in place of the other. */
export interface View {
  /** Draws a picture in place of the last one. */
  draw(picture: Picture): void;
  /** Removes the picture; what is written next takes its place. */
  wipe(): void;
  /** Leaves the whole picture on the screen, perhaps painted; what is written next goes below it. */
  leave(paint?: Paint): void;
  /** Clears the screen and shows the picture at its top. */
  clear(): void;
  /** The window was resized. */
  resize(): void;
}

/** The text as it is shown: escaped, each further line marked. */
function shown(text: string): string {
  return escapeForTerminal(text).replaceAll('\t', TAB).replaceAll('\n', `\n${CONTINUATION}`);
}

/** The one terminal of which it is known that it also wraps the text at the cursor anew. */
export function isTmux({ TERM = '', TMUX }: NodeJS.ProcessEnv): boolean {
  return TERM.startsWith('tmux') || Boolean(TMUX && TERM.startsWith('screen'));
}

/** For a terminal that can move its cursor. */
export class MovingView implements View {
  readonly #output: Canvas;
  readonly #rewraps: boolean;
  #picture: Picture | undefined;
  /** The rows of it that are drawn. */
  #rows: readonly string[] = [];
  /** The width of the terminal when they were. */
  #drawnColumns = Infinity;
  /** Where the cursor is, counted from the first row that is drawn. */
  #cursorRow = 0;
  #cursorColumn = 0;

  /** @param rewraps the terminal wraps its text anew when its width changes */
  constructor(output: Canvas, rewraps = false) {
    this.#output = output;
    this.#rewraps = rewraps;
  }

  draw(picture: Picture): void {
    const typed = this.#typedSince(picture);
    if (typed === undefined) {
      // The first drawing may scroll; after that, only what is in the window can be changed.
      const height = this.#picture ? this.#output.rows : Infinity;
      this.#output.write(`${this.#toStart()}${this.#render(picture, height)}`);
    } else {
      this.#output.write(typed);
      this.#cursorColumn += typed.length;
      this.#rows = [...this.#rows.slice(0, -1), `${this.#rows.at(-1)}${typed}`];
    }
    this.#picture = picture;
  }

  wipe(): void {
    this.#output.write(this.#toStart());
    this.#picture = undefined;
  }

  leave(paint = unpainted): void {
    if (!this.#picture) return;
    const rows = rowsOf(this.#picture, this.#columns);
    const isDone = rows.length <= (this.#output.rows || Infinity) && paint === unpainted;
    const whole = isDone ? '' : `${this.#toStart()}${paint(joined(rows, this.#columns))}`;
    this.#output.write(whole + '\n'.repeat(isDone ? rows.length - this.#cursorRow : 1));
    this.#picture = undefined;
  }

  clear(): void {
    const picture = this.#picture;
    this.wipe(); // a terminal may keep what is cleared: without this, which is drawn again
    this.#output.write('\u001b[H\u001b[2J');
    if (picture) this.draw(picture);
  }

  /**
   * Some terminals rewrap the text, which moves the cursor, and some do not. Where that is not known, the
   * shorter way up may leave a part of the old picture, but erases nothing above it.
   */
  resize(): void {
    if (!this.#picture) return;
    const { prompt, text, cursor } = this.#picture;
    this.#picture = { prompt, text, cursor }; // rows below were laid out for the old width
    const { cursorRow, first } = layOut(this.#picture, this.#columns, this.#output.rows);
    this.#cursorRow = this.#rewraps
      ? this.#rewrappedCursorRow()
      : Math.min(this.#cursorRow, cursorRow - first);
    this.#output.write(`${this.#toStart()}${this.#render(this.#picture, this.#output.rows)}`);
  }

  /** The row of the cursor after the terminal has wrapped what was drawn to its width of now. */
  #rewrappedCursorRow(): number {
    const above = this.#rows.slice(0, this.#cursorRow);
    const before = [...(this.#rows[this.#cursorRow] ?? '')];
    while (lineWidth(before.join('')) > this.#cursorColumn) before.pop();
    const lines = joined([...above, before.join('')], this.#drawnColumns).split('\n');
    return lines.flatMap((line) => wrapLine(line, 0, this.#columns)).length - 1;
  }

  get #columns(): number {
    return this.#output.columns || Infinity;
  }

  /** Moves to where the picture begins, and erases it. */
  #toStart(): string {
    if (!this.#picture) return '';
    return `\r${up(this.#cursorRow)}${ERASE_ROWS}`;
  }

  /** Draws from the cursor's position; if the rows do not fit, those around the cursor. */
  #render(picture: Picture, height: number | undefined): string {
    const { rows, cursorRow, cursorColumn, first } = layOut(picture, this.#columns, height);
    const rowsBelow = first + rows.length - 1 - cursorRow;
    this.#cursorRow = cursorRow - first;
    this.#cursorColumn = cursorColumn;
    this.#rows = rows;
    this.#drawnColumns = this.#columns;
    const drawn = joined(rows, this.#columns);
    if (rowsBelow === 0 && cursorColumn === lineWidth(rows.at(-1) ?? '')) return drawn;
    return `${drawn}${up(rowsBelow)}\r${right(cursorColumn)}`;
  }

  /** The text that was added at the end of the row, if nothing else changed. */
  #typedSince({ prompt, text, cursor, below }: Picture): string | undefined {
    const last = this.#picture;
    if (!last || last.prompt !== prompt || last.below || below) return undefined;
    if (!text.startsWith(last.text) || last.cursor !== last.text.length) return undefined;
    const typed = text.slice(last.text.length);
    const fits = this.#cursorColumn + typed.length < this.#columns;
    return cursor === text.length && ASCII.test(typed) && fits ? typed : undefined;
  }
}

/** A full row of plain text continues in the next by itself, so that it can be copied as one. */
function joined(rows: readonly string[], columns: number): string {
  return rows.reduce((drawn, row, at) => {
    const above = rows[at - 1] ?? '';
    const continues = row !== '' && above.length === columns && ASCII.test(above);
    return `${drawn}${continues ? '' : '\n'}${row}`;
  });
}

interface Layout {
  /** The rows that are shown. */
  rows: string[];
  /** How many rows above them are not shown. */
  first: number;
  /** Counted from the first row, whether it is shown or not. */
  cursorRow: number;
  cursorColumn: number;
}

function layOut(picture: Picture, columns: number, height = 0): Layout {
  const { text, cursor, below = [] } = picture;
  const before = rowsOf({ ...picture, text: text.slice(0, cursor) }, columns);
  const rows = rowsOf(picture, columns);
  let cursorRow = before.length - 1;
  let cursorColumn = lineWidth(before[cursorRow] ?? '');
  // After the last column of a row comes the beginning of the next.
  if (cursorColumn >= columns) [cursorRow, cursorColumn] = [cursorRow + 1, 0];
  if (cursorRow === rows.length) rows.push('');
  rows.push(...below);
  const room = height || Infinity;
  const first = Math.max(0, Math.min(cursorRow - (room >> 1), rows.length - room));
  return { rows: rows.slice(first, first + room), first, cursorRow, cursorColumn };
}

function rowsOf({ prompt, text }: Picture, columns: number): string[] {
  return `${prompt}${shown(text)}`.split('\n').flatMap((line) => wrapLine(line, 0, columns));
}

/** For a terminal that can only append: what cannot be appended is shown on a line of its own. */
export class PlainView implements View {
  readonly #output: Canvas;
  #drawn: string | undefined;

  constructor(output: Canvas) {
    this.#output = output;
  }

  draw({ prompt, text, below = [] }: Picture): void {
    const picture = `${prompt}${shown(text)}`;
    const drawn = this.#drawn ?? '';
    if (below.length > 0) this.#output.write(`\n${below.join('\n')}\n${picture}`);
    else if (picture.startsWith(drawn)) this.#output.write(picture.slice(drawn.length));
    else this.#output.write(`\n${picture}`);
    this.#drawn = picture;
  }

  wipe(): void {
    this.leave();
  }

  leave(): void {
    if (this.#drawn !== undefined) this.#output.write('\n');
    this.#drawn = undefined;
  }

  clear(): void {}

  resize(): void {}
}
