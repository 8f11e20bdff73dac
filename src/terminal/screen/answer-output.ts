/** Where the answer of a request goes while the model writes it. */
import type { ChalkInstance } from 'chalk';
import { LiveAnswer } from './live-answer.ts';
import { PipedAnswer } from './piped-answer.ts';

/** Takes the replies of one request as they arrive; only the last of them is its answer. */
export interface AnswerOutput {
  /** A part of the current reply is shown: nothing else may come in between. */
  readonly isBegun: boolean;
  /**
   * Where rows may be shown for a while: `here`, at the beginning of a row, or `below` the row of the
   * answer; undefined where there is no such place.
   */
  readonly placeForRows: 'here' | 'below' | undefined;
  /** A reply begins. */
  begin(): void;
  /** Takes the next piece of it. @param isAnswer it is the answer, whatever follows */
  write(text: string, isAnswer: boolean): void | Promise<void>;
  /** Ends the row of a reply that was shown in part, whether it was the answer or not. */
  end(): void;
  /** A message comes in between. */
  interrupt(): void;
  /** Shows the rest of the answer; all of it where something else was shown. */
  finish(answer: string): void | Promise<void>;
}

/** How the answer is shown. */
export interface AnswerOutputOptions {
  /**
   * What is shown as it arrives: all, which a person can tell from an answer; what is the answer for
   * certain, for a reader that cannot; or nothing, before the answer is complete.
   */
  streams: 'all' | 'certain' | 'nothing';
  write: (text: string) => void;
  /** The terminal's width in columns, as it is now; undefined where there is none. */
  columns: () => number | undefined;
  /** Rendered as Markdown in these colours; undefined: as the model wrote it, escaped. */
  chalk: ChalkInstance | undefined;
}

/** Opens the output that fits. */
export function answerOutput({ streams, ...options }: AnswerOutputOptions): AnswerOutput {
  if (streams === 'all') return new LiveAnswer(options);
  return new PipedAnswer({ write: options.write, streams: streams === 'certain' });
}
