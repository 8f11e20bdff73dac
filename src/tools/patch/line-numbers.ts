/** The column of line numbers that the model sees before lines of a file, and sometimes copies. */

const COLUMN = /^ *(\d{1,10}):(?: |(?=\r?$))/;

/** A line as a read shows it: `   7: text`. */
export function numbered(number: number, text: string): string {
  return `${String(number).padStart(4)}: ${text}`;
}

/** What a patch replaces, and with what. */
export interface Edit {
  oldText: string;
  newText: string;
}

/**
 * The edit without the column, if every line of the old text has it and the numbers are
 * consecutive; otherwise undefined. The new text may have it on no line or on all that are not empty.
 */
export function withoutLineNumbers({ oldText, newText }: Edit): Edit | undefined {
  // A newline at either end is layout of the call: no further line follows it.
  const lines = oldText.replace(/^\r?\n|\n$/g, '').split('\n');
  const numbers = lines.map((line) => Number(COLUMN.exec(line)?.[1] ?? NaN));
  if (!numbers.every((number, index) => number === (numbers[0] ?? 0) + index)) return undefined;

  const full = newText.split('\n').filter((line) => line.trim() !== '');
  const withColumn = full.filter((line) => COLUMN.test(line));
  // On only some lines, the column could as well be meant for the file.
  if (withColumn.length > 0 && withColumn.length < full.length) return undefined;
  return { oldText: strip(oldText), newText: withColumn.length > 0 ? strip(newText) : newText };
}

function strip(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(COLUMN, ''));
  return lines.join('\n');
}
