/** Lines from the person: typed in a terminal with line editing, or piped in. */
import { createInterface, type Interface } from 'node:readline';
import { Writable, type Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WriteStream } from 'node:tty';
import { escapeLine } from './escape.ts';

/** Turns of the event loop after which what a terminal holds has been read: one may have begun. */
const TURNS_TO_POLL = 2;

export interface LineInputOptions {
  input: Readable;
  /** Where prompts and the echo of keys go. */
  output: Writable;
  isTerminal: boolean;
  /** The terminal can take back what stands on a line; a dumb one cannot. */
  canWipe: boolean;
  /** Ctrl-C, which a terminal in line editing hands to us instead of signalling. */
  onInterrupt: () => void;
}

export class LineInput {
  readonly #options: LineInputOptions;
  #readline: Interface | undefined;
  /** Lines that nobody has asked for yet. */
  #waiting: string[] = [];
  #reader: ((line: string | undefined) => void) | undefined;
  #closed = false;

  constructor(options: LineInputOptions) {
    this.#options = options;
  }

  /** A person types; otherwise lines are piped in. */
  get isTerminal(): boolean {
    return this.#options.isTerminal;
  }

  /**
   * The next line without its end, or undefined at the end of input or when `signal` aborts.
   * @param initial plain text that a person at a terminal finds typed already
   */
  read(prompt: string, signal?: AbortSignal, initial = ''): Promise<string | undefined> {
    const readline = this.#open();
    const { isTerminal, output } = this.#options;
    const waiting = this.#waiting.shift();
    // Line editing shows what is typed from now on. Other lines are shown here, to be read there.
    const isEdited = isTerminal && waiting === undefined;
    if (!isEdited) output.write(prompt);
    return new Promise((resolve) => {
      const settle = (line: string | undefined) => {
        this.#reader = undefined;
        signal?.removeEventListener('abort', onAbort);
        readline.setPrompt('');
        if (!isEdited || line === undefined) output.write(`${escapeLine(line ?? '')}\n`);
        resolve(line);
      };
      const onAbort = () => {
        if (isTerminal) this.#clearLine();
        settle(undefined);
      };
      if (waiting !== undefined || this.#closed || signal?.aborted) return settle(waiting);
      readline.setPrompt(prompt);
      if (isTerminal) readline.prompt(true); // not shown yet: no row above the prompt is its own
      this.#reader = settle;
      signal?.addEventListener('abort', onAbort);
      if (isTerminal) readline.prompt(true);
      if (isTerminal && initial !== '') readline.write(initial);
    });
  }

  /** As `read`, for a question that only what is typed from now on may answer. */
  async readFresh(prompt: string, signal: AbortSignal, initial = ''): Promise<string | undefined> {
    if (this.#options.isTerminal) {
      this.#open();
      // Keys may still wait in the terminal: where nobody has read yet, all that were pressed.
      for (let turn = 0; turn < TURNS_TO_POLL; turn++) await nextTurn();
      this.dropWaiting();
      this.#clearLine();
    }
    return this.read(prompt, signal, initial);
  }

  /** Drops whole lines that were typed ahead, and returns how many. Piped lines are no such lines. */
  dropWaiting(): number {
    return this.#options.isTerminal ? this.#waiting.splice(0).length : 0;
  }

  /** Whether something has been typed that was not sent. */
  get hasText(): boolean {
    return (this.#readline?.line ?? '') !== '';
  }

  /** Drops what was typed; where nothing was, says `note` and shows the prompt again. */
  restart(note: string): void {
    if (this.hasText) return this.#clearLine();
    this.#options.output.write(`\n${note}\n`);
    this.#readline?.prompt();
  }

  /** Lets `print` write lines of its own; a prompt that stands there is shown again below them. */
  interject(print: () => void): void {
    const isPrompting = this.#options.isTerminal && this.#reader !== undefined;
    if (isPrompting) this.#options.output.write(this.#options.canWipe ? '\r\u001b[K' : '\n');
    print();
    if (isPrompting) this.#readline?.prompt(true);
  }

  #clearLine(): void {
    if (!this.hasText) return;
    this.#readline?.write(null, { ctrl: true, name: 'e' });
    this.#readline?.write(null, { ctrl: true, name: 'u' });
  }

  close(): void {
    this.#readline?.close();
    this.#options.input.destroy();
  }

  /**
   * The terminal as line editing sees it: it is shown what is typed only while somebody reads. At
   * other times an answer may come in, whose last line it would wipe with its own; what is typed
   * then stands behind the next prompt.
   */
  #canvas(): Writable {
    const { output } = this.#options;
    const canvas = new Writable({
      write: (text, _, done) => {
        if (this.#reader) output.write(text);
        done();
      },
    });
    output.on('resize', () => this.#reader && canvas.emit('resize'));
    // Where nothing is shown, nothing wraps.
    const columns = () => (this.#reader ? (output as WriteStream).columns : undefined);
    return Object.defineProperty(canvas, 'columns', { get: columns });
  }

  #end(): void {
    this.#closed = true;
    this.#reader?.(undefined);
  }

  #open(): Interface {
    if (this.#readline) return this.#readline;
    const { input, isTerminal, onInterrupt } = this.#options;
    const readline = createInterface(
      isTerminal
        ? { input, output: this.#canvas(), terminal: true, prompt: '' }
        : { input, terminal: false },
    );
    readline.on('line', (line) => {
      if (this.#reader) this.#reader(line);
      else this.#waiting.push(line);
    });
    readline.on('close', () => this.#end());
    readline.on('SIGINT', onInterrupt);
    // Brought back after Ctrl-Z, readline leaves it to us to read on.
    readline.on('SIGCONT', () => readline.resume());
    // A window that was closed can neither be read nor set: for us, input is at its end.
    readline.on('error', () => this.#end());
    this.#readline = readline;
    return readline;
  }
}
