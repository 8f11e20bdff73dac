/** Rows of text with their colours kept apart, so that only the text decides the width. */
import { columnsIn } from './columns.ts';
import { columnAfter } from './wrap.ts';

/** Colours a text. */
export type Paint = (text: string) => string;

/** No colours. */
export const unpainted: Paint = (text) => text;

/** A piece of a row. Its text is escaped and has no newline; its colours end where it ends. */
export interface Span {
  text: string;
  paint: Paint;
}

/** One line of the terminal. */
export type Row = readonly Span[];

/** The end of a line among spans that are still to be wrapped. */
export const LINE_END: Span = { text: '\n', paint: unpainted };

/** The text of a row, without colours. */
export function textOf(row: Row): string {
  return row.map(({ text }) => text).join('');
}

/** The width of a row in columns. */
export function widthOf(row: Row): number {
  return columnsOf(textOf(row));
}

/** Longer text fits no terminal: its exact width does not matter, and measuring it is slow. */
const MEASURED_CHARS = 2_000;

function columnsOf(text: string): number {
  return text.length > MEASURED_CHARS ? text.length : columnsIn(text);
}

/** The row with its colours, without the first `from` characters of its text. */
export function painted(row: Row, from = 0): string {
  let written = '';
  let [run, paintOfRun] = ['', unpainted];
  let skipped = 0;
  for (const { text, paint } of row) {
    if (paint !== paintOfRun) {
      written += run && paintOfRun(run);
      [run, paintOfRun] = ['', paint];
    }
    run += text.slice(Math.max(0, from - skipped));
    skipped += text.length;
  }
  return written + (run && paintOfRun(run));
}

/** Letters between which a line may be broken: scripts that use no spaces. */
const WIDE = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}`;
const PIECE = new RegExp(`\\n| +|[${WIDE}]|[^ \\n${WIDE}]+`, 'gu');
/** What ends a word, or is a word by itself. */
const BREAK = new RegExp(`^[ \\n${WIDE}]`, 'u');

/**
 * Wraps spans between words into rows of at most `columns`. A word that is wider stays whole, at the
 * start of a row: the terminal breaks it, so that it can be copied, and the row continues after it.
 * @param indent what comes before each row, in columns: with `columns`, as wide as the terminal
 */
export function wrapSpans(spans: readonly Span[], columns: number, indent = 0): Row[] {
  const wrapped = new Wrapped(columns, indent);
  for (const { text, paint } of spans) {
    for (const [piece] of text.matchAll(PIECE)) {
      if (BREAK.test(piece)) wrapped.endWord();
      if (piece === '\n') wrapped.endRow();
      else if (piece.startsWith(' ')) wrapped.addSpace({ text: piece, paint });
      else wrapped.addToWord({ text: piece, paint });
    }
  }
  wrapped.endWord();
  wrapped.endRow();
  return wrapped.rows;
}

/** As `wrapSpans`, for escaped text without colours. */
export function wrapText(text: string, columns: number, indent = 0): string[] {
  if (columnsOf(text) <= columns) return [text];
  return wrapSpans([{ text, paint: unpainted }], columns, indent).map(textOf);
}

/** What further rows are indented by: the spaces a line begins with, and the text before a gap. */
const HANG = /^ *(?:\S+(?: \S+)* {2,})?/;

/**
 * As `wrapText`, for indented lines. Further rows of a line begin where its text does, perhaps after a
 * number or a name, if at least half of the columns are left for it.
 */
export function wrapLines(text: string, columns: number): string {
  const rows = text.split('\n').flatMap((line) => {
    if (columnsOf(line) <= columns) return [line];
    const hang = HANG.exec(line)?.[0] ?? '';
    const start = columnsOf(hang) <= columns / 2 ? hang : (/^ */.exec(line)?.[0] ?? '');
    const width = columnsOf(start);
    const [first = '', ...others] = wrapText(line.slice(start.length), columns - width, width);
    return [start + first, ...others.map((row) => ' '.repeat(width) + row)];
  });
  return rows.join('\n');
}

class Wrapped {
  readonly rows: Row[] = [];
  readonly #columns: number;
  readonly #indent: number;
  #row: Span[] = [];
  /** The columns of the row that are used; fewer than none where the terminal has broken it. */
  #used = 0;
  #space: Span | undefined;
  #word: Span[] = [];

  constructor(columns: number, indent: number) {
    this.#columns = columns;
    this.#indent = indent;
  }

  addToWord(span: Span): void {
    this.#word.push(span);
    if (BREAK.test(span.text)) this.endWord();
  }

  /** Goes before the next word, unless that begins a row. */
  addSpace(span: Span): void {
    this.#space = span;
  }

  endWord(): void {
    if (this.#word.length === 0) return;
    const width = widthOf(this.#word);
    const space = this.#space?.text.length ?? 0;
    if (this.#row.length > 0 && this.#used + space + width > this.#columns) this.endRow();
    if (this.#row.length > 0 && this.#space) {
      this.#row.push(this.#space);
      this.#used += space;
    }
    this.#row.push(...this.#word);
    this.#used = width > this.#columns ? this.#usedAfter(this.#word) : this.#used + width;
    this.#word = [];
    this.#space = undefined;
  }

  /** After a word that the terminal breaks at its edge. */
  #usedAfter(word: Row): number {
    const terminal = this.#indent + this.#columns;
    return columnAfter(textOf(word), this.#indent, terminal) - this.#indent;
  }

  endRow(): void {
    this.rows.push(this.#row);
    this.#row = [];
    this.#used = 0;
    this.#space = undefined;
  }
}
