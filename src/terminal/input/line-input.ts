/** Reads lines from the person, typed or piped in. */
import type { Readable } from 'node:stream';
import type { Aids } from '../editor/aids.ts';
import type { Picker } from '../editor/picker.ts';
import type { Canvas } from '../editor/view.ts';
import type { TypedAhead } from '../screen/typed-rows.ts';
import type { Paint } from '../text/spans.ts';

/** What a prompt offers. */
export interface ReadOptions {
  /** Text that is at the prompt already, to be edited; what was kept follows it. */
  initial?: string;
  /** History, completion and editor. Sent lines are added to the history. */
  aids?: Aids;
  /** How the line stands out once it was sent. */
  paint?: Paint;
  /** A list to pick the line from, where the terminal can redraw it. */
  picker?: Picker | undefined;
}

/** The person's side of every prompt and question. */
export interface LineInput {
  /** The next line, without its newline; undefined at the end of input or when `signal` aborts. */
  read(prompt: string, signal?: AbortSignal, options?: ReadOptions): Promise<string | undefined>;
  /**
   * As `read`, for a question: only what is typed from now on may answer it. What was typed before is
   * kept for the next prompt.
   */
  readFresh(
    prompt: string,
    signal: AbortSignal,
    options?: ReadOptions,
  ): Promise<string | undefined>;
  /**
   * Keeps a line that was typed at a question but is not an answer: it is added to the history and
   * put at the next prompt. Does nothing for piped lines.
   */
  keep(line: string): void;
  /**
   * Takes the lines that were typed ahead, oldest first, up to the first that is not wanted. They
   * are added to the history. Piped lines stay.
   */
  takeAhead(isWanted: (line: string) => boolean): string[];
  /**
   * Puts the lines that were typed ahead at the next prompt, to be edited, and adds them to the
   * history. Piped lines stay.
   */
  keepAhead(): void;
  /** What was typed while there is no prompt. */
  readonly ahead: TypedAhead;
  /** Whether something was typed and not sent. */
  readonly hasText: boolean;
  /** Whether the person's own editor has the terminal. */
  readonly isAway: boolean;
  /** Drops what was typed; if nothing was, prints `note` and shows the prompt again. */
  restart(note: string): void;
  /** Lets `print` write lines of its own; an open prompt is shown again below them. */
  interject(print: () => void): void;
  /** Takes the terminal again, after the program was suspended. */
  resume(): void;
  /** Restores the terminal. */
  close(): void;
}

/** A terminal, and what its special keys do. */
export interface TerminalInputOptions {
  input: Readable & { setRawMode?: (isRaw: boolean) => unknown };
  /** Where prompts and the echo of keys go. */
  output: Canvas;
  /** It can only append: escape sequences would be shown as text. */
  isDumb: boolean;
  /** It wraps its text anew when its width changes, also the text at the cursor: tmux does. */
  rewraps?: boolean;
  /** Ctrl-C, which a terminal in raw mode sends as a key, not as a signal. */
  onInterrupt: () => void;
  /** Esc, except in a search, which it ends. */
  onEscape: () => void;
  /** Ctrl-O: shows the last thought, above an open prompt. */
  onOpenThought: () => void;
  /** What was typed while there is no prompt has changed. */
  onTyped: () => void;
  /** Suspends the program, as Ctrl-Z does, until the shell resumes it. */
  suspend: () => void;
}
