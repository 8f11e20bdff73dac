/** The person's side: what they type and see, what Ctrl-C does, and questions to them. */
import type { ReadStream, WriteStream } from 'node:tty';
import { supportsColor, supportsColorStderr, type ChalkInstance } from 'chalk';
import { Bell } from './bell.ts';
import { chalkFor } from './colours.ts';
import { CtrlC } from './ctrl-c.ts';
import { escapeForTerminal, escapeLine } from './text/escape.ts';
import { FOREIGN_MODES_OFF } from './text/sequences.ts';
import type { ApprovalAnswer, ApprovalRequest } from '../tools/approval.ts';
import { askApproval } from './question/ask-approval.ts';
import { isTmux } from './editor/view.ts';
import { openLineInput } from './input/input.ts';
import { Interrupts } from './interrupts.ts';
import { ProgressRow } from './screen/progress-row.ts';
import { askYesOrNo } from './question/yes-or-no.ts';
import { Screen } from './screen/screen.ts';
import { wrapText } from './text/spans.ts';
import { counted } from '../util/counted.ts';
import type { CommandContext } from './commands/command.ts';
import type { LineInput } from './input/line-input.ts';

/** How the program is used: a conversation, one request with progress, or only its answer. */
export type Mode = 'repl' | 'once' | 'print';

/** The streams of the process, and how they are used. */
interface ConsoleOptions {
  mode: Mode;
  stdin: ReadStream;
  stdout: WriteStream;
  stderr: WriteStream;
  /** What is in it about colours and TERM says what the terminal is to show. */
  env: NodeJS.ProcessEnv;
  /** `--no-color`. */
  noColour: boolean;
  /** Ring the bell when something that has run for long ends or asks. */
  rings: boolean;
  /** Suspends the program, as Ctrl-Z does. */
  suspend: () => void;
  /** Leave out the line about the cost of a request. */
  quiet: boolean;
  /** What of an answer goes into a pipe as it arrives. */
  pipes: 'certain' | 'nothing';
}

/** The width of a terminal that has none set. */
const DEFAULT_COLUMNS = 80;

/** One for each run of the program. */
export class Console {
  /** What Ctrl-C stops. */
  readonly interrupts: Interrupts;
  /** Where lines come from. */
  readonly input: LineInput;
  /** Where requests are shown. */
  readonly screen: Screen;
  /** A person can see a question, and answer it. */
  readonly canAsk: boolean;
  /** A person types, and sees the answers. */
  readonly isTerminal: boolean;
  /** A person types where the progress is shown. */
  readonly #canEdit: boolean;
  readonly #chalk: ChalkInstance;
  readonly #mode: Mode;
  readonly #progress: WriteStream;
  readonly #stderr: WriteStream;
  /** A person could type, but would not see a question. */
  readonly #isBlind: boolean;
  readonly #canWipe: boolean;
  readonly #bell: Bell;
  readonly #ctrlC: CtrlC;

