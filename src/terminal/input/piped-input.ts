/** Lines that are piped in: each is shown after the prompt that it answers. */
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { NOTHING_TYPED } from '../screen/typed-rows.ts';
import { escapeLine } from '../text/escape.ts';
import type { LineInput } from './line-input.ts';

/** Reads lines from a pipe; nothing is edited. */
export class PipedInput implements LineInput {
  readonly hasText = false;
  readonly isAway = false;
  readonly ahead = NOTHING_TYPED;
  readonly #input: Readable;
  readonly #output: Writable;
  #readline: Interface | undefined;
  /** Lines that nobody has read yet. */
  readonly #waiting: string[] = [];
  #reader: ((line: string | undefined) => void) | undefined;
  #ended = false;

  constructor({ input, output }: { input: Readable; output: Writable }) {
    this.#input = input;
    this.#output = output;
  }

  read(prompt: string, signal?: AbortSignal): Promise<string | undefined> {
    this.#open();
    this.#output.write(prompt);
    return new Promise((resolve) => {
      const settle = (line: string | undefined) => {
        this.#reader = undefined;
        signal?.removeEventListener('abort', onAbort);
        this.#output.write(`${escapeLine(line ?? '')}\n`);
        resolve(line);
      };
      const onAbort = () => settle(undefined);
      const waiting = this.#waiting.shift();
      if (waiting !== undefined || this.#ended || signal?.aborted) return settle(waiting);
      this.#reader = settle;
      signal?.addEventListener('abort', onAbort);
    });
  }

  readFresh(prompt: string, signal: AbortSignal): Promise<string | undefined> {
    return this.read(prompt, signal);
  }

  keep(): void {}

  takeAhead(): string[] {
    return [];
  }

  keepAhead(): void {}

  restart(note: string): void {
    this.#output.write(`\n${note}\n`);
  }

  interject(print: () => void): void {
    print();
  }

  resume(): void {}

  close(): void {
    this.#readline?.close();
    this.#input.destroy();
  }

  #open(): void {
    if (this.#readline || this.#ended) return;
    // It may have ended before the first question: then nothing would tell of its end any more.
    this.#ended = !this.#input.readable;
    if (this.#ended) return;
    this.#readline = createInterface({ input: this.#input, terminal: false });
    this.#readline.on('line', (line) => {
      if (this.#reader) this.#reader(line);
      else this.#waiting.push(line);
    });
    this.#readline.on('close', () => {
      this.#ended = true;
      this.#reader?.(undefined);
    });
  }
}
