/** One row about what is going on, while nothing else is shown. */
import type { Writable } from 'node:stream';
import type { ChalkInstance } from 'chalk';
import { shortenEnd } from '../text/shorten.ts';

const FRAMES = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];
const TICK_MS = 100;
/** Ticks without a status row after something else was shown: more of it may follow. */
const QUIET_TICKS = 4;
const WIPE = '\r\u001b[K';

/** Where the row is shown. */
interface StatusLineOptions {
  output: Writable;
  /** The width of the terminal as it is now. */
  columns: () => number;
  /** The cursor is at the beginning of a row. */
  isRowFree: () => boolean;
  chalk: ChalkInstance;
}

/** Says what has been going on for `seconds`, in at most `columns`. */
type Describe = (seconds: number, columns: number) => string;

/** Draws the row again and again, so that its time runs. */
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

  /** Shows this from the next tick on; its time starts now. */
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

  /** Continues after `pause`; the time starts again. */
  resume(): void {
    if (!this.#describe) return;
    this.#since = performance.now();
    this.#quietUntil = 0;
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** Removes the row: nothing is going on any more. */
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
