/** The person's side: what they type, what they see, what Ctrl-C means, and the approval question. */
import type { ReadStream, WriteStream } from 'node:tty';
import { Chalk, supportsColor, supportsColorStderr, type ChalkInstance } from 'chalk';
import { escapeForTerminal, escapeLine } from './text/escape.ts';
import type { ApprovalAnswer, ApprovalRequest } from '../tools/approval.ts';
import { askApproval } from './question/ask-approval.ts';
import { openLineInput } from './input/input.ts';
import { Interrupts } from './interrupts.ts';
import { ProgressRow } from './screen/progress-row.ts';
import { yesOrNo } from './question/yes-or-no.ts';
import { Screen } from './screen/screen.ts';
import { wrapText } from './text/spans.ts';
import { wrapLine } from './text/wrap.ts';
import type { CommandContext } from './commands/command.ts';
import type { LineInput } from './input/line-input.ts';

/** How the program is used: a conversation, one request with progress, or the answer alone. */
export type Mode = 'repl' | 'once' | 'print';

export interface ConsoleOptions {
  mode: Mode;
  stdin: ReadStream;
  stdout: WriteStream;
  stderr: WriteStream;
  /** NO_COLOR and TERM say what the terminal is to be sent. */
  env: NodeJS.ProcessEnv;
  /** Stops the program, as Ctrl-Z does. */
  suspend: () => void;
  /** Without the line that tells what a request has cost. */
  quiet: boolean;
}

