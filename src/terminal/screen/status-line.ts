/** A row about what is going on, and below it what belongs to it and what the person types meanwhile. */
import type { ChalkInstance } from 'chalk';
import type { Canvas } from '../editor/view.ts';
import { shortenEnd } from '../text/shorten.ts';
import type { Span } from '../text/spans.ts';
import { LiveRows } from './live-rows.ts';
import { isBlank, typedRows, type TypedAhead } from './typed-rows.ts';

const FRAMES = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];
const TICK_MS = 100;
/** Ticks without a status row after something else was shown: more of it may follow. */
const QUIET_TICKS = 4;
/** Ticks after which it was not suspended. They may come before the program hears that it goes on. */
const AWAY_TICKS = 3;

/** Where the rows are shown. */
interface StatusLineOptions {
  output: Canvas;
  /** The width of the terminal as it is now. */
  columns: () => number;
  /** The cursor is at the beginning of a row: `here`; in an open row, with room below: `below`. */
  place: () => 'here' | 'below' | undefined;
  /** What the person has typed while there is no prompt. */
  typed: () => TypedAhead;
  chalk: ChalkInstance;
}

/** Says what has been going on for `seconds`, in at most `columns`. */
type Describe = (seconds: number, columns: number) => string;
/** Rows that belong to it, each of at most so many columns. */
type Details = (columns: number) => readonly string[];

/** Draws the rows again and again, so that their time runs. */
export class StatusLine {
  readonly #options: StatusLineOptions;
  readonly #rows: LiveRows;
  #describe: Describe | undefined;
  #details: Details | undefined;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;
  #quietUntil = 0;
  #awayUntil = 0;

  constructor(options: StatusLineOptions) {
    this.#options = options;
    this.#rows = new LiveRows(options.output);
  }

  /** Shows this from the next tick on, what was typed at once; its time starts now. */
  show(describe: Describe): void {
    this.#describe = describe;
    this.#details = undefined;
    this.resume();
    if (this.#hasTyped) this.#draw();
  }

  /** Shows rows that belong to what is shown, until that changes. */
  showDetails(details: Details): void {
    this.#details = details;
    if (this.#timer) this.#draw();
  }

  /** What was typed has changed: it shows at once, where there is room. */
  showTyped(): void {
    if (this.#timer && (this.#rows.isShown || this.#hasTyped)) this.#draw();
  }

  /** Makes room for something else; the rows come back when nothing has followed for a while. */
  wipe(): void {
    this.#rows.erase();
    this.#quietUntil = this.#ticks + QUIET_TICKS;
  }

  /** Removes the rows before the program is suspended. */
  suspend(): void {
    this.wipe();
    this.#awayUntil = this.#ticks + AWAY_TICKS;
  }

  /** Lets more of an open row be written: rows below it stay there. */
  around(write: () => void): void {
    const stays = this.#rows.isBelow || this.#hasTyped;
    this.wipe();
    write();
    if (stays && this.#timer) this.#draw();
  }

  /** Makes room for a question, until `resume`. */
  pause(): void {
    this.wipe();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Continues after `pause`; the time starts again. */
  resume(): void {
    if (!this.#describe) return;
    this.#since = performance.now();
    this.#quietUntil = 0;
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** Removes the rows: nothing is going on any more. */
  stop(): void {
    this.pause();
    this.#describe = undefined;
  }

  /** Somebody else had the terminal: what is drawn next begins where the cursor is now. */
  forget(): void {
    this.#rows.forget();
    this.#awayUntil = 0;
  }

  get #hasTyped(): boolean {
    return !isBlank(this.#options.typed());
  }

  #tick(): void {
    this.#ticks++;
    if (this.#ticks >= this.#quietUntil || this.#hasTyped) this.#draw();
  }

  #draw(): void {
    const place = this.#options.place();
    if (!this.#describe || !place || this.#ticks < this.#awayUntil) return;
    const { output, chalk, typed } = this.#options;
    // The cursor needs a column of its own: a full row would be two.
    const columns = this.#options.columns() - 1;
    const seconds = Math.floor((performance.now() - this.#since) / 1000);
    const frame = FRAMES[this.#ticks % FRAMES.length] ?? '';
    const status = shortenEnd(`${frame} ${this.#describe(seconds, columns - 2)}`, columns);
    const { rows, cursorColumn } = typedRows(typed(), columns, chalk);
    // A row of the window stays free, for what the rows are below.
    const height = Math.max(1, (output.rows || Infinity) - 1);
    const room = Math.max(0, height - 1 - rows.length);
    const details = this.#details?.(columns) ?? [];
    const above = [status, ...details.slice(Math.max(0, details.length - room))];
    const dimmed: Span[] = above.map((text) => ({ text, paint: chalk.dim }));
    this.#rows.draw({ rows: [...dimmed, ...rows].slice(-height), cursorColumn }, place === 'below');
  }
}
