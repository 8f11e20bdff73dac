/** What the loop does, on the screen: one place for all output of a request. */
import type { Writable } from 'node:stream';
import type { ChalkInstance } from 'chalk';
import { clipLine } from '../context/clip.ts';
import type { AgentEvent } from '../events.ts';
import { escapeForTerminal, escapeLine } from './escape.ts';

const ARG_CHARS = 100;
const OUTCOME_CHARS = 100;

export interface ScreenOptions {
  /** Where the answer goes. */
  answers: Writable;
  /** Where everything else goes: tool lines, notices. Undefined: nowhere. */
  progress: Writable | undefined;
  /** Show the answer while it is made; without it, once it is whole. */
  streams: boolean;
  /** Show a mark while the model is at work: where it can be wiped again. */
  marksWaiting: boolean;
  /** End each request with a line that tells what it cost. */
  showsCost: boolean;
  chalk: ChalkInstance;
}

export class Screen {
  readonly #options: ScreenOptions;
  /** What has been shown of the reply that is being made. */
  #shown = '';
  /** A mark that says the model is at work stands on the last line, to be wiped by what comes next. */
  #waiting = false;
  #cost = new Cost();

  constructor(options: ScreenOptions) {
    this.#options = options;
  }

  /** Wipes what only stood for the time being: the request has failed. */
  clear(): void {
    this.#wipe();
    this.#endAnswer();
  }

  /** Shows one event; `depth` is 1 for those of a delegate. */
  show(event: AgentEvent, depth = 0): void {
    const { chalk, streams, marksWaiting } = this.#options;
    const indent = '  '.repeat(depth);
    switch (event.type) {
      case 'model_start':
        this.#shown = '';
        if (marksWaiting) this.#wait();
        break;
      case 'model_delta':
        if (streams && depth === 0 && event.answer !== '') this.#write(event.answer);
        break;
      case 'model_end':
        this.#cost.add(event);
        break;
      case 'malformed':
        this.#line(chalk.yellow(`${indent}! ${escapeLine(event.problem)}; asking again`));
        break;
      case 'tool_start':
        if (depth === 0) this.#cost.steps++;
        this.#line(chalk.dim(`${indent}• ${escapeLine(event.name)} ${summarize(event.args)}`));
        break;
      case 'tool_end':
        this.#line(`${indent}  ${(event.ok ? chalk.dim : chalk.red)(outcome(event))}`);
        break;
      case 'compacted':
        this.#line(
          chalk.dim(
            `${indent}• older entries shortened by ${event.saved} characters, to fit the window`,
          ),
        );
        break;
      case 'final':
        if (depth === 0) this.#finish(event);
    }
  }

  /** A request begins: what it costs is counted from here. */
  begin(): void {
    this.#cost = new Cost();
  }

  #wait(): void {
    this.#waiting = true;
    this.#options.progress?.write(this.#options.chalk.dim('…'));
  }

  #wipe(): void {
    if (this.#waiting) this.#options.progress?.write('\r\u001b[K');
    this.#waiting = false;
  }

  #write(text: string): void {
    this.#wipe();
    this.#shown += text;
    this.#options.answers.write(escapeForTerminal(text));
  }

  #line(text: string): void {
    this.#wipe();
    this.#endAnswer();
    this.#options.progress?.write(`${text}\n`);
  }

  /** Ends the line of a reply that was shown in part and is not the answer. */
  #endAnswer(): void {
    if (this.#shown !== '') this.#options.answers.write('\n');
    this.#shown = '';
  }

  /** Shows what is still to be shown of the answer, or why there is none. */
  #finish({ reason, text }: AgentEvent & { type: 'final' }): void {
    const { chalk, showsCost } = this.#options;
    if (reason === 'answer') {
      if (!text.startsWith(this.#shown)) this.#endAnswer();
      this.#write(`${text.slice(this.#shown.length)}\n`);
      this.#shown = '';
    } else {
      this.#line(chalk.yellow(text));
    }
    if (showsCost) this.#line(chalk.dim(this.#cost.render()));
  }
}

/** What a request has cost so far. */
class Cost {
  steps = 0;
  #tokens = 0;
  #windowShare: number | undefined;
  readonly #start = performance.now();

  add({ usage, numCtx }: AgentEvent & { type: 'model_end' }): void {
    const { prompt_tokens = 0, output_tokens = 0 } = usage;
    this.#tokens += output_tokens;
    if (prompt_tokens > 0) this.#windowShare = (prompt_tokens + output_tokens) / numCtx;
  }

  render(): string {
    const seconds = (performance.now() - this.#start) / 1000;
    return [
      `${this.steps} ${this.steps === 1 ? 'step' : 'steps'}`,
      ...(this.#tokens > 0 ? [`${this.#tokens} tokens`] : []),
      ...(this.#windowShare === undefined
        ? []
        : [`${Math.round(this.#windowShare * 100)}% of the window`]),
      `${seconds.toFixed(1)} s`,
    ].join(' · ');
  }
}

/** The arguments in one line: the first by its value alone; of a text of several lines, its size. */
function summarize(args: Readonly<Record<string, unknown>>): string {
  return Object.entries(args)
    .map(([name, value], index) => {
      const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
      const lines = text.split('\n').length;
      const shown = lines > 2 ? `(${lines} lines)` : escapeLine(clipLine(text, ARG_CHARS));
      return index === 0 ? shown : `${escapeLine(clipLine(name, ARG_CHARS))}=${shown}`;
    })
    .join(' ');
}

/** How a call ended: its first telling line, and how long it took where that is long. */
function outcome({ content, elapsedMs }: AgentEvent & { type: 'tool_end' }): string {
  const lines = content.split('\n');
  const more = lines.length > 1 ? ` (+${lines.length - 1} lines)` : '';
  const time = elapsedMs >= 1000 ? ` · ${(elapsedMs / 1000).toFixed(1)} s` : '';
  return `${escapeLine(clipLine(lines[0] ?? '', OUTCOME_CHARS))}${more}${time}`;
}
