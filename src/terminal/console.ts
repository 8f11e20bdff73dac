/** The person's side: what they type, what they see, what Ctrl-C means, and the approval question. */
import type { ReadStream, WriteStream } from 'node:tty';
import { Chalk, supportsColor, supportsColorStderr, type ChalkInstance } from 'chalk';
import { escapeForTerminal, escapeLine } from './escape.ts';
import { isYes, renderQuestion } from './ask-approval.ts';
import type { CommandContext } from './commands.ts';
import { LineInput } from './input.ts';
import { Interrupts } from './interrupts.ts';
import { ProgressRow } from './progress-row.ts';
import { Screen } from './render.ts';
import { wrapLine } from './wrap.ts';

/** How the program is used: a conversation, one request with progress, or the answer alone. */
export type Mode = 'repl' | 'once' | 'print';

export interface ConsoleOptions {
  mode: Mode;
  stdin: ReadStream;
  stdout: WriteStream;
  stderr: WriteStream;
  noColour: boolean;
  /** Without the line that tells what a request has cost. */
  quiet: boolean;
}

/** 128 + the number of SIGINT. */
const INTERRUPTED = 130;
/** Room for what is answered, in columns. */
const ANSWER_COLUMNS = 4;
/** Two Ctrl-C at the prompt within this time leave, in milliseconds. */
const TWICE_MS = 2_000;

export class Console {
  readonly interrupts = new Interrupts();
  readonly input: LineInput;
  readonly screen: Screen;
  /** A person sees what they are asked, and can answer. */
  readonly canAsk: boolean;
  /** A person sits at both ends. */
  readonly isTerminal: boolean;
  readonly #chalk: ChalkInstance;
  readonly #mode: Mode;
  readonly #progress: WriteStream;
  readonly #stderr: WriteStream;
  /** A person could type, but would not see what they are asked. */
  readonly #isBlind: boolean;
  readonly #canWipe: boolean;
  #lastInterrupt = 0;

  constructor({ mode, stdin, stdout, stderr, noColour, quiet }: ConsoleOptions) {
    this.#mode = mode;
    this.#stderr = stderr;
    this.#progress = mode === 'repl' ? stdout : stderr;
    this.#isBlind = Boolean(stdin.isTTY && !this.#progress.isTTY);
    this.isTerminal = Boolean(stdin.isTTY && stdout.isTTY);
    this.canAsk = Boolean(stdin.isTTY && this.#progress.isTTY) && mode !== 'print';
    const supported = mode === 'repl' ? supportsColor : supportsColorStderr;
    // A terminal without colours, TERM=dumb, would show an escape sequence as it is.
    const canWipe = Boolean(supported);
    this.#chalk = new Chalk({ level: noColour || !supported ? 0 : supported.level });
    this.#canWipe = canWipe;
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
      showsCost: this.isTerminal && mode === 'repl' && !quiet,
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
    this.#progress.write(`${details}\n`);
    const answer = await this.input.readFresh(prompt, signal);
    if (isYes(answer)) return { allowed: true };
    const reason = answer === undefined ? 'nobody answered' : 'the user said no';
    return { allowed: false, reason };
  }

  /**
   * Puts a question that Enter answers with yes: what it is about, then the question itself. No
   * answer is a no, and so is a person who cannot be asked.
   */
  async confirm(what: string, question: string, signal: AbortSignal): Promise<boolean> {
    if (!this.canAsk) return false;
    this.screen.clear();
    const about = escapeLine(what);
    const prompt = `${escapeLine(question)} [Y/n] `;
    const room = (this.#progress.columns || Infinity) - ANSWER_COLUMNS;
    const isShort = wrapLine(`${about} ${prompt}`, 0, room).length === 1;
    if (!isShort) this.#progress.write(`${about}\n`);
    const answer = await this.input.readFresh(isShort ? `${about} ${prompt}` : prompt, signal);
    return answer !== undefined && (answer.trim() === '' || isYes(answer));
  }

  /** A row for how far something has come. */
  progressRow(): ProgressRow {
    const output = this.#progress;
    return new ProgressRow({
      output,
      columns: () => output.columns || 80,
      canWipe: this.#canWipe,
    });
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
