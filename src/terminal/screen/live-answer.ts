/** The answer on the screen while the model writes it. */
import { PlainAnswer, type AnswerView } from '../answer/answer-view.ts';
import type { AnswerOutput, AnswerOutputOptions } from './answer-output.ts';

const DEFAULT_COLUMNS = 80;

type LiveAnswerOptions = Omit<AnswerOutputOptions, 'streams'>;

/** Shows the replies of one request as they arrive; only the last of them is its answer. */
export class LiveAnswer implements AnswerOutput {
  readonly #options: LiveAnswerOptions;
  #opening: Promise<AnswerView> | undefined;
  #view: AnswerView | undefined;
  /** What has been shown of the current reply. */
  #shown = '';
  /** What had been shown of it before a message interrupted it. */
  #shownBefore = '';

  constructor(options: LiveAnswerOptions) {
    this.#options = options;
  }

  get isBegun(): boolean {
    return this.#shown !== '';
  }

  get placeForRows(): 'here' | 'below' | undefined {
    if (!this.#view?.isRowOpen) return 'here';
    return this.#view.hasEdgeFree ? 'below' : undefined;
  }

  /** A reply begins. What renders it is loaded now: while the model works there is time for that. */
  begin(): void {
    this.end();
    this.#shownBefore = '';
    this.#opening ??= this.#open();
  }

  /** Shows the next piece of the reply. */
  async write(text: string): Promise<void> {
    this.#view ??= await (this.#opening ??= this.#open());
    this.#shown += text;
    this.#view.push(text);
  }

  /** A message comes in between: the reply continues on a row of its own. */
  interrupt(): void {
    this.#shownBefore += this.#shown;
    this.end();
  }

  /** Ends the row of a reply that was shown in part, whether it was the answer or not. */
  end(): void {
    if (this.#shown !== '') this.#view?.end();
    this.#shown = '';
  }

  /** Shows the rest of the answer; all of it where something else was shown. */
  async finish(answer: string): Promise<void> {
    const shown = this.#shownBefore + this.#shown;
    const continues = answer.startsWith(shown);
    if (!continues) this.end();
    const rest = continues ? answer.slice(shown.length) : answer;
    const isOnNewRow = this.#shown === '';
    const next = isOnNewRow ? rest.replace(/^\n+/, '') : rest;
    if (next !== '') await this.write(next);
    this.end();
  }

  async #open(): Promise<AnswerView> {
    const { write, columns, chalk } = this.#options;
    if (!chalk) return new PlainAnswer(write);
    const { MarkdownAnswer } = await import('../answer/markdown-answer.ts');
    return new MarkdownAnswer({ write, columns: () => columns() || DEFAULT_COLUMNS, chalk });
  }
}
