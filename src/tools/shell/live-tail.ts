/** The end of what a running command has printed, for a person who watches it. */

/** The most lines. */
export const TAIL_LINES = 5;
/** Bytes of a line, and of what comes at once, that are looked at: a command may print very much. */
const LOOKED_AT = 4_096;
/** The shortest time between two reports, in milliseconds: no command floods the terminal. */
const REPORT_MS = 100;

/** Keeps the last lines of all streams, in the order in which they came, without blank ones. */
export class LiveTail {
  readonly #report: (text: string) => void;
  #lines: string[] = [];
  /** The line of each stream that has not ended, that of the stream that has printed last at the end. */
  readonly #open = new Map<number, string>();
  #sources = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param report gets the last lines, a few times a second while something changes */
  constructor(report: (text: string) => void) {
    this.#report = report;
  }

  /**
   * Adds a stream. Its text has a character for each byte ("latin1"): `whole` comes next and can no
   * longer change, `line` follows it as it stands now.
   */
  source(): { next(whole: string, line: string): void } {
    const source = this.#sources++;
    let begun = ''; // a long line that can no longer change, but has not ended
    return {
      next: (whole, line) => {
        const lines = `${begun}${whole.slice(-LOOKED_AT)}`.split('\n');
        begun = (lines.pop() ?? '').slice(0, LOOKED_AT);
        this.#lines.push(...lines.filter(isWritten));
        this.#lines.splice(0, this.#lines.length - TAIL_LINES);
        this.#open.delete(source);
        if (isWritten(begun + line)) this.#open.set(source, begun + line);
        this.#timer ??= setTimeout(() => this.#tell(), REPORT_MS).unref();
      },
    };
  }

  /** The command has ended: nothing more is reported. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #tell(): void {
    this.#timer = undefined;
    const lines = [...this.#lines, ...this.#open.values()].slice(-TAIL_LINES);
    this.#report(Buffer.from(lines.join('\n'), 'latin1').toString('utf8'));
  }
}

function isWritten(line: string): boolean {
  return line.trim() !== '';
}
