/** The person's side: what they type, what they see, what Ctrl-C means, and the approval question. */
import type { ReadStream, WriteStream } from 'node:tty';
import { Chalk, supportsColor, supportsColorStderr } from 'chalk';
import { escapeForTerminal } from './escape.ts';
import { isYes, renderQuestion } from './ask-approval.ts';
import { LineInput } from './input.ts';
import { Interrupts } from './interrupts.ts';
import { Screen } from './render.ts';
import { wrapText } from './spans.ts';

/** How the program is used: a conversation, one request with progress, or the answer alone. */
export type Mode = 'repl' | 'once' | 'print';

export interface ConsoleOptions {
  mode: Mode;
  stdin: ReadStream;
  stdout: WriteStream;
  stderr: WriteStream;
  noColour: boolean;
}

/** 128 + the number of SIGINT. */
const INTERRUPTED = 130;
/** Two Ctrl-C at the prompt within this time leave, in milliseconds. */
const TWICE_MS = 2_000;

export class Console {
  readonly interrupts = new Interrupts();
  readonly input: LineInput;
  readonly screen: Screen;
  /** A person sits at both ends. */
  readonly isTerminal: boolean;
  readonly #mode: Mode;
  readonly #progress: WriteStream;
  readonly #stderr: WriteStream;
  /** A person could type, but would not see what they are asked. */
  readonly #isBlind: boolean;
  #lastInterrupt = 0;

  constructor({ mode, stdin, stdout, stderr, noColour }: ConsoleOptions) {
    this.#mode = mode;
    this.#stderr = stderr;
    this.#progress = mode === 'repl' ? stdout : stderr;
    this.#isBlind = Boolean(stdin.isTTY && !this.#progress.isTTY);
    this.isTerminal = Boolean(stdin.isTTY && stdout.isTTY);
    const supported = mode === 'repl' ? supportsColor : supportsColorStderr;
    const chalkFor = (colours: typeof supported) =>
      new Chalk({ level: noColour || !colours ? 0 : colours.level });
    // A terminal without colours, TERM=dumb, would show an escape sequence as it is.
    const canWipe = Boolean(supported);
    const streams = Boolean(stdout.isTTY) && mode !== 'print';
    this.input = new LineInput({
      input: stdin,
      output: this.#progress,
      isTerminal: Boolean(stdin.isTTY && this.#progress.isTTY),
      canWipe,
      onInterrupt: () => this.interrupt(),
    });
    this.screen = new Screen({
      answers: stdout,
      progress: mode === 'print' ? undefined : this.#progress,
      streams,
      answerChalk: streams && supportsColor ? chalkFor(supportsColor) : undefined,
      showsStatus: Boolean(this.#progress.isTTY) && streams && canWipe,
      showsCost: this.isTerminal && mode === 'repl',
      chalk: chalkFor(supported),
    });
  }

  /** Ctrl-C: stops what runs; at the prompt it clears the line, and pressed twice it leaves. */
  interrupt(): void {
    if (this.interrupts.stopRequest()) return this.#dropTypedAhead();
    const hasText = this.input.hasText;
    const isSecond = Date.now() - this.#lastInterrupt < TWICE_MS;
    if (this.#mode !== 'repl' || !this.isTerminal || (isSecond && !hasText)) {
      this.interrupts.leave(INTERRUPTED);
      return;
    }
    this.#lastInterrupt = hasText ? 0 : Date.now();
    this.input.restart('(Ctrl-C again, or /exit, leaves.)');
  }

  /** What was typed for after the request that is stopped may rest upon it. */
  #dropTypedAhead(): void {
    const dropped = this.input.dropWaiting();
    if (dropped === 0) return;
    this.screen.clear();
    const lines = dropped === 1 ? '1 line typed ahead was' : `${dropped} lines typed ahead were`;
    this.note(`${lines} dropped.`);
  }

  /** Puts a call before the person. No answer, and whatever is not yes, is a no with its reason. */
  async askApproval(
    { tool, args }: { tool: string; args: Readonly<Record<string, unknown>> },
    signal: AbortSignal,
  ): Promise<{ allowed: true } | { allowed: false; reason: string }> {
    if (this.#mode === 'print') {
      const reason = 'with --print nobody can be asked';
      this.say(`${tool} was not run: ${reason}. To allow it, use --approval auto.`);
      return { allowed: false, reason };
    }
    if (this.#isBlind) return { allowed: false, reason: 'the question could not be shown' };
    // A terminal that was told no size has 0 columns.
    const { details, prompt } = renderQuestion(tool, args, this.#progress.columns || undefined);
    this.screen.pause();
    this.#progress.write(`${details}\n`);
    const answer = await this.input.readFresh(prompt, signal);
    this.screen.resume();
    if (isYes(answer)) return { allowed: true };
    const reason = answer === undefined ? 'nobody answered' : 'the user said no';
    return { allowed: false, reason };
  }

  /** One message beside the answers, also while the person is typing. */
  readonly say = (message: string): void => {
    this.screen.clear();
    this.input.interject(() => writeLine(this.#stderr, `mini-coding-agent: ${message}`));
  };

  /** One line among the progress; there is none with --print. */
  note(message: string): void {
    if (this.#mode !== 'print') writeLine(this.#progress, message);
  }

  close(): void {
    this.input.close();
  }
}

/** Writes a message, in a terminal wrapped between words. */
function writeLine(output: WriteStream, message: string): void {
  const rows = wrapText(escapeForTerminal(message), output.columns || Infinity);
  output.write(`${rows.join('\n')}\n`);
}
