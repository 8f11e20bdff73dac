/** What reads lines from the person, whether they are typed or piped in. */
import type { Readable } from 'node:stream';
import type { Aids } from '../editor/aids.ts';
import type { Canvas } from '../editor/view.ts';

export interface ReadOptions {
  /** Stands behind the prompt already, to be changed; what was kept comes after it. */
  initial?: string;
  /** What helps to write a request. What is sent goes into its history. */
  aids?: Aids;
}

export interface LineInput {
  /** The next line without its end, or undefined at the end of input or when `signal` aborts. */
  read(prompt: string, signal?: AbortSignal, options?: ReadOptions): Promise<string | undefined>;
  /**
   * As `read`, for a question that only what is typed from now on may answer. What was typed before
   * stands at the next prompt.
   */
  readFresh(
    prompt: string,
    signal: AbortSignal,
    options?: ReadOptions,
  ): Promise<string | undefined>;
  /**
   * Keeps a line that was typed at a question and is no answer: it goes into the history, and stands
   * at the next prompt. A piped line is no such line.
   */
  keep(line: string): void;
  /** Drops whole lines that were typed ahead, and returns how many. Piped lines are no such lines. */
  dropWaiting(): number;
  /** Whether something has been typed that was not sent. */
  readonly hasText: boolean;
  /** Another program has the terminal: the person's own editor. */
  readonly isAway: boolean;
  /** Drops what was typed; where nothing was, says `note` and shows the prompt again. */
  restart(note: string): void;
  /** Lets `print` write lines of its own; a prompt that stands there is shown again below them. */
  interject(print: () => void): void;
  /** Takes the terminal again, after the program was stopped. */
  resume(): void;
  /** Leaves the terminal as it was. */
  close(): void;
}

export interface TerminalInputOptions {
  input: Readable & { setRawMode?: (isRaw: boolean) => unknown };
  /** Where prompts and the echo of keys go. */
  output: Canvas;
  /** It can only write on: escape sequences would be shown as they are. */
  isDumb: boolean;
  /** Ctrl-C, which a terminal in line editing hands to us instead of signalling. */
  onInterrupt: () => void;
  /** Esc, where it ends no search. */
  onEscape: () => void;
  /** Stops the program, as Ctrl-Z does, until the shell lets it go on. */
  suspend: () => void;
}
