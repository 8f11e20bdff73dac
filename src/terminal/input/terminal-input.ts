/** Lines that are typed in a terminal, which is in raw mode from the first prompt on. */
import type { ExternalEditor, History } from '../editor/aids.ts';
import { Editor } from '../editor/editor.ts';
import { MovingView, PlainView, type View } from '../editor/view.ts';
import type { TypedAhead } from '../screen/typed-rows.ts';
import { escapeLine } from '../text/escape.ts';
import { unpainted } from '../text/spans.ts';
import { Device } from './device.ts';
import { Elsewhere } from './elsewhere.ts';
import { TypedLines } from './typed-lines.ts';
import type { LineInput, ReadOptions, TerminalInputOptions } from './line-input.ts';

/** Reads lines from a terminal with line editing. */
export class TerminalInput implements LineInput {
  readonly #options: TerminalInputOptions;
  readonly #view: View;
  readonly #editor: Editor;
  readonly #device: Device;
  readonly #elsewhere: Elsewhere;
  readonly #lines = new TypedLines();
  /** The history of the last prompt that has one. */
  #history: History | undefined;
  #reader: ((line: string | undefined) => void) | undefined;
  /** What is on the screen while somebody reads. */
  #prompt: { text: string; options: ReadOptions } | undefined;

  constructor(options: TerminalInputOptions) {
    this.#options = options;
    const { output, isDumb, rewraps, onInterrupt, onEscape, onOpenThought, onTyped } = options;
    this.#view = isDumb ? new PlainView(output) : new MovingView(output, rewraps);
    this.#editor = new Editor(this.#view, output, {
      onInterrupt,
      onEscape,
      onOpenThought: () => this.interject(onOpenThought),
      onTyped,
      onLine: (line) => this.#send(line),
      onEnd: () => this.#device.end(),
      onSuspend: () => this.#device.suspend(),
      onEditElsewhere: (editor) => this.#editElsewhere(editor),
    });
    this.#device = new Device(options, {
      onKeys: (keys) => this.#editor.take(keys),
      onTake: () => this.#show(),
      onRelease: () => this.#editor.end(),
      onEnd: () => this.#reader?.(undefined),
    });
    this.#elsewhere = new Elsewhere({
      leave: () => this.#device.lend(),
      comeBack: (text) => {
        if (text !== undefined) this.#editor.text = text;
        this.#device.takeBack();
      },
      print: (text) => output.write(`${text}\n`),
    });
    output.on('resize', () => {
      if (!this.#prompt) return;
      this.#view.resize();
      this.#editor.draw(); // the rows below depend on the width
    });
  }

  async read(
    prompt: string,
    signal?: AbortSignal,
    options: ReadOptions = {},
  ): Promise<string | undefined> {
    this.#device.open();
    this.#history = options.aids?.history ?? this.#history;
    if (this.#isOver(signal)) return this.#readNext(prompt, signal, options);
    const initial = this.#lines.takeText(options.initial ?? '', this.#editor.text);
    return this.#readNext(prompt, signal, {
      ...options,
      ...(initial !== undefined && { initial }),
    });
  }

  #isOver(signal: AbortSignal | undefined): boolean {
    return this.#device.isEnded || (signal?.aborted ?? false);
  }

  /** The next line: typed ahead, or else typed from now on. */
  async #readNext(
    prompt: string,
    signal: AbortSignal | undefined,
    options: ReadOptions,
  ): Promise<string | undefined> {
    const waiting = this.#lines.next();
    if (waiting === undefined && !this.#isOver(signal)) {
      return this.#readTyped(prompt, signal, options);
    }
    const { paint = unpainted } = options;
    this.#options.output.write(`${paint(prompt + escapeLine(waiting ?? ''))}\n`);
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
        this.#editor.end(line?.trim() ? options.paint : undefined);
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
    this.#device.open();
    // Keys may still wait in the terminal: where nobody has read yet, all that were pressed.
    await this.#device.poll();
    // It is not an answer but may be a request: the next prompt begins with it, sent or not.
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

  takeAhead(isWanted: (line: string) => boolean): string[] {
    const lines = this.#lines.takeAhead(isWanted);
    for (const line of lines) this.#history?.add(line);
    return lines;
  }

  keepAhead(): void {
    for (const line of this.#lines.keepAhead()) this.#history?.add(line);
  }

  get ahead(): TypedAhead {
    return { lines: this.#lines.ahead, ...this.#editor.shown };
  }

  get hasText(): boolean {
    return this.#editor.text !== '';
  }

  get isAway(): boolean {
    return this.#elsewhere.isRunning;
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
    if (this.isAway) return this.#elsewhere.hold(print);
    this.#view.wipe();
    print();
    this.#editor.draw();
  }

  close(): void {
    this.keepAhead(); // nobody will read them: the history has them
    this.#elsewhere.abort();
    this.#device.end();
    this.#options.input.destroy();
  }

  resume(): void {
    this.#device.resume();
  }

  /** Enter: while nobody reads, an empty line is none. */
  #send(line: string): void {
    if (this.#reader) this.#reader(line);
    else if (line.trim() !== '') this.#lines.add(line);
  }

  /** Shows the prompt, if there is one. */
  #show(): void {
    if (!this.#prompt || !this.#device.isOn) return;
    const { text, options } = this.#prompt;
    this.#editor.begin(text, options.aids, options.picker);
  }

  #editElsewhere(editor: ExternalEditor | undefined): void {
    if (editor) return void this.#elsewhere.edit(editor, this.#editor.text);
    const message = 'Set VISUAL or EDITOR to the editor that Ctrl-G should open.\n';
    this.interject(() => this.#options.output.write(message));
  }
}
