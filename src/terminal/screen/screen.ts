/** What the loop does, on the screen: one place for all output of a request. */
import type { Writable } from 'node:stream';
import type { ChalkInstance } from 'chalk';
import type { AgentEvent } from '../../agent/events.ts';
import { PlainAnswer, type AnswerView } from '../answer/answer-view.ts';
import { Cost } from './cost.ts';
import { escapeLine } from '../text/escape.ts';
import { wrapText, type Paint } from '../text/spans.ts';
import { StatusLine } from './status-line.ts';
import {
  doneLine,
  headingLine,
  failureLine,
  isFailure,
  outputRows,
  runningLine,
  type Call,
} from './tool-line.ts';

/** The longest line where nothing tells how long one may be. */
const MAX_COLUMNS = 200;
const DEFAULT_COLUMNS = 80;
const CHARS_PER_TOKEN = 4;
/** Rows of the reason why a call failed. */
const FAILURE_ROWS = 3;

/** A stream that may be a terminal, which tells its width. */
export type Output = Writable & { columns?: number };

export interface ScreenOptions {
  /** Where the answer goes. */
  answers: Output;
  /** Where everything else goes: tool lines, notices. Undefined: nowhere. */
  progress: Output | undefined;
  /** Show the answer while it is made; without it, once it is whole. */
  streams: boolean;
  /** Show the answer as rendered Markdown in these colours; without it, as the model wrote it. */
  answerChalk?: ChalkInstance | undefined;
  /** Say what is going on while nothing else is shown: where that can be wiped again. */
  showsStatus: boolean;
  /** End each request with a line that tells what it cost. */
  showsCost: boolean;
  chalk: ChalkInstance;
}

export class Screen {
  readonly #options: ScreenOptions;
  readonly #status: StatusLine | undefined;
  #opening: Promise<AnswerView> | undefined;
  #answer: AnswerView | undefined;
  /** What has been shown of the reply that is being made. */
  #shown = '';
  /** What had been shown of it before a message came in between. */
  #shownBefore = '';
  /** How many pieces of it have come. */
  #tokens = 0;
  #cost = new Cost();
  /** The calls that run: the agent's, and in it that of a delegate. */
  readonly #calls: Call[] = [];
  /** The call to a delegate has a line already, with what the delegate does below it. */
  #hasHeading = false;

  constructor(options: ScreenOptions) {
    this.#options = options;
    const { progress, showsStatus, chalk } = options;
    if (!progress || !showsStatus) return;
    const columns = () => this.#columns;
    const isRowFree = () => !this.#answer?.isRowOpen;
    this.#status = new StatusLine({ output: progress, columns, isRowFree, chalk });
  }

  /**
   * A request begins: what it costs is counted from here. The first that it waits for is the model,
   * which a server that was asked just now still loads.
   */
  begin(): void {
    this.#cost = new Cost();
    this.#status?.show((seconds) => `loading the model… · ${seconds} s`);
  }

  /** Wipes what only stands for the time being, and ends the row: for a message, or a failure. */
  clear(): void {
    this.#status?.stop();
    this.#shownBefore += this.#shown;
    this.#endAnswer();
  }

  /** Makes room for a question to the person. */
  pause(): void {
    this.#status?.pause();
    this.#cost.pause();
  }

  /** The question is answered. */
  resume(): void {
    this.#status?.resume();
    this.#cost.resume();
  }

  /** Shows one event; `depth` is 1 for those of a delegate. The next one must wait for it. */
  async show(event: AgentEvent, depth = 0): Promise<void> {
    const { chalk, streams } = this.#options;
    if (depth > 0) this.#nest(event);
    switch (event.type) {
      case 'model_start':
        this.#endAnswer();
        this.#awaitReply(event);
        break;
      case 'model_delta':
        this.#countToken();
        if (streams && depth === 0 && event.answer !== '') await this.#write(event.answer);
        break;
      case 'model_end':
        this.#cost.add(event);
        break;
      case 'malformed':
        this.#line(chalk.yellow, `! ${escapeLine(event.problem)}; asking again`, depth);
        break;
      case 'tool_start':
        if (depth === 0) this.#cost.steps++;
        this.#startCall(event, depth);
        break;
      case 'tool_end':
        this.#endCall(event, depth);
        break;
      case 'compacted': {
        const text = `• older entries shortened by ${event.saved} characters, to fit the window`;
        this.#line(chalk.dim, text, depth);
        break;
      }
      case 'final':
        if (depth === 0) await this.#finish(event);
    }
  }

