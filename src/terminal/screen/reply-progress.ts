/** What the status row says from a request to the end of a reply: loading, reading, thinking, writing. */
import type { AgentEvent } from '../../agent/events.ts';
import { newTokens, progressLine, roughTokens } from './progress-line.ts';
import type { StatusLine } from './status-line.ts';
import type { Thoughts } from './thoughts.ts';

/** Where it is told. */
interface ReplyProgressOptions {
  status: StatusLine | undefined;
  thoughts: Thoughts;
}

/** Follows one reply after another. */
export class ReplyProgress {
  readonly #options: ReplyProgressOptions;
  /** How many pieces of the current reply have arrived: a piece is about a token. */
  #tokens = 0;
  /** How much of the prompt is read. */
  #read = '';

  constructor(options: ReplyProgressOptions) {
    this.#options = options;
  }

  /** A request begins: it waits for the model first, which the server may still be loading. */
  load(): void {
    this.#options.status?.show((seconds) => `loading the model… · ${seconds} s`);
  }

  /** The server reads the prompt, or the beginning of it ahead of the request. */
  read(prompt: AgentEvent & { type: 'model_start' | 'prompt_ahead' }): void {
    this.#options.thoughts.drop(); // the last reply may have broken off in its thought
    this.#tokens = 0;
    this.#read = newTokens(prompt);
    this.#options.status?.show((...time) =>
      progressLine('reading the prompt', this.#read, ...time),
    );
  }

  /** The server tells how far it has come. */
  readUpTo({ evaluated, total }: AgentEvent & { type: 'prompt_progress' }): void {
    this.#read = `${evaluated} of ${total} tokens`;
  }

  /** A piece of a thought. */
  think(text: string): void {
    this.#options.thoughts.push(text);
    this.#tokens = -1; // the piece may be one of the reply, too
  }

  /** Counts every piece of a reply; what is not for the person is not shown. */
  write(answer: string, depth: number): void {
    if (this.#tokens++ !== 0 && answer === '') return;
    this.#options.thoughts.end(depth);
    if (this.#tokens > 1) return;
    this.#options.status?.show((...time) =>
      progressLine('writing', roughTokens(this.#tokens), ...time),
    );
  }
}
