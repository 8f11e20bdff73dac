/** Text that is cut so that it fits a row. Widths are right for text that is escaped already. */
import { columnsIn } from './columns.ts';

/** One line of at most `columns`: whitespace folded to single spaces, its end left out. */
export function shortenLine(text: string, columns: number): string {
  // Look no further than could matter: the text may be a megabyte.
  const start = text.slice(0, columns * 4).replace(/[\ud800-\udbff]$/, '');
  const line = start.replace(/\s+/g, ' ').trim();
  return shortenEnd(text.length > columns * 4 ? `${line}…` : line, columns);
}

/** At most `columns` wide, its end left out. */
export function shortenEnd(text: string, columns: number): string {
  if (columnsIn(text) <= columns) return text;
  return `${takeColumns(charactersOf(text), columns - 1).join('')}…`.slice(0, Math.max(0, columns));
}

/** At most `columns` wide, its beginning left out. */
export function shortenStart(text: string, columns: number): string {
  if (columnsIn(text) <= columns) return text;
  const tail = takeColumns(charactersOf(text).toReversed(), columns - 1).toReversed();
  return `…${tail.join('')}`.slice(0, Math.max(0, columns));
}

/** At most `columns` wide, its middle left out: beginning and end can still be read. */
export function shortenMiddle(text: string, columns: number): string {
  if (columnsIn(text) <= columns) return text;
  const characters = charactersOf(text);
  const half = (columns - 1) / 2;
  if (half <= 0) return shortenEnd(text, columns);
  const head = takeColumns(characters, Math.ceil(half));
  const tail = takeColumns(characters.toReversed(), Math.floor(half)).toReversed();
  return [...head, '…', ...tail].join('');
}

function charactersOf(text: string): string[] {
  return [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
}

function takeColumns(characters: readonly string[], columns: number): string[] {
  let used = 0;
  const end = characters.findIndex((character) => (used += columnsIn(character)) > columns);
  return characters.slice(0, end);
}
