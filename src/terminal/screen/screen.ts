/** Shows what the loop does: all output of a request is written here. */
import type { Writable } from 'node:stream';
import type { ChalkInstance } from 'chalk';
import type { AgentEvent } from '../../agent/events.ts';
import { Cost } from './cost.ts';
import { escapeLine } from '../text/escape.ts';
import { wrapText, type Paint } from '../text/spans.ts';
import { answerOutput, type AnswerOutput, type AnswerOutputOptions } from './answer-output.ts';
import { THOUGHT_MARK } from './live-thought.ts';
import { isWarning, noteLine } from './note-line.ts';
import { ReplyProgress } from './reply-progress.ts';
import { StatusLine } from './status-line.ts';
import {
  doneLine,
  headingLine,
  failureLine,
  isFailure,
  outputRows,
  runningLine,
  type Call,
  type CallEnd,
} from './tool-line.ts';

/** The longest line where the width is not known. */
const MAX_COLUMNS = 200;
/** The most rows for the reason why a call failed, or for what the person has said. */
const MOST_ROWS = 3;

/** A stream; a terminal has a width in columns. */
type Output = Writable & { columns?: number };

/** Where and how things are shown. */
export interface ScreenOptions {
  /** Where the answer goes. */
  answers: Output;
  /** Where everything else goes: tool lines and notices. Undefined: nowhere. */
  progress: Output | undefined;
  /** What of the answer is shown as it arrives. */
  streams: AnswerOutputOptions['streams'];
  /** Render the answer as Markdown in these colours; otherwise it is shown as the model wrote it. */
  answerChalk?: ChalkInstance | undefined;
  /** Show a status row while nothing else is shown. It needs a terminal that can erase a row. */
  showsStatus: boolean;
  /** How the person opens a thought; empty where they cannot. */
  thoughtHint?: string;
  /** End each request with a line about its cost. */
  showsCost: boolean;
  chalk: ChalkInstance;
}

/** Shows each event of the loop. The next one must wait until `show` is done. */
export class Screen {
  readonly #options: ScreenOptions;
  readonly #status: StatusLine | undefined;
  readonly #answer: AnswerOutput;
  readonly #reply: ReplyProgress;
  #cost = new Cost();
  /** The calls that are running: the agent's, and within it a delegate's. */
  readonly #calls: Call[] = [];
  /** The call to a delegate already has its line, above what the delegate does. */
  #hasHeading = false;

