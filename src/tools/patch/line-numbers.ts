/** The column of line numbers that the model sees before lines of a file, and copies at times. */

const COLUMN = /^ *(\d{1,10}):(?: |(?=\r?$))/;

/** A line as a read shows it: `   7: text`. */
export function numbered(number: number, text: string): string {
  return `${String(number).padStart(4)}: ${text}`;
}

/** What a patch replaces, and by what. */
export interface Edit {
  oldText: string;
  newText: string;
}

/**
 * The edit without the column, when every line of the old text has it and its numbers are
 * consecutive. The new text may have it at none of its lines or at all of them, empty ones aside.
 */
export function withoutLineNumbers({ oldText, newText }: Edit): Edit | undefined {
  // A newline at either end is layout of the call: there is no line more beyond it.
  const lines = oldText.replace(/^\r?\n|\n$/g, '').split('\n');
  const numbers = lines.map((line) => Number(COLUMN.exec(line)?.[1] ?? NaN));
  if (!numbers.every((number, index) => number === (numbers[0] ?? 0) + index)) return undefined;

  const full = newText.split('\n').filter((line) => line.trim() !== '');
  const withColumn = full.filter((line) => COLUMN.test(line));
  // With the column at some lines only, one could not tell it from what the file shall say.
  if (withColumn.length > 0 && withColumn.length < full.length) return undefined;
  return { oldText: strip(oldText), newText: withColumn.length > 0 ? strip(newText) : newText };
}

function strip(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(COLUMN, ''));
  return lines.join('\n');
}
