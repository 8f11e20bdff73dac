/** The thoughts of a request on the screen: while they grow, when they are over, and opened. */
import { LiveThought, THOUGHT_MARK } from './live-thought.ts';
import type { StatusLine } from './status-line.ts';

const NONE = '(no thought so far)';
const LATER = '  the thought comes below the answer';

/** Where thoughts are shown. */
interface ThoughtsOptions {
  /** Tells of the thought while it grows. */
  status: StatusLine | undefined;
  /** Prints a dimmed line, each row of which begins with the mark. */
  print: (line: string, level: number, mark?: string) => void;
  /** A part of an answer is shown: nothing else may come in between. */
  isAnswering: () => boolean;
  /** How the person opens a thought; empty where they cannot. */
  hint: string;
}

/** Keeps the last thought, so that it can be opened. */
export class Thoughts {
  readonly #options: ThoughtsOptions;
  readonly #thought = new LiveThought();
  /** The person has asked for it in the middle of an answer. */
  #isWanted = false;

  constructor(options: ThoughtsOptions) {
    this.#options = options;
  }

  /** Adds a piece; shows the end of the thought while it grows. */
  push(text: string): void {
    const { status } = this.#options;
    if (!this.#thought.isOpen) status?.show((...size) => this.#thought.row(...size));
    this.#thought.push(text);
  }

  /** It broke off, or is a delegate's: nothing tells of it. */
  drop(): void {
    this.#thought.end('');
  }

  /** The reply continues: a line tells of the thought, unless it is a delegate's. */
  end(depth: number): void {
    if (!this.#thought.isOpen) return;
    const line = this.#thought.end(this.#options.hint);
    if (depth === 0) this.#options.print(line, 0);
  }

  /** Shows all of the last thought so far, below the answer if there is a part of one. */
  open(): void {
    const { isAnswering, status, print } = this.#options;
    const { text } = this.#thought;
    this.#isWanted = text !== '' && isAnswering();
    if (isAnswering()) return status?.showDetails(() => [text === '' ? `  ${NONE}` : LATER]);
    if (text === '') return print(NONE, 1);
    for (const line of text.split('\n')) print(line, 1, THOUGHT_MARK);
  }

  /** Shows the thought that was asked for, once the answer is over. */
  openIfWanted(): void {
    if (this.#isWanted && !this.#options.isAnswering()) this.open();
  }
}