  constructor(options: ScreenOptions) {
    this.#options = options;
    const { answers, answerChalk, progress, showsStatus, chalk, streams } = options;
    this.#answer = answerOutput({
      streams,
      write: (text) => {
        if (this.#status) this.#status.around(() => answers.write(text));
        else answers.write(text);
      },
      columns: () => answers.columns,
      chalk: answerChalk,
    });
    if (progress && showsStatus) {
      const columns = () => this.#columns;
      const rowState = () => this.#answer.rowState;
      this.#status = new StatusLine({ output: progress, columns, rowState, chalk });
    }
    this.#reply = new ReplyProgress({
      status: this.#status,
      tell: (line) => this.#line(chalk.dim, line, 0),
      thoughtHint: options.thoughtHint ?? '',
    });
  }

  /** A request begins: its cost is counted from here. */
  begin(): void {
    this.#cost = new Cost();
    this.#reply.load();
  }

  /** Removes the status row and ends the current row: for a message, or a failure. */
  clear(): void {
    this.#status?.stop();
    this.#answer.interrupt();
  }

  /** Makes room for a question to the person. */
  pause(): void {
    this.#status?.pause();
    this.#cost.pause();
  }

  /** The question was answered. */
  resume(): void {
    this.#status?.resume();
    this.#cost.resume();
  }

  /** Shows all of the last thought, so far as it has come. */
  openThought(): void {
    const { dim } = this.#options.chalk;
    const text = this.#reply.thought;
    this.#answer.interrupt();
    if (text === '') return this.#line(dim, '(no thought so far)', 1);
    for (const line of text.split('\n')) this.#line(dim, line, 1, Infinity, THOUGHT_MARK);
  }

  /** Shows one event; `depth` is 1 for those of a delegate. */
  async show(event: AgentEvent, depth = 0): Promise<void> {
    const { chalk } = this.#options;
    if (depth > 0) this.#nest(event);
    switch (event.type) {
      case 'model_start':
        this.#answer.begin();
        this.#reply.read(event);
        break;
      case 'prompt_ahead':
        this.#reply.read(event);
        break;
      case 'prompt_progress':
        this.#reply.readUpTo(event);
        break;
      case 'thought':
        this.#reply.think(event.text);
        break;
      case 'model_delta':
        this.#reply.write(event.answer, depth);
        if (depth === 0 && event.answer !== '') {
          await this.#answer.write(event.answer, event.isAnswer);
        }
        break;
      case 'model_end':
        this.#reply.endThought(depth);
        this.#cost.add(event);
        break;
      case 'tool_start':
        if (depth === 0) this.#cost.steps++;
        this.#startCall(event, depth);
        break;
      case 'check_start':
        this.#answer.interrupt();
        this.#startCall(event, depth);
        break;
      case 'tool_end':
      case 'check_end':
        this.#endCall(event, depth);
        break;
      case 'final':
        if (depth === 0) await this.#finish(event);
        break;
      default: {
        const rows = event.type === 'heard' ? MOST_ROWS : Infinity;
        this.#line(isWarning(event) ? chalk.yellow : chalk.dim, noteLine(event), depth, rows);
      }
    }
    if (event.type === 'busy') {
      this.#status?.show((seconds) => `waiting for the server · ${seconds} s`);
    }
  }

  #startCall(call: Call, depth: number): void {
    this.#answer.end();
    this.#calls.length = depth;
    this.#calls.push(call);
    if (depth === 0) this.#hasHeading = false;
    this.#status?.show((seconds, columns) => runningLine(call, seconds, columns));
  }

  #endCall(end: CallEnd, depth: number): void {
    const { chalk } = this.#options;
    this.#status?.stop();
    this.#reply.forgetThought(); // a delegate's that broke off
    const paint = isFailure(end) ? chalk.red : chalk.dim;
    const columns = this.#columns - 2 * depth;
    const hasLine = depth === 0 && this.#hasHeading;
    if (!hasLine) this.#line(paint, doneLine(end, columns), depth);
    const failure = failureLine(end);
    if (failure !== undefined) this.#line(paint, failure, depth + 1, MOST_ROWS);
    for (const row of outputRows(end, columns - 2)) this.#line(chalk.dim, row, depth + 1);
  }

  /** The width of the progress, as it is now. */
  get #columns(): number {
    return this.#options.progress?.columns || MAX_COLUMNS;
  }

  /** What a delegate does is shown below a line about its task. */
  #nest({ type }: AgentEvent): void {
    const [call] = this.#calls;
    const isSilent = !['tool_end', 'busy', 'notice', 'malformed', 'compacted'].includes(type);
    if (!call || this.#hasHeading || isSilent) return;
    this.#hasHeading = true;
    this.#line(this.#options.chalk.dim, headingLine(call, this.#columns), 0);
  }

  /** One line, wrapped to at most `maxRows` rows, each of which begins with `mark`. */
  #line(paint: Paint, text: string, level: number, maxRows = Infinity, mark = ''): void {
    const { progress } = this.#options;
    const indent = '  '.repeat(level) + mark;
    this.#status?.wipe();
    this.#answer.end();
    const columns = progress?.columns ? this.#columns - indent.length : Infinity;
    for (const row of wrapText(text, columns).slice(0, maxRows)) {
      progress?.write(`${paint(indent + row)}\n`);
    }
  }

  /** Shows the rest of the answer, or why there is none. */
  async #finish({ reason, text }: AgentEvent & { type: 'final' }): Promise<void> {
    const { chalk, showsCost } = this.#options;
    this.#reply.endThought(0);
    if (reason === 'answer') {
      await this.#answer.finish(text);
    } else {
      this.#answer.interrupt();
      this.#line(chalk.yellow, escapeLine(text), 0);
    }
    this.#status?.stop();
    if (showsCost) this.#line(chalk.dim, this.#cost.render(), 0);
  }
}
