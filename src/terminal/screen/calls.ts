/** The calls of a request on the screen: one row while a call runs, a line when it is done. */
import type { ChalkInstance } from 'chalk';
import type { AgentEvent } from '../../agent/events.ts';
import { shortenLine } from '../text/shorten.ts';
import type { Paint } from '../text/spans.ts';
import { LiveText } from './live-text.ts';
import type { StatusLine } from './status-line.ts';
import {
  doneLine,
  failureLine,
  headingLine,
  isFailure,
  outputRow,
  outputRows,
  runningLine,
  type Call,
  type CallEnd,
} from './tool-line.ts';

/** The most rows for the reason why a call failed. */
const MOST_ROWS = 3;
/** The most columns of a command that are shown while it runs. */
const MAX_SUBJECT = 400;

/** Where calls are shown. */
interface CallsOptions {
  status: StatusLine | undefined;
  /** Prints a line, wrapped to at most so many rows. */
  print: (paint: Paint, line: string, level: number, maxRows?: number) => void;
  /** Writes what the person's own command prints. */
  write: (text: string) => void;
  columns: () => number;
  /** How the person stops a call; empty where they cannot. */
  stopHint: string;
  chalk: ChalkInstance;
}

/** Knows which calls run. */
export class Calls {
  readonly #options: CallsOptions;
  /** The calls that are running: the agent's, and within it a delegate's. */
  readonly #running: Call[] = [];
  /** The call to a delegate already has its line, above what the delegate does. */
  #hasHeading = false;

  /** What the person's own command prints, while it runs. */
  #text: LiveText | undefined;

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  /** The person's own command is in the middle of a line: nothing else may be written there. */
  get isInLine(): boolean {
    return this.#text?.isInLine ?? false;
  }

  /** The person's own command begins: returns where its output goes. */
  startOwn(command: string): LiveText {
    const subject = shortenLine(command, MAX_SUBJECT);
    this.start({ label: { verbs: ['running', 'ran', 'run'], subject } }, 0);
    return (this.#text = new LiveText(this.#options.write));
  }

  /** The person's own command has ended. */
  endOwn(): void {
    this.#options.status?.stop();
    this.#text?.end();
    this.#text = undefined;
  }

  /** A call begins, of a delegate at depth 1. */
  start(call: Call, depth: number): void {
    const { status, stopHint } = this.#options;
    this.#running.length = depth;
    this.#running.push(call);
    if (depth === 0) this.#hasHeading = false;
    status?.show((seconds, columns) => runningLine(call, seconds, columns, stopHint));
  }

  /** The command that runs has printed this: its last lines, in place of those before. */
  showOutput(text: string): void {
    const lines = text.split('\n');
    const rows = (columns: number) => lines.map((line) => `  ${outputRow(line, columns - 2)}`);
    this.#options.status?.showDetails(rows);
  }

  /** A call has ended. */
  end(end: CallEnd, depth: number): void {
    const { status, print, chalk } = this.#options;
    status?.stop();
    const paint = isFailure(end) ? chalk.red : chalk.dim;
    const columns = this.#options.columns() - 2 * depth;
    const hasLine = depth === 0 && this.#hasHeading;
    if (!hasLine) print(paint, doneLine(end, columns), depth);
    const failure = failureLine(end);
    if (failure !== undefined) print(paint, failure, depth + 1, MOST_ROWS);
    for (const row of outputRows(end, columns - 2)) print(chalk.dim, row, depth + 1);
  }

  /** What a delegate does is shown below a line about its task. */
  nest({ type }: AgentEvent): void {
    const [call] = this.#running;
    const isSilent = !['tool_end', 'busy', 'notice', 'malformed', 'compacted'].includes(type);
    if (!call || this.#hasHeading || isSilent) return;
    this.#hasHeading = true;
    const { print, chalk, columns } = this.#options;
    print(chalk.dim, headingLine(call, columns()), 0);
  }
}
