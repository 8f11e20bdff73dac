/** Lines that are typed in a terminal, which is ours from the first prompt on. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ExternalEditor, History } from '../editor/aids.ts';
import { Editor } from '../editor/editor.ts';
import { asEnter, KeyReader } from '../editor/keys.ts';
import { MovingView, PlainView, type View } from '../editor/view.ts';
import { escapeLine } from '../text/escape.ts';
import { RawMode } from './raw-mode.ts';
import { TypedLines } from './typed-lines.ts';
import type { LineInput, ReadOptions, TerminalInputOptions } from './line-input.ts';

/** Turns of the event loop after which what a terminal holds has been read: one may have begun. */
const TURNS_TO_POLL = 2;
/** A program that could not be stopped goes on after this time, in milliseconds. */
const NOT_STOPPED_MS = 100;

export class TerminalInput implements LineInput {
  readonly #options: TerminalInputOptions;
  readonly #view: View;
  readonly #editor: Editor;
  readonly #keys: KeyReader;
  readonly #rawMode: RawMode;
  readonly #lines = new TypedLines();
  /** That of the last prompt which has one. */
  #history: History | undefined;
  #reader: ((line: string | undefined) => void) | undefined;
  /** What stands on the screen while somebody reads. */
  #prompt: { text: string; options: ReadOptions } | undefined;
  #state: 'unopened' | 'open' | 'ended' = 'unopened';
  /** Ends the person's own editor, while that has the terminal. */
  #away: AbortController | undefined;
  /** What is to be printed when the terminal is ours again. */
  #held: (() => void)[] = [];
  /** What was typed before the terminal was ours has newlines for Enter. */
  #isEarly = true;

