/** The person's side: what they type, what they see, what Ctrl-C means, and the approval question. */
import type { ReadStream, WriteStream } from 'node:tty';
import { Chalk, supportsColor, supportsColorStderr, type ChalkInstance } from 'chalk';
import { escapeForTerminal } from './escape.ts';
import { askApproval, type ApprovalAnswer } from './ask-approval.ts';
import type { CommandContext } from './commands.ts';
import { LineInput } from './input.ts';
import { Interrupts } from './interrupts.ts';
import type { AskedCall } from './question.ts';
import { Screen } from './render.ts';

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
  readonly #chalk: ChalkInstance;
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
    // A terminal without colours, TERM=dumb, would show an escape sequence as it is.
    const canWipe = Boolean(supported);
    this.#chalk = new Chalk({ level: noColour || !supported ? 0 : supported.level });
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
      streams: Boolean(stdout.isTTY) && mode !== 'print',
      marksWaiting: Boolean(this.#progress.isTTY && stdout.isTTY) && canWipe && mode !== 'print',
      showsCost: this.isTerminal && mode === 'repl',
      chalk: this.#chalk,
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

  /** Puts a call before the person. Where nobody can be asked, it is a no with its reason. */
  async askApproval(call: AskedCall, signal: AbortSignal): Promise<ApprovalAnswer> {
    if (this.#mode === 'print') {
      const reason = 'with --print nobody can be asked';
      this.say(`${call.tool} was not run: ${reason}. To allow it, use --approval auto.`);
      return { allowed: false, reason };
    }
    if (this.#isBlind) return { allowed: false, reason: 'the question could not be shown' };
    const desk = {
      input: this.input,
      isTerminal: this.input.isTerminal,
      chalk: this.#chalk,
      // A terminal that was told no size has 0 columns.
      columns: this.#progress.columns || undefined,
      write: (text: string) => void this.#progress.write(text),
    };
    return askApproval(call, desk, signal);
  }

  /** What commands need of the terminal. */
  forCommands(signal: AbortSignal): Pick<CommandContext, 'chalk' | 'columns' | 'ask'> {
    return {
      chalk: this.#chalk,
      columns: this.#progress.columns || undefined,
      ask: (prompt) => this.input.readFresh(prompt, signal),
    };
  }

  /** One message beside the answers, also while the person is typing. */
  say(message: string): void {
    this.screen.clear();
    this.input.interject(() =>
      this.#stderr.write(`mini-coding-agent: ${escapeForTerminal(message)}\n`),
    );
  }

  /** One line among the progress; there is none with --print. */
  note(message: string): void {
    if (this.#mode !== 'print') this.#progress.write(`${escapeForTerminal(message)}\n`);
  }

  close(): void {
    this.input.close();
  }
}
