/**
 * An answer rendered as Markdown while it arrives. A row that was written is never changed: only what
 * no later text can change is shown. So nothing jumps, and rows that scrolled away are right in a
 * terminal of any size.
 */
import type { ChalkInstance } from 'chalk';
import { columnsIn } from '../text/columns.ts';
import type { AnswerView } from './answer-view.ts';
import { blockRows, readMarkdown } from './markdown.ts';
import { lastLeaf, settle } from './settled.ts';
import { painted, textOf, type Row } from '../text/spans.ts';
import { lineWidth } from '../text/wrap.ts';
import { themeOf, type Theme } from './theme.ts';

/** After this many milliseconds without a piece, half a word is shown too. */
const PAUSE_MS = 300;
/** The shortest time between two looks at the text, in milliseconds. */
const PACE_MS = 50;
/** The largest share of its time that the program spends on looking. */
const LOOK_SHARE = 0.1;
/** A mark still without its other half after this many characters is shown as text. */
const MARK_CHARS = 300;
/** The most such marks in one look; there may be very many. */
const MARKS_A_LOOK = 20;

/** Where the answer is shown. */
interface MarkdownAnswerOptions {
  write: (text: string) => void;
  /** The width of the terminal as it is now. */
  columns: () => number;
  chalk: ChalkInstance;
}

/** Shows an answer block by block, as far as it is settled. */
export class MarkdownAnswer implements AnswerView {
  readonly #options: MarkdownAnswerOptions;
  readonly #theme: Theme;
  /** The text of the block that is being written, and what came after it. */
  #source = '';
  /** The width when that block began. */
  #columns = 0;
  /** The text of its rows that are written, without the open one. */
  #written: string[] = [];
  /** The text of the row that is not ended yet. */
  #openRow: string | undefined;
  /** That block comes after an empty row. */
  #isSetOff = false;
  #timer: NodeJS.Timeout | undefined;
  #pauseTimer: NodeJS.Timeout | undefined;
  #nextLook = 0;

  constructor(options: MarkdownAnswerOptions) {
    this.#options = options;
    this.#theme = themeOf(options.chalk);
  }

  get isRowOpen(): boolean {
    return this.#openRow !== undefined;
  }

  get hasEdgeFree(): boolean {
    return this.#openRow !== undefined && lineWidth(this.#openRow) < this.#options.columns();
  }

  push(text: string): void {
    if (this.#source === '') this.#columns = this.#options.columns();
    this.#source += text;
    clearTimeout(this.#pauseTimer);
    this.#pauseTimer = setTimeout(() => this.#look(true), PAUSE_MS).unref();
    if (this.#timer) return;
    const wait = this.#nextLook - performance.now();
    if (wait <= 0) this.#look();
    else this.#timer = setTimeout(() => this.#look(), wait).unref();
  }

  end(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#pauseTimer);
    this.#timer = undefined;
    this.#show(this.#source.replace(/\r\n?/g, '\n'), true);
    this.#source = '';
    this.#written = [];
    this.#isSetOff = false;
  }

  /** Shows what is settled by now. The longer that takes, the later the next look. */
  #look(isPaused = false): void {
    const start = performance.now();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#source = this.#source.replace(/\r\n|\r(?=[^\n])/g, '\n');
    const leaf = lastLeaf(readMarkdown(this.#source));
    let { end, openMark } = settle(this.#source, leaf, isPaused);
    for (let marks = 0; marks < MARKS_A_LOOK; marks++) {
      if (openMark === undefined || this.#source.length - openMark <= MARK_CHARS) break;
      this.#source = `${this.#source.slice(0, openMark)}\\${this.#source.slice(openMark)}`;
      ({ end, openMark } = settle(this.#source, leaf, isPaused));
    }
    const left = this.#show(this.#source.slice(0, end), leaf === 'code');
    this.#source = left + this.#source.slice(end);
    const now = performance.now();
    this.#nextLook = now + Math.max(PACE_MS, (now - start) / LOOK_SHARE);
  }

  /** Writes what is new in this text. Returns the part that belongs to its last block. */
  #show(text: string, endsRow: boolean): string {
    const blocks = readMarkdown(text);
    const end = blocks.findLastIndex(({ type }) => type !== 'space') + 1;
    const rows: Row[] = [];
    let above = { rows: 0, chars: 0 };
    let isSetOff = this.#isSetOff;
    let chars = 0;
    for (const block of blocks.slice(0, end)) {
      if (block.type === 'space') isSetOff = true;
      else {
        above = { rows: rows.length, chars };
        this.#isSetOff = isSetOff;
        if (rows.length > 0) this.#columns = this.#options.columns();
        const laidOut = blockRows(block, this.#columns, this.#theme);
        rows.push(...(isSetOff ? [[]] : []), ...laidOut);
        isSetOff = false;
      }
      chars += block.raw.length;
    }
    this.#write(rows, endsRow || blocks.length > end);
    this.#written.splice(0, above.rows);
    return text.slice(above.chars);
  }

  /** Writes the rows that are not written yet; after a wrong guess, all rows from there on again. */
  #write(rows: readonly Row[], endsRow: boolean): void {
    const texts = rows.map(textOf);
    const wrong = this.#written.findIndex((text, index) => text !== (texts[index] ?? text));
    if (wrong !== -1) this.#written.length = wrong;
    // Less of the open row may be settled now than when half a word was shown.
    const isOpen = !endsRow && wrong === -1 && this.#written.length === rows.length - 1;
    if (isOpen && this.#openRow?.startsWith(texts.at(-1) ?? '')) return;
    let [written, open] = this.#openAs(texts[this.#written.length], wrong !== -1);
    for (const row of rows.slice(this.#written.length)) {
      written += painted(row, open.length);
      open = '';
      this.#openRow = textOf(row);
      if (this.#written.length === rows.length - 1 && !endsRow) break;
      written += '\n';
      this.#written.push(this.#openRow);
      this.#openRow = undefined;
    }
    if (written !== '') this.#options.write(written);
  }

  /** Turns the open row into the beginning of `next`: what to write, and what the row is then. */
  #openAs(next = this.#openRow ?? '', isWrong: boolean): [written: string, open: string] {
    const open = this.#openRow;
    if (open === undefined) return ['', ''];
    if (isWrong) return ['\n', ''];
    if (next.startsWith(open)) return ['', open];
    // Half a word was shown that is longer now and moves to the next row.
    const surplus = open.startsWith(next) ? columnsIn(open.slice(next.length)) : 0;
    return surplus > 0 ? [`\u001b[${surplus}D\u001b[K`, next] : ['\n', ''];
  }
}
