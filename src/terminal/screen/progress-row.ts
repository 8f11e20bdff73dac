/** The progress of a download: one row, rewritten in place, and removed when it ends. */
import type { Writable } from 'node:stream';
import type { PullProgress } from '../../model/server.ts';
import { escapeLine } from '../text/escape.ts';
import { shortenEnd } from '../text/shorten.ts';
import { formatBytes, formatDuration, formatShare } from '../text/sizes.ts';

/** Where the row is shown. */
interface ProgressRowOptions {
  output: Writable;
  /** The terminal's width in columns, as it is now. */
  columns: () => number;
  /** The terminal can erase a row. Where it cannot, steps are shown as lines of their own. */
  canWipe: boolean;
  /** A clock, in milliseconds. */
  now?: () => number;
}

/** The shortest time between two drawings of the row, in milliseconds. */
const REDRAW_MS = 100;
/** The speed is measured over the last moments, in milliseconds, and known only after some. */
const SPEED_OVER_MS = 5_000;
const SPEED_AFTER_MS = 500;
const BAR = { least: 8, most: 30 };

/** The row: `show` each progress, then `clear`. */
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

  /** Shows this progress, unless the row was drawn just now. */
  show(progress: PullProgress): void {
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

  /** Removes the row. */
  clear(): void {
    if (this.#options.canWipe && this.#last !== '') this.#options.output.write('\r\u001b[K');
    this.#last = '';
  }

  /** One line for each status and for each tenth. */
  #step(isLoading: boolean, { status, completed, total }: PullProgress): void {
    const tenths = Math.floor((completed / total) * 10) * 10;
    const line = isLoading ? `${tenths}% of ${formatBytes(total)}` : escapeLine(status);
    if (line !== this.#last) this.#options.output.write(`${line}\n`);
    this.#last = line;
  }

  #sample(at: number, completed: number): void {
    this.#samples = this.#samples.filter((sample) => at - sample.at <= SPEED_OVER_MS);
    this.#samples.push({ at, completed });
  }

  /** Bytes per second; undefined while too little is known. */
  get #speed(): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.at - first.at < SPEED_AFTER_MS) return undefined;
    return ((last.completed - first.completed) / (last.at - first.at)) * 1000;
  }
}

/**
 * `██████░░░░  60%  2.1/3.4 GB  42 MB/s  31 s left`. Where it does not fit into `columns`, the bar is
 * left out first, then the parts at the end.
 * @param speed in bytes per second, where it is known
 */
export function renderProgress(
  { completed, total }: PullProgress,
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
