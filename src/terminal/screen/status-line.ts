/** One row about what is going on, where nothing else is shown: below an answer that grows slowly. */
import type { Writable } from 'node:stream';
import type { ChalkInstance } from 'chalk';
import { shortenEnd } from '../text/shorten.ts';

const FRAMES = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];
const TICK_MS = 100;
/** Ticks without a status row after something else was shown: more of it may follow. */
const QUIET_TICKS = 4;
/** The same below an open row, where a row that comes and goes with each word would be in the way. */
const QUIET_TICKS_BELOW = 10;
const WIPE = '\r\u001b[K';
/** Makes sure that there is a row below (IND keeps the column, but may scroll), and comes back. */
const ROOM_BELOW = '\u001bD\u001b[A';
const [SAVE, DOWN, RESTORE] = ['\u001b7', '\u001b[B\r', '\u001b8'];

/**
 * Where the cursor is: at the beginning of a row, behind text that more will be written to, or where
 * nothing may be shown.
 */
export type RowState = 'free' | 'open' | 'taken';

/** Where the row is shown. */
interface StatusLineOptions {
  output: Writable;
  /** The width of the terminal as it is now. */
  columns: () => number;
  rowState: () => RowState;
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
  /** When the row made room for the last three times, in ticks. */
  #wipes: [number, number, number] = [0, 0, 0];
  #shown: 'here' | 'below' | undefined;

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
    this.#erase();
    this.#wipes = [this.#wipes[1], this.#wipes[2], this.#ticks];
    this.#quietUntil = this.#ticks + QUIET_TICKS;
  }

  /** Makes room for a piece of text. Where pieces come slowly, the row is back at once. */
  around(write: () => void): void {
    this.wipe();
    write();
    if (this.#timer && this.#options.rowState() === 'open') this.#draw();
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

  #erase(): void {
    const { output } = this.#options;
    if (this.#shown === 'here') output.write(WIPE);
    if (this.#shown === 'below') output.write(`${SAVE}${DOWN}\u001b[K${RESTORE}`);
    this.#shown = undefined;
  }

  #tick(): void {
    this.#ticks++;
    this.#draw();
  }

  #draw(): void {
    const { output, columns, rowState, chalk } = this.#options;
    const state = rowState();
    const isQuiet = this.#ticks < (state === 'open' ? this.#quietUntilBelow : this.#quietUntil);
    if (!this.#describe || state === 'taken' || isQuiet) return;
    const seconds = Math.floor((performance.now() - this.#since) / 1000);
    const frame = FRAMES[this.#ticks % FRAMES.length] ?? '';
    // The cursor needs a column of its own: a full row would be two.
    const room = columns() - 1;
    const row = chalk.dim(shortenEnd(`${frame} ${this.#describe(seconds, room - 2)}`, room));
    const below = `${this.#shown === 'below' ? '' : ROOM_BELOW}${SAVE}${DOWN}${row}\u001b[K${RESTORE}`;
    output.write(state === 'open' ? below : `\r${row}\u001b[K`);
    this.#shown = state === 'open' ? 'below' : 'here';
  }

  /** A slow piece may come in two writes. */
  get #quietUntilBelow(): number {
    const [first, , last] = this.#wipes;
    return last + (last - first > QUIET_TICKS_BELOW ? 0 : QUIET_TICKS_BELOW);
  }
}