  constructor(options: TerminalInputOptions) {
    this.#options = options;
    this.#rawMode = new RawMode(options);
    const { output, isDumb, onInterrupt, onEscape } = options;
    this.#view = isDumb ? new PlainView(output) : new MovingView(output);
    this.#editor = new Editor(this.#view, output, {
      onInterrupt,
      onEscape,
      onLine: (line) => (this.#reader ? this.#reader(line) : this.#lines.add(line)),
      onEnd: () => this.#end(),
      onSuspend: () => this.#suspend(),
      onEditElsewhere: (editor) => void this.#editElsewhere(editor),
    });
    this.#keys = new KeyReader((keys) =>
      this.#editor.take(this.#isEarly ? keys.map(asEnter) : keys),
    );
  }

  async read(
    prompt: string,
    signal?: AbortSignal,
    options: ReadOptions = {},
  ): Promise<string | undefined> {
    this.#open();
    this.#history = options.aids?.history ?? this.#history;
    if (this.#isOver(signal)) return this.#readNext(prompt, signal, options);
    const initial = this.#lines.takeText(options.initial ?? '', this.#editor.text);
    return this.#readNext(prompt, signal, {
      ...options,
      ...(initial !== undefined && { initial }),
    });
  }

  #isOver(signal: AbortSignal | undefined): boolean {
    return this.#state === 'ended' || (signal?.aborted ?? false);
  }

  /** The next line: one that was typed ahead, or else one that is typed from now on. */
  async #readNext(
    prompt: string,
    signal: AbortSignal | undefined,
    options: ReadOptions,
  ): Promise<string | undefined> {
    const waiting = this.#lines.next();
    if (waiting === undefined && !this.#isOver(signal)) {
      return this.#readTyped(prompt, signal, options);
    }
    this.#options.output.write(`${prompt}${escapeLine(waiting ?? '')}\n`);
    if (waiting !== undefined) options.aids?.history.add(waiting);
    return waiting;
  }

  #readTyped(
    prompt: string,
    signal: AbortSignal | undefined,
    options: ReadOptions,
  ): Promise<string | undefined> {
    return new Promise((resolve) => {
      const settle = (line: string | undefined) => {
        signal?.removeEventListener('abort', onAbort);
        this.#reader = undefined;
        this.#prompt = undefined;
        this.#editor.end();
        if (line !== undefined) options.aids?.history.add(line);
        resolve(line);
      };
      const onAbort = () => {
        this.#editor.clear();
        settle(undefined);
      };
      this.#reader = settle;
      this.#prompt = { text: prompt, options };
      signal?.addEventListener('abort', onAbort);
      if (options.initial !== undefined) this.#editor.text = options.initial;
      this.#show();
    });
  }

  async readFresh(
    prompt: string,
    signal: AbortSignal,
    options: ReadOptions = {},
  ): Promise<string | undefined> {
    this.#open();
    // Keys may still wait in the terminal: where nobody has read yet, all that were pressed.
    for (let turn = 0; turn < TURNS_TO_POLL; turn++) await nextTurn();
    // No answer, but a request, it may be: it stands at the next prompt, sent or not.
    this.#lines.keepWaiting();
    const unsent = this.#editor.text;
    this.#editor.text = '';
    const answer = await this.#readNext(prompt, signal, options);
    this.#editor.text = unsent + this.#editor.text;
    return answer;
  }

  keep(line: string): void {
    this.#lines.keep(line);
    this.#history?.add(line);
  }

  dropWaiting(): number {
    return this.#lines.drop();
  }

  get hasText(): boolean {
    return this.#editor.text !== '';
  }

  get isAway(): boolean {
    return this.#away !== undefined;
  }

  restart(note: string): void {
    if (!this.hasText) {
      this.#view.leave();
      this.#options.output.write(`${note}\n`);
    }
    this.#editor.clear();
    this.#editor.draw();
  }

  interject(print: () => void): void {
    if (this.#away) return void this.#held.push(print);
    this.#view.wipe();
    print();
    this.#editor.draw();
  }

  close(): void {
    this.#away?.abort();
    this.#end();
    this.#options.input.destroy();
  }

  #open(): void {
    if (this.#state !== 'unopened') return;
    this.#state = 'open';
    const { input, output } = this.#options;
    this.#take();
    input.on('data', (bytes: Buffer) => this.#keys.write(bytes));
    void this.#afterEarly();
    input.on('end', () => this.#end());
    // A window that was closed can neither be read nor set: for us, input is at its end.
    input.on('error', () => this.#end());
    output.on('resize', () => this.#prompt && this.#view.resize());
  }

  async #afterEarly(): Promise<void> {
    for (let turn = 0; turn < TURNS_TO_POLL; turn++) await nextTurn();
    this.#isEarly = false;
  }

  #end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ended';
    this.#keys.stop();
    this.#reader?.(undefined);
    this.#release();
    this.#options.input.pause();
  }

  /** Sets the terminal for line editing, and shows the prompt if there is one. */
  #take(): void {
    this.#rawMode.enter();
    this.#show();
  }

  #show(): void {
    if (!this.#prompt || !this.#rawMode.isOn) return;
    this.#editor.begin(this.#prompt.text, this.#prompt.options.aids);
  }

  /** Sets the terminal as it was; what stands on the screen stays. */
  #release(): void {
    if (!this.#rawMode.isOn) return;
    this.#editor.end();
    this.#rawMode.leave();
  }

  #suspend(): void {
    this.#release();
    this.#options.suspend();
    // Where no shell could let us go on, we were not stopped. A signal that says so comes first.
    setTimeout(() => setImmediate(() => this.#rawMode.isOn || this.resume()), NOT_STOPPED_MS);
  }

  resume(): void {
    if (this.#state !== 'open' || this.#away) return;
    this.#editor.end();
    this.#take();
  }

  async #editElsewhere(editor: ExternalEditor | undefined): Promise<void> {
    if (!editor) {
      const message = '(Set VISUAL or EDITOR to the editor that Ctrl-G should open.)\n';
      return this.interject(() => this.#options.output.write(message));
    }
    const { input, output } = this.#options;
    const away = (this.#away = new AbortController());
    this.#release();
    input.pause();
    await nextTurn(); // only then is it no longer read
    try {
      const { editElsewhere } = await import('../editor/external.ts');
      this.#editor.text = await editElsewhere(editor, this.#editor.text, away.signal);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#held.push(() => output.write(`(The editor changed nothing: ${escapeLine(reason)}.)\n`));
    }
    this.#away = undefined;
    for (const print of this.#held.splice(0)) print();
    this.resume();
  }
}
