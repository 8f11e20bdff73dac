/** Where a reply starts to speak for someone else: another turn, or a result that it made up. */
import { MARK, RESULT, ROLE, TURN } from './end-marks.ts';
import { marksIn } from './reasoning.ts';

/** No start of a turn is longer. */
const LINE_CHARS = 400;

/** Watches the lines of a reply, up to its first call, for the start of another turn. */
export class TurnWatch {
  readonly #callOpening: (text: string) => number | undefined;
  #line = '';
  /** The last line with words, and whether an empty one has followed it. */
  #before = '';
  #isApart = false;
  #isThought = false;
  /** A call has been opened: what follows may be the content of a file. */
  isCall = false;
  /** A code block is open. */
  isCode = false;

  /** @param callOpening finds where a text opens a call */
  constructor(callOpening: (text: string) => number | undefined) {
    this.#callOpening = callOpening;
  }

  /**
   * Where a turn starts, after the text up to `length`. In an open call its marks are content.
   * @param part the last part of the text, with at most one newline, at its end
   * @param recent the same, with some characters before it
   */
  push(part: string, recent: string, length: number): number | undefined {
    if (this.isCall) return undefined;
    this.#line += part;
    const turn = this.#token(recent, length) ?? this.#lineOf(length);
    if (part.endsWith('\n')) this.#endLine();
    else if (this.#line.length > LINE_CHARS) this.#line = `…${this.#line.slice(-LINE_CHARS)}`;
    return turn;
  }

  #token(recent: string, length: number): number | undefined {
    if (!MARK.test(recent)) return undefined;
    const turn = TURN.exec(recent);
    const opening = this.#callOpening(recent);
    this.isCall = opening !== undefined;
    if (!turn || (opening ?? Infinity) < turn.index) return undefined;
    return length - recent.length + turn.index;
  }

  /** A line that starts like a turn, outside of code and thoughts, after words that are complete. */
  #lineOf(length: number): number | undefined {
    if (this.isCode || this.#isThought || this.#before === '') return undefined;
    const isTurn =
      RESULT.test(this.#line) ||
      (this.#isApart && /[.!?)>`"*]$/.test(this.#before) && ROLE.test(this.#line));
    return isTurn ? length - this.#line.length : undefined;
  }

  #endLine(): void {
    const line = this.#line.trim();
    const marks = /[<[◁]/.test(line) ? marksIn(line) : [];
    for (const { kind } of marks) this.#isThought = kind === 'start';
    if (/^(?:<\w{1,20}>)?\s*(?:```|~~~)/.test(line)) this.isCode = !this.isCode;
    this.#isApart = line === '';
    if (line !== '') this.#before = line;
    this.#line = '';
  }
}