/** 128 + the number of SIGINT. */
const INTERRUPTED = 130;
/** The width of a terminal that was told none. */
const DEFAULT_COLUMNS = 80;
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
  /** A person types where the progress shows. */
  readonly #canEdit: boolean;
  readonly #chalk: ChalkInstance;
  readonly #mode: Mode;
  readonly #progress: WriteStream;
  readonly #stderr: WriteStream;
  /** A person could type, but would not see what they are asked. */
  readonly #isBlind: boolean;
  readonly #canWipe: boolean;
  #lastInterrupt = 0;

  constructor(options: ConsoleOptions) {
    const { mode, stdin, stdout, stderr, env, suspend, quiet } = options;
    const noColour = Boolean(env['NO_COLOR']); // no-color.org
    const isDumb = env['TERM'] === 'dumb'; // it shows escape sequences as they are
    this.#mode = mode;
    this.#stderr = stderr;
    this.#progress = mode === 'repl' ? stdout : stderr;
    this.#isBlind = Boolean(stdin.isTTY && !this.#progress.isTTY);
    this.isTerminal = Boolean(stdin.isTTY && stdout.isTTY);
    this.#canEdit = Boolean(stdin.isTTY && this.#progress.isTTY);
    this.canAsk = this.#canEdit && mode !== 'print';
    this.#canWipe = !isDumb;
    const supported = mode === 'repl' ? supportsColor : supportsColorStderr;
    const chalkFor = (colours: typeof supported) =>
      new Chalk({ level: noColour || !colours ? 0 : colours.level });
    this.#chalk = chalkFor(supported);
    const streams = Boolean(stdout.isTTY) && mode !== 'print';
    this.input = openLineInput({
      input: stdin,
      output: this.#progress,
      isTerminal: this.#canEdit,
      isDumb,
      onInterrupt: () => this.interrupt(),
      onEscape: () => this.#stopRequest(),
      suspend,
    });
    this.screen = new Screen({
      answers: stdout,
      progress: mode === 'print' ? undefined : this.#progress,
      streams,
      answerChalk: streams && !isDumb ? chalkFor(supportsColor) : undefined,
      showsStatus: Boolean(this.#progress.isTTY) && streams && !isDumb,
      showsCost: this.isTerminal && mode === 'repl' && !quiet,
      chalk: this.#chalk,
    });
  }

  /** Ctrl-C: stops what runs; at the prompt it clears the line, and pressed twice it leaves. */
  interrupt(): void {
    if (this.input.isAway || this.#stopRequest()) return;
    if (this.#mode !== 'repl' || !this.isTerminal) this.interrupts.leave(INTERRUPTED);
    else if (this.input.hasText) this.#interruptPrompt();
    // The request of a line that was sent in the same moment begins in this turn, but later.
    else setImmediate(() => this.#stopRequest() || this.#interruptPrompt());
  }

  #interruptPrompt(): void {
    const { hasText } = this.input;
    const isSecond = Date.now() - this.#lastInterrupt < TWICE_MS;
    if (isSecond && !hasText) return this.interrupts.leave(INTERRUPTED);
    this.#lastInterrupt = hasText ? 0 : Date.now();
    this.input.restart('Press Ctrl-C again, or /exit, to quit.');
  }

  /** Stops what runs, if anything does. What was typed for after it may rest upon it. */
  #stopRequest(): boolean {
    if (!this.interrupts.stopRequest()) return false;
    this.#dropTypedAhead();
    return true;
  }

  #dropTypedAhead(): void {
    const dropped = this.input.dropWaiting();
    if (dropped === 0) return;
    this.screen.clear();
    const lines = dropped === 1 ? '1 line typed ahead was' : `${dropped} lines typed ahead were`;
    this.note(`${lines} dropped.`);
  }

  /** Puts a call before the person. Where nobody can be asked, it is a no with its reason. */
  async askApproval(call: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer> {
    if (this.#mode === 'print') {
      const reason = 'with --print nobody can be asked';
      this.say(`${call.tool} was not run: ${reason}. To allow it, use --approval auto.`);
      return { allowed: false, reason };
    }
    if (this.#isBlind) return { allowed: false, reason: 'the question could not be shown' };
    const desk = {
      input: this.input,
      isTerminal: this.#canEdit,
      chalk: this.#chalk,
      columns: this.#columns,
      write: (text: string) => void this.#progress.write(text),
    };
    this.screen.pause();
    const answer = await askApproval(call, desk, signal);
    this.screen.resume();
    return answer;
  }

  /**
   * Puts a question that Enter answers with yes: what it is about, then the question itself, until
   * there is a yes or a no. The end of input is a no, and so is a person who cannot be asked. What is
   * typed instead is taken for a request, and kept for the prompt.
   */
  async confirm(what: string, question: string, signal: AbortSignal): Promise<boolean> {
    if (!this.canAsk) return false;
    this.screen.clear();
    const about = escapeLine(what);
    const prompt = `${escapeLine(question)} [Y/n] `;
    const room = (this.#columns ?? Infinity) - ANSWER_COLUMNS;
    const isShort = wrapLine(`${about} ${prompt}`, 0, room).length === 1;
    if (!isShort) writeLine(this.#progress, about);
    for (;;) {
      const line = await this.input.readFresh(isShort ? `${about} ${prompt}` : prompt, signal);
      const answer = line === undefined ? false : yesOrNo(line);
      if (answer !== undefined) return answer;
      this.#keepRequest(line ?? '');
    }
  }

  /** A question was answered with a request: it is for the next prompt, where one will come. */
  #keepRequest(line: string): void {
    if (this.#mode !== 'repl') return this.note('Please answer y or n.');
    this.input.keep(line);
    this.note('Kept for the next prompt.');
  }

  /** A row for how far something has come. */
  progressRow(): ProgressRow {
    return new ProgressRow({
      output: this.#progress,
      columns: () => this.#columns ?? DEFAULT_COLUMNS,
      canWipe: this.#canWipe,
    });
  }

  /** As wide as the terminal is now; one that was told no size says 0. */
  get #columns(): number | undefined {
    return this.#progress.columns || undefined;
  }

  /** What commands need of the terminal. */
  forCommands(signal: AbortSignal): Pick<CommandContext, 'chalk' | 'columns' | 'print' | 'ask'> {
    return {
      chalk: this.#chalk,
      columns: this.#columns,
      print: (text) => void this.#progress.write(`${text}\n`),
      ask: (prompt) =>
        this.isTerminal ? this.input.readFresh(prompt, signal) : Promise.resolve(undefined),
    };
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

  /** Takes the terminal again, after the program was stopped. */
  resume(): void {
    this.input.resume();
  }

  /** Leaves the terminal as it was. */
  close(): void {
    this.input.close();
  }
}

/** Writes a message, in a terminal wrapped between words. */
function writeLine(output: WriteStream, message: string): void {
  const rows = wrapText(escapeForTerminal(message), output.columns || Infinity);
  output.write(`${rows.join('\n')}\n`);
}
