/** Sequences for a terminal that more than one file writes. */

/** Moves the cursor up by so many rows; nothing for none. */
export function up(rows: number): string {
  return rows > 0 ? `\u001b[${rows}A` : '';
}

/** Moves the cursor right by so many columns; nothing for none. */
export function right(columns: number): string {
  return columns > 0 ? `\u001b[${columns}C` : '';
}

/**
 * Erases the row of the cursor, which is in its first column, and all below. From the first column of
 * the first row tmux would keep a copy of what is erased, so that is done from the second column on.
 */
export const ERASE_ROWS = '\u001b[K\u001b[1C\u001b[0J\r';

/**
 * Switches off what a program that was killed may have left on: kitty's keyboard, xterm's
 * modifyOtherKeys, reports of the mouse, the focus and the window; and shows the cursor. A terminal
 * that reads some of it otherwise has its cursor and its colours back afterwards.
 */
export const FOREIGN_MODES_OFF =
  '\u001b7\u001b[=0u\u001b[>4m\u001b[?1000;1002;1003;1004;2031;2048l\u001b[?25h\u001b8';
