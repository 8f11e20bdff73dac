/** The answer of one request in a pipe or a file: as it is made, and nothing that is not the answer. */
import { PlainAnswer } from '../answer/answer-view.ts';
import type { AnswerOutput } from './answer-output.ts';

/** How the answer is written. */
interface PipedAnswerOptions {
  write: (text: string) => void;
  /** Write what is the answer for certain as it arrives; otherwise all of it once it is complete. */
  streams: boolean;
}

/** Writes one answer after another. What is written cannot be taken back. */
export class PipedAnswer implements AnswerOutput {
  readonly #options: PipedAnswerOptions;
  readonly #view: PlainAnswer;
  #written = '';
  /** What has come of the answer in the current reply. */
  #reply = '';

  constructor(options: PipedAnswerOptions) {
    this.#options = options;
    this.#view = new PlainAnswer(options.write);
  }

  get isBegun(): boolean {
    return this.#written !== '';
  }

  /** The reader may show the text in the same terminal, at any time. */
  get placeForRows(): 'here' | undefined {
    return this.isBegun ? undefined : 'here';
  }

  begin(): void {
    this.#reply = '';
  }

  /** After an answer that broke off, another one continues from there, if it begins like it. */
  write(text: string, isAnswer: boolean): void {
    if (!this.#options.streams || !isAnswer) return;
    this.#reply += text;
    if (this.#reply.startsWith(this.#written)) this.#put(this.#reply.slice(this.#written.length));
  }

  /** Other lines go elsewhere. */
  end(): void {}

  interrupt(): void {
    if (this.#written !== '') this.#view.end();
    this.#written = this.#reply = '';
  }

  finish(answer: string): void {
    if (answer.startsWith(this.#written)) this.#put(answer.slice(this.#written.length));
    else this.#put(`\n\n${answer}`);
    this.interrupt();
  }

  #put(text: string): void {
    if (text !== '') this.#view.push(text);
    this.#written += text;
  }
}