  #awaitReply({ newChars }: AgentEvent & { type: 'model_start' }): void {
    this.#tokens = 0;
    this.#shownBefore = '';
    this.#opening ??= this.#openAnswer(); // while the model is at work there is time for it
    const size = tokens(newChars / CHARS_PER_TOKEN);
    this.#status?.show((...time) => progressLine('reading the prompt', size, ...time));
  }

  /** A piece of a reply is about a token; what is not for the person is only counted. */
  #countToken(): void {
    if (this.#tokens++ > 0) return;
    this.#status?.show((...time) => progressLine('writing', tokens(this.#tokens), ...time));
  }

  #startCall(call: Call, depth: number): void {
    this.#endAnswer();
    this.#calls.length = depth;
    this.#calls.push(call);
    if (depth === 0) this.#hasHeading = false;
    this.#status?.show((seconds, columns) => runningLine(call, seconds, columns));
  }

  #endCall(end: AgentEvent & { type: 'tool_end' }, depth: number): void {
    const { chalk } = this.#options;
    this.#status?.stop();
    const paint = isFailure(end) ? chalk.red : chalk.dim;
    const columns = this.#columns - 2 * depth;
    const hasLine = depth === 0 && this.#hasHeading;
    if (!hasLine) this.#line(paint, doneLine(end, columns), depth);
    const failure = failureLine(end);
    if (failure !== undefined) this.#line(paint, failure, depth + 1, FAILURE_ROWS);
    for (const row of outputRows(end, columns - 2)) this.#line(chalk.dim, row, depth + 1);
  }

  /** Where the progress goes, as wide as it is now. */
  get #columns(): number {
    return this.#options.progress?.columns || MAX_COLUMNS;
  }

  /** What a delegate does stands below a line that tells what it was asked. */
  #nest({ type }: AgentEvent): void {
    const [call] = this.#calls;
    const isSilent = !['tool_end', 'malformed', 'compacted'].includes(type);
    if (!call || this.#hasHeading || isSilent) return;
    this.#hasHeading = true;
    this.#line(this.#options.chalk.dim, headingLine(call, this.#columns), 0);
  }

  /** One line, which becomes at most so many rows where the terminal is narrow. */
  #line(paint: Paint, text: string, level: number, maxRows = Infinity): void {
    const { progress } = this.#options;
    const indent = '  '.repeat(level);
    this.#status?.wipe();
    this.#endAnswer();
    const columns = progress?.columns ? this.#columns - indent.length : Infinity;
    for (const row of wrapText(text, columns).slice(0, maxRows)) {
      progress?.write(`${paint(indent + row)}\n`);
    }
  }

  async #write(text: string): Promise<void> {
    this.#answer ??= await (this.#opening ??= this.#openAnswer());
    this.#shown += text;
    this.#answer.push(text);
  }

  /** What renders Markdown is loaded here, so that the program starts without. */
  async #openAnswer(): Promise<AnswerView> {
    const { answers, answerChalk } = this.#options;
    const write = (text: string) => {
      this.#status?.wipe();
      answers.write(text);
    };
    if (!answerChalk) return new PlainAnswer(write);
    const { MarkdownAnswer } = await import('../answer/markdown-answer.ts');
    const columns = () => answers.columns || DEFAULT_COLUMNS;
    return new MarkdownAnswer({ write, columns, chalk: answerChalk });
  }

  /** Ends a reply that was shown in part, whether it was the answer or not. */
  #endAnswer(): void {
    if (this.#shown !== '') this.#answer?.end();
    this.#shown = '';
  }

  /** Shows what is still to be shown of the answer, or why there is none. */
  async #finish({ reason, text }: AgentEvent & { type: 'final' }): Promise<void> {
    const { chalk, showsCost } = this.#options;
    if (reason === 'answer') {
      const shown = this.#shownBefore + this.#shown;
      const isGoingOn = text.startsWith(shown);
      if (!isGoingOn) this.#endAnswer();
      const rest = isGoingOn ? text.slice(shown.length) : text;
      if (rest !== '') await this.#write(rest);
      this.#endAnswer();
    } else {
      this.#line(chalk.yellow, text, 0);
    }
    this.#status?.stop();
    if (showsCost) this.#line(chalk.dim, this.#cost.render(), 0);
  }
}

/** What goes on and for how long; how much of it, where there is room. */
function progressLine(what: string, size: string, seconds: number, columns: number): string {
  const line = `${what} · ${seconds} s`;
  return line.length + size.length + 3 <= columns ? `${line} · ${size}` : line;
}

/** A number of tokens that is only estimated. */
function tokens(count: number): string {
  return `~${count < 1000 ? Math.round(count) : `${(count / 1000).toFixed(1)}k`} tokens`;
}