  constructor(options: ConsoleOptions) {
    const { mode, stdin, stdout, stderr, env, noColour, rings, suspend, quiet, pipes } = options;
    const isDumb = env['TERM'] === 'dumb'; // it shows escape sequences as text
    this.#mode = mode;
    this.#stderr = stderr;
    this.#progress = mode === 'repl' ? stdout : stderr;
    this.#isBlind = Boolean(stdin.isTTY && !this.#progress.isTTY);
    this.isTerminal = Boolean(stdin.isTTY && stdout.isTTY);
    this.#canEdit = Boolean(stdin.isTTY && this.#progress.isTTY);
    this.canAsk = this.#canEdit && mode !== 'print';
    this.#canWipe = !isDumb;
    const write = (text: string) => void this.#progress.write(text);
    this.#bell = new Bell(rings && this.canAsk ? write : undefined);
    this.interrupts = new Interrupts(this.#bell);
    // At a prompt line editing does it; until there is one, Ctrl-C must work, too.
    if (mode !== 'repl' && this.#canEdit && !isDumb) write(FOREIGN_MODES_OFF);
    const supported = mode === 'repl' ? supportsColor : supportsColorStderr;
    this.#chalk = chalkFor({ noColour, env, supported });
    const isShown = Boolean(stdout.isTTY) && mode !== 'print';
    this.input = openLineInput({
      input: stdin,
      output: this.#progress,
      isTerminal: this.#canEdit,
      isDumb,
      rewraps: isTmux(env),
      onInterrupt: () => this.interrupt(),
      onEscape: () => this.#ctrlC.stopRequest(),
      onOpenThought: () => this.screen.openThought(),
      onTyped: () => this.screen.status?.showTyped(),
      suspend: () => {
        this.screen.status?.suspend();
        suspend();
      },
    });
    const hasPrompt = mode === 'repl' && this.isTerminal;
    this.#ctrlC = new CtrlC({ interrupts: this.interrupts, input: this.input, hasPrompt });
    this.screen = new Screen({
      answers: stdout,
      progress: mode === 'print' ? undefined : this.#progress,
      streams: isShown ? 'all' : pipes,
      answerChalk:
        isShown && !isDumb ? chalkFor({ noColour, env, supported: supportsColor }) : undefined,
      showsStatus: Boolean(this.#progress.isTTY) && !isDumb,
      typed: this.#canEdit && mode === 'repl' ? () => this.input.ahead : undefined,
      stopHint: this.#canEdit ? `${mode === 'repl' ? 'Esc' : 'Ctrl-C'} stops it` : '',
      thoughtHint: this.#canEdit && mode === 'repl' ? 'Ctrl-O shows it' : '',
      showsCost: this.isTerminal && mode === 'repl' && !quiet,
      chalk: this.#chalk,
    });
  }

  /** Ctrl-C: stops what runs; at the prompt it clears the line, and pressed twice it quits. */
  interrupt(): void {
    this.#ctrlC.press();
  }

  /** Asks the person about a call. Where nobody can be asked, the answer is a no with its reason. */
  async askApproval(call: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer> {
    // A policy may allow all else, so that nobody has piped an answer in.
    if (call.isUnread && !this.canAsk) return { allowed: false, reason: 'nobody can be asked' };
    if (this.#mode === 'print') {
      const reason = 'with --print nobody can be asked';
      this.say(`${call.name} was not run: ${reason}. To allow it, use --approval auto.`);
      return { allowed: false, reason };
    }
    if (this.#isBlind) return { allowed: false, reason: 'the question could not be shown' };
    if (call.isOnce && !this.canAsk) return { allowed: false, reason: 'nobody can be asked' };
    const columns = this.#columns;
    const desk = {
      input: this.input,
      isTerminal: this.#canEdit,
      chalk: this.#chalk,
      get columns() {
        return columns(); // it may change while the question is open
      },
      write: (text: string) => void this.#progress.write(text),
    };
    this.screen.pause();
    const answer = await this.#bell.ask(() => askApproval(call, desk, signal));
    this.screen.resume();
    return answer;
  }

  /**
   * Asks a question that Enter answers with yes. A person who cannot be asked says no. An answer that
   * is neither is kept for the prompt, as a request.
   * @param what what the question is about
   */
  async confirm(what: string, question: string, signal: AbortSignal): Promise<boolean> {
    if (!this.canAsk) return false;
    this.screen.clear();
    const desk = {
      input: this.input,
      columns: this.#columns(),
      print: (message: string) => writeLine(this.#progress, escapeLine(message)),
      onOther: (line: string) => this.#keepRequest(line),
    };
    return this.#bell.ask(() => askYesOrNo(what, question, desk, signal));
  }

  /**
   * Asks at the step limit whether the request may go on. An interrupt is a no, and the request is
   * not interrupted by it.
   * @param steps the tool calls made so far
   */
  async mayGoOn(steps: number): Promise<boolean> {
    if (!this.canAsk) return false;
    this.screen.pause();
    const about = `${counted(steps, 'tool call')} made, and no answer yet.`;
    const isYes = await this.interrupts.during((signal) => this.confirm(about, 'Go on?', signal));
    this.screen.resume();
    return isYes;
  }

  /** A question was answered with a request: it is kept for the next prompt, if there will be one. */
  #keepRequest(line: string): void {
    if (this.#mode !== 'repl') return this.note('Please answer y or n.');
    this.input.keep(line);
    this.note('Kept for the next prompt.');
  }

  /** A row for the progress of a download. */
  progressRow(): ProgressRow {
    const columns = () => this.#columns() ?? DEFAULT_COLUMNS;
    return new ProgressRow({ output: this.#progress, columns, canWipe: this.#canWipe });
  }

  /** The terminal's width now; one without a set size says 0. */
  readonly #columns = (): number | undefined => this.#progress.columns || undefined;

  /** What commands need from the terminal. */
  forCommands(signal: AbortSignal): Omit<CommandContext, 'conversation' | 'models' | 'signal'> {
    return {
      chalk: this.#chalk,
      columns: this.#columns(),
      canAsk: this.canAsk,
      print: (text) => void this.#progress.write(`${text}\n`),
      canRedraw: this.isTerminal && this.#canWipe,
      ask: async (prompt, picker) =>
        this.isTerminal
          ? this.#bell.ask(() => this.input.readFresh(prompt, signal, { picker }))
          : undefined,
    };
  }

  /** Prints one message to stderr, also while the person is typing. */
  readonly say = (message: string): void => {
    this.screen.clear();
    this.input.interject(() => writeLine(this.#stderr, `mini-coding-agent: ${message}`));
  };

  /** Prints one line to the progress; with --print, nothing. */
  note(message: string): void {
    if (this.#mode !== 'print') writeLine(this.#progress, message);
  }

  /** Takes the terminal again, after the program was suspended. */
  resume(): void {
    this.screen.status?.forget();
    this.input.resume();
  }

  /** Restores the terminal. */
  close(): void {
    this.input.close();
  }
}

/** Writes a message, wrapped between words in a terminal. */
function writeLine(output: WriteStream, message: string): void {
  const rows = wrapText(escapeForTerminal(message), output.columns || Infinity);
  output.write(`${rows.join('\n')}\n`);
}
