/** How far a download has come: one row, written anew in place, and gone when it ends. */
import type { Writable } from 'node:stream';
import { escapeLine } from '../text/escape.ts';
import { shortenEnd } from '../text/shorten.ts';
import { formatBytes, formatDuration, formatShare } from '../text/sizes.ts';

export interface Progress {
  /** What is being done, in the words of whoever does it. */
  status: string;
  /** Bytes that are there. */
  completed: number;
  /** Bytes in all; 0 while none are known. */
  total: number;
}

export interface ProgressRowOptions {
  output: Writable;
  /** Columns of the terminal, as it is now. */
  columns: () => number;
  /** The terminal can take back what stands on a line. Where it cannot, new lines tell of steps. */
  canWipe: boolean;
  /** Milliseconds of a clock. */
  now?: () => number;
}

/** The row is written no more often than this, in milliseconds. */
const REDRAW_MS = 100;
/** The speed is that of the last moments, in milliseconds. */
const SPEED_OVER_MS = 5_000;
const SPEED_AFTER_MS = 500;
const BAR = { least: 8, most: 30 };

export class ProgressRow {
  readonly #options: ProgressRowOptions;
  readonly #now: () => number;
  #samples: { at: number; completed: number }[] = [];
  #drawnAt = -Infinity;
  #last = '';

  constructor(options: ProgressRowOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  show(progress: Progress): void {
    const now = this.#now();
    const isLoading = progress.completed < progress.total;
    if (!this.#options.canWipe) return this.#step(isLoading, progress);
    if (isLoading) this.#sample(now, progress.completed);
    const columns = this.#options.columns() - 1; // the last column would wrap in some terminals
    const row = isLoading
      ? renderProgress(progress, this.#speed, columns)
      : shortenEnd(escapeLine(progress.status), columns);
    if (now - this.#drawnAt < REDRAW_MS || row === this.#last) return;
    this.#drawnAt = now;
    this.#last = row;
    this.#options.output.write(`\r\u001b[K${row}`);
  }

  /** Takes the row away. */
  clear(): void {
    if (this.#options.canWipe && this.#last !== '') this.#options.output.write('\r\u001b[K');
    this.#last = '';
  }

  /** A line of its own for each status and for each tenth. */
  #step(isLoading: boolean, { status, completed, total }: Progress): void {
    const tenths = Math.floor((completed / total) * 10) * 10;
    const line = isLoading ? `${tenths}% of ${formatBytes(total)}` : escapeLine(status);
    if (line !== this.#last) this.#options.output.write(`${line}\n`);
    this.#last = line;
  }

  #sample(at: number, completed: number): void {
    this.#samples = this.#samples.filter((sample) => at - sample.at <= SPEED_OVER_MS);
    this.#samples.push({ at, completed });
  }

  /** Bytes a second; undefined while too little is known. */
  get #speed(): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.at - first.at < SPEED_AFTER_MS) return undefined;
    return ((last.completed - first.completed) / (last.at - first.at)) * 1000;
  }
}

/**
 * `██████░░░░  60%  2.1/3.4 GB  42 MB/s  31 s left` in at most so many columns: where there is
 * little room, the bar goes first, then what stands at the end.
 * @param speed in bytes a second, where it is known
 */
export function renderProgress(
  { completed, total }: Progress,
  speed: number | undefined,
  columns: number,
): string {
  const share = completed / total;
  const parts = [
    `${Math.floor(share * 100)}%`.padStart(4),
    formatShare(completed, total),
    ...(speed === undefined ? [] : [`${formatBytes(speed)}/s`]),
    ...(speed ? [`${formatDuration((total - completed) / speed)} left`] : []),
  ];
  while (parts.length > 1 && parts.join('  ').length > columns) parts.pop();
  const text = parts.join('  ');
  const room = Math.min(BAR.most, columns - text.length - 1);
  if (room < BAR.least) return text.slice(0, Math.max(0, columns));
  return `${'█'.repeat(Math.round(share * room)).padEnd(room, '░')} ${text}`;
}
