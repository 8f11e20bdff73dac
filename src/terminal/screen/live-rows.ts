/** Rows below what was printed, drawn in place again and again, and removed without a trace. */
import type { Canvas } from '../editor/view.ts';
import { ERASE_ROWS, right, up } from '../text/sequences.ts';
import type { Span } from '../text/spans.ts';

/** What to draw. */
export interface LivePicture {
  /** Each is narrower than the terminal; all of them together are lower. */
  rows: readonly Span[];
  /** Where a person types: so many columns from the left, in the last row. */
  cursorColumn?: number | undefined;
}

/** Erases what is right of the cursor in its row. */
const END_OF_ROW = '\u001b[K';
/** Erases what is right of the cursor in its row, and all rows below. */
const END_OF_SCREEN = '\u001b[0J';
/** Goes down a row in the same column; in the last row, the screen scrolls. */
const INDEX = '\u001bD';
const [SAVE_CURSOR, RESTORE_CURSOR] = ['\u001b7', '\u001b8'];

/**
 * The rows that are on the screen now. They begin in the row of the cursor or, where that row is open,
 * below it: then the cursor stays in it, where its text continues.
 */
export class LiveRows {
  readonly #output: Canvas;
  /** How many are on the screen. */
  #count = 0;
  /** How many of them are above the cursor. */
  #cursorRow = 0;
  #isBelow = false;
  /** The width of the terminal when they were drawn. */
  #columns = Infinity;

  constructor(output: Canvas) {
    this.#output = output;
  }

  /** Something is drawn. */
  get isShown(): boolean {
    return this.#count > 0;
  }

  /** It is drawn below an open row. */
  get isBelow(): boolean {
    return this.isShown && this.#isBelow;
  }

  /** Draws a picture in place of the last one. */
  draw({ rows, cursorColumn }: LivePicture, isBelow: boolean): void {
    if (this.#isBelow !== isBelow || this.#isNarrower) this.erase();
    const drawn = rows.map(({ text, paint }) => paint(text) + END_OF_ROW);
    if (isBelow) this.#drawBelow(drawn);
    else this.#drawHere(drawn, cursorColumn);
    this.#isBelow = isBelow;
    this.#count = rows.length;
    this.#columns = this.#output.columns || Infinity;
  }

  /** Removes them; what is written next takes their place. */
  erase(): void {
    if (!this.isShown) return;
    if (this.#isBelow) this.#output.write(END_OF_SCREEN);
    else this.#output.write(`${this.#toStart()}${END_OF_ROW}${this.#eraseRest()}`);
    this.forget();
  }

  /** Leaves them where they are: the cursor is elsewhere by now. */
  forget(): void {
    this.#count = this.#cursorRow = 0;
  }

  /** Most terminals wrap the rows anew when they become narrower: then there are more of them. */
  get #isNarrower(): boolean {
    return (this.#output.columns || Infinity) < this.#columns;
  }

  /** Room is made first: a saved position does not scroll with the screen. */
  #drawBelow(drawn: readonly string[]): void {
    const room = `${INDEX.repeat(drawn.length)}${up(drawn.length)}`;
    const rows = drawn.map((row) => `\n${row}`).join('');
    this.#output.write(`${room}${SAVE_CURSOR}${END_OF_SCREEN}${rows}${RESTORE_CURSOR}`);
  }

  /** Nobody types: the cursor is at the start, where it stays however the rows are wrapped anew. */
  #drawHere(drawn: readonly string[], cursorColumn: number | undefined): void {
    const rows = `${this.#toStart()}${drawn.join('\n')}${eraseBelow(this.#count - drawn.length)}`;
    this.#cursorRow = cursorColumn === undefined ? 0 : drawn.length - 1;
    const toCursor = `${up(drawn.length - 1 - this.#cursorRow)}\r${right(cursorColumn ?? 0)}`;
    this.#output.write(rows + toCursor);
  }

  #toStart(): string {
    return `${up(this.#cursorRow)}\r`;
  }

  /** Row by row: a terminal may keep a copy of a screen that is erased from its first column on. */
  #eraseRest(): string {
    return this.#isNarrower ? ERASE_ROWS : eraseBelow(this.#count - 1);
  }
}

/** Erases so many rows below the cursor, and comes back to the beginning of its row. */
function eraseBelow(rows: number): string {
  return rows > 0 ? `${`\n${END_OF_ROW}`.repeat(rows)}${up(rows)}\r` : '';
}
