/** The column of line numbers that the model sees before lines of a file, and sometimes copies. */

/** The forms of the column: that of `read_file` first, then those of other tools. */
const COLUMNS: readonly RegExp[] = [
  /^ *(\d{1,10}):(?: |(?=\r?$))/,
  /^ *(\d{1,10})\t/,
  /^ *(\d{1,10}) ?[|│→](?: |(?=\r?$))/,
  /^ *(\d{1,10}) ?[|│→]/,
  /^ *(\d{1,10}):/,
  /^ *(?:L|line )(\d{1,10}):(?: |(?=\r?$))/i,
  /^ *\[(\d{1,10})\](?: |(?=\r?$))/,
];
/** Forms that are lists and data, too. */
const LIST_COLUMNS: readonly RegExp[] = [
  /^ *(\d{1,10})[.)](?: |(?=\r?$))/,
  /^ *(\d{1,10})-/,
  /^ *(\d{1,10})(?: |(?=\r?$))/,
];

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
 * The edit without the column, once for each form of it that numbers every line of the old text
 * consecutively. The new text may have it on no line, or on all that are not empty, beginning with a
 * number of the old text or the next one.
 */
export function withoutLineNumbers(edit: Edit): Edit[] {
  return [...COLUMNS, ...LIST_COLUMNS].flatMap((column) => withoutColumn(edit, column) ?? []);
}

function withoutColumn({ oldText, newText }: Edit, column: RegExp): Edit | undefined {
  const first = firstNumber(oldText, column);
  if (first === undefined) return undefined;

  const full = newText.split('\n').filter((line) => line.trim() !== '');
  const withColumn = full.filter((line) => column.test(line));
  // On only some lines, the column could as well be meant for the file.
  if (withColumn.length > 0 && withColumn.length < full.length) return undefined;
  // A number from elsewhere is no line number: `8080:` may be what the file is to hold.
  const [start = first] = withColumn.map((line) => Number(column.exec(line)?.[1]));
  const end = first + oldText.split('\n').length;
  if (start < first || start > end) return undefined;
  const strip = (text: string) =>
    text
      .split('\n')
      .map((line) => line.replace(column, ''))
      .join('\n');
  return { oldText: strip(oldText), newText: withColumn.length > 0 ? strip(newText) : newText };
}

/** The forms of the column, but those of lists, that every line has with consecutive numbers. */
export function columnsOf(text: string): { column: RegExp; first: number }[] {
  return COLUMNS.flatMap((column) => {
    const first = firstNumber(text, column);
    return first === undefined ? [] : [{ column, first }];
  });
}

function firstNumber(text: string, column: RegExp): number | undefined {
  // A newline at either end is layout of the call: no further line follows it.
  const lines = text.replace(/^\r?\n|\n$/g, '').split('\n');
  const numbers = lines.map((line) => Number(column.exec(line)?.[1] ?? NaN));
  const [first = NaN] = numbers;
  return numbers.every((number, index) => number === first + index) ? first : undefined;
}
