/** Shows what the loop does: all output of a request is written here. */
import type { Writable } from 'node:stream';
import type { ChalkInstance } from 'chalk';
import type { AgentEvent } from '../../agent/events.ts';
import { Calls } from './calls.ts';
import { Cost } from './cost.ts';
import { escapeLine } from '../text/escape.ts';
import { wrapText, type Paint } from '../text/spans.ts';
import { answerOutput, type AnswerOutput, type AnswerOutputOptions } from './answer-output.ts';
import type { LiveText } from './live-text.ts';
import { isWarning, noteLine } from './note-line.ts';
import { ReplyProgress } from './reply-progress.ts';
import { StatusLine } from './status-line.ts';
import { Thoughts } from './thoughts.ts';
import { NOTHING_TYPED, type TypedAhead } from './typed-rows.ts';

/** The longest line where the width is not known. */
const MAX_COLUMNS = 200;
/** The most rows for what the person has said. */
const MOST_ROWS = 3;

/** A stream; a terminal has a size. */
type Output = Writable & { columns?: number; rows?: number };

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
  /** What the person has typed while there is no prompt, to be shown with it. */
  typed?: (() => TypedAhead) | undefined;
  /** How the person stops a command; empty where they cannot. */
  stopHint?: string;
  /** How the person opens a thought; empty where they cannot. */
  thoughtHint?: string;
  /** End each request with a line about its cost. */
  showsCost: boolean;
  chalk: ChalkInstance;
}

/** Shows each event of the loop. The next one must wait until `show` is done. */
export class Screen {
  readonly #options: ScreenOptions;
  /** What is drawn in place; undefined where nothing is. */
  readonly status: StatusLine | undefined;
  readonly #answer: AnswerOutput;
  readonly #thoughts: Thoughts;
  readonly #reply: ReplyProgress;
  readonly #calls: Calls;
  #cost = new Cost();

  constructor(options: ScreenOptions) {
    this.#options = options;
    const { answers, answerChalk, progress, showsStatus, chalk, streams } = options;
    const { typed = () => NOTHING_TYPED } = options;
    this.#answer = answerOutput({
      streams,
      write: (text) => this.#writePiece(answers, text),
      columns: () => answers.columns,
      chalk: answerChalk,
    });
    if (progress && showsStatus) {
      this.status = new StatusLine({
        output: progress,
        columns: () => this.#columns,
        place: () => (this.#calls.isInLine ? undefined : this.#answer.placeForRows),
        typed,
        chalk,
      });
    }
    const { status } = this;
    this.#thoughts = new Thoughts({
      status,
      print: (line, level, mark) => this.#line(chalk.dim, line, level, Infinity, mark),
      isAnswering: () => this.#answer.isBegun,
      hint: options.thoughtHint ?? '',
    });
    this.#reply = new ReplyProgress({ status, thoughts: this.#thoughts });
    this.#calls = new Calls({
      status,
      print: (...line) => this.#line(...line),
      write: (text) => progress && this.#writePiece(progress, text),
      columns: () => this.#columns,
      stopHint: options.stopHint ?? '',
      chalk,
    });
  }

  /** A request begins: its cost is counted from here. */
  begin(): void {
    this.#cost = new Cost();
    this.#reply.load();
  }

  /** Removes the status row and ends the current row: for a message, or a failure. */
  clear(): void {
    this.status?.stop();
    this.#answer.interrupt();
    this.#thoughts.openIfWanted();
  }

  /** Makes room for a question to the person. */
  pause(): void {
    this.status?.pause();
    this.#cost.pause();
  }

  /** The question was answered. */
  resume(): void {
    this.status?.resume();
    this.#cost.resume();
  }

  /** The person's own command begins: returns where its output goes. */
  beginCommand(command: string): LiveText {
    return this.#calls.startOwn(command);
  }

  /** The person's own command has ended. */
  endCommand(): void {
    this.#calls.endOwn();
  }

  /** Shows all of the last thought, as far as it has come. */
  openThought(): void {
    this.#thoughts.open();
  }

  /** Shows the last lines that the running command has printed, in place of those before. */
  showOutput(text: string): void {
    this.#calls.showOutput(text);
  }

  /** Shows one event; `depth` is 1 for those of a delegate. */
  async show(event: AgentEvent, depth = 0): Promise<void> {
    const { chalk } = this.#options;
    if (depth > 0) this.#calls.nest(event);
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
        this.#thoughts.end(depth);
        this.#cost.add(event);
        break;
      case 'tool_start':
        if (depth === 0) this.#cost.steps++;
        this.#answer.end();
        this.#calls.start(event, depth);
        break;
      case 'check_start':
        this.#answer.interrupt();
        this.#calls.start(event, depth);
        break;
      case 'tool_end':
      case 'check_end':
        this.#thoughts.drop(); // a delegate's that broke off
        this.#calls.end(event, depth);
        break;
      case 'final':
        if (depth === 0) await this.#finish(event);
        break;
      default: {
        const rows = event.type === 'heard' ? MOST_ROWS : Infinity;
        this.#line(isWarning(event) ? chalk.yellow : chalk.dim, noteLine(event), depth, rows);
      }
    }
    this.#thoughts.openIfWanted();
    if (event.type === 'busy') {
      this.status?.show((seconds) => `waiting for the server · ${seconds} s`);
    }
  }

  /** Writes more of what is shown as it arrives; rows below it may stay. */
  #writePiece(output: Output, text: string): void {
    if (this.status) this.status.around(() => output.write(text));
    else output.write(text);
  }

  /** The width of the progress, as it is now. */
  get #columns(): number {
    return this.#options.progress?.columns || MAX_COLUMNS;
  }

  /** One line, wrapped to at most `maxRows` rows, each of which begins with `mark`. */
  #line(paint: Paint, text: string, level: number, maxRows = Infinity, mark = ''): void {
    const { progress } = this.#options;
    const indent = '  '.repeat(level) + mark;
    this.#answer.end();
    this.status?.wipe();
    const columns = progress?.columns ? this.#columns - indent.length : Infinity;
    for (const row of wrapText(text, columns, indent.length).slice(0, maxRows)) {
      progress?.write(`${paint(indent + row)}\n`);
    }
  }

  /** Shows the rest of the answer, or why there is none. */
  async #finish({ reason, text }: AgentEvent & { type: 'final' }): Promise<void> {
    const { chalk, showsCost } = this.#options;
    this.#thoughts.end(0);
    if (reason === 'answer') {
      await this.#answer.finish(text);
    } else {
      this.#answer.interrupt();
      this.#line(chalk.yellow, escapeLine(text), 0);
    }
    this.status?.stop();
    if (showsCost) this.#line(chalk.dim, this.#cost.render(), 0);
  }
}
