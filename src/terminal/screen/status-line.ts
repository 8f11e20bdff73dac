/** One row that says what is going on, while nothing else is shown. */
import type { Writable } from 'node:stream';
import type { ChalkInstance } from 'chalk';
import { shortenEnd } from '../text/shorten.ts';

const FRAMES = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];
const TICK_MS = 100;
/** Ticks for which nothing is shown after something else was: more of it may follow. */
const QUIET_TICKS = 4;
const WIPE = '\r\u001b[K';

export interface StatusLineOptions {
  output: Writable;
  /** The width of the terminal as it is now. */
  columns: () => number;
  /** The cursor stands at the beginning of a row. */
  isRowFree: () => boolean;
  chalk: ChalkInstance;
}

/** What is going on, for so many seconds now, in so many columns. */
export type Describe = (seconds: number, columns: number) => string;

export class StatusLine {
  readonly #options: StatusLineOptions;
  #describe: Describe | undefined;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;
  #quietUntil = 0;
  #isShown = false;

  constructor(options: StatusLineOptions) {
    this.#options = options;
  }

  /** Shows this from the next tick on, and for how long it has been so. */
  show(describe: Describe): void {
    this.#describe = describe;
    this.resume();
  }

  /** Makes room for something else; the row comes back when nothing has followed for a while. */
  wipe(): void {
    if (this.#isShown) this.#options.output.write(WIPE);
    this.#isShown = false;
    this.#quietUntil = this.#ticks + QUIET_TICKS;
  }

  /** Makes room for a question, until `resume`. */
  pause(): void {
    this.wipe();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Goes on after `pause`; the time is counted from here. */
  resume(): void {
    if (!this.#describe) return;
    this.#since = performance.now();
    this.#quietUntil = 0;
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** Nothing is going on any more. */
  stop(): void {
    this.pause();
    this.#describe = undefined;
  }

  #tick(): void {
    const { output, columns, isRowFree, chalk } = this.#options;
    this.#ticks++;
    if (!this.#describe || this.#ticks < this.#quietUntil || !isRowFree()) return;
    const seconds = Math.floor((performance.now() - this.#since) / 1000);
    const frame = FRAMES[this.#ticks % FRAMES.length] ?? '';
    // The cursor needs a column of its own: a full row would be two.
    const room = columns() - 1;
    const row = shortenEnd(`${frame} ${this.#describe(seconds, room - 2)}`, room);
    output.write(`\r${chalk.dim(row)}\u001b[K`);
    this.#isShown = true;
  }
}
