/** `--output-format json` and `stream-json`: a request as JSON for programs, one object a line. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { View } from './one-shot.ts';
import type { OutputFormat } from './flags.ts';
import type { OutputLine, Result } from './json-lines.ts';
import type { AgentEvent } from '../agent/events.ts';
import type { ModelError } from '../model/model-error.ts';
import { jsonLine } from '../terminal/text/escape.ts';

/** What the output describes, and where it goes. */
interface JsonOutputOptions {
  /** `stream-json` writes every line, `json` only the result. */
  format: Exclude<OutputFormat, 'text'>;
  stdout: Writable;
  /** The content of the first line. */
  session: Omit<Extract<OutputLine, { type: 'session' }>, 'type'>;
}

/** Shows one request as JSON. Waits for a slow reader, but no longer than the request lasts. */
export class JsonOutput implements View {
  readonly #options: JsonOutputOptions;
  readonly #start = performance.now();
  readonly #usage: Result['usage'] = {
    model_calls: 0,
    prompt_tokens: 0,
    output_tokens: 0,
  };
  #steps = 0;
  #end: Pick<Result, 'reason' | 'text' | 'check'> = {
    reason: 'interrupted',
    text: '',
  };
  #stop: AbortSignal | undefined;

  constructor(options: JsonOutputOptions) {
    this.#options = options;
  }

  /** Writes the first line. Waits for a slow reader until `signal` aborts. */
  async begin(signal: AbortSignal): Promise<void> {
    this.#stop = signal;
    await this.#write({ type: 'session', ...this.#options.session });
  }

  /** Writes one event. Waits for a slow reader. */
  async show(event: AgentEvent, level: 0 | 1 = 0): Promise<void> {
    if (isForPeople(event)) return;
    this.#count(event, level);
    if (event.type === 'final' && level === 0) {
      const { type: _, ...end } = event;
      this.#end = end;
    } else {
      await this.#write(lineOf(event, level === 0 ? {} : { depth: level }));
    }
  }

  /** Writes that the model or server failed: the request ends without a `final` event. */
  async fail({ kind, message }: ModelError): Promise<void> {
    this.#end = { reason: kind === 'interrupted' ? kind : 'error', text: message };
    await this.#write({ type: 'error', kind, message });
  }

  /** Writes how the request ended. */
  finish(exitCode: number): void {
    const { format, stdout, session } = this.#options;
    const end = {
      ...this.#end,
      exit_code: exitCode,
      session: session.session,
      steps: this.#steps,
      usage: this.#usage,
      duration_ms: Math.round(performance.now() - this.#start),
    };
    stdout.write(jsonLine({ type: format === 'json' ? 'result' : 'final', ...end }));
  }

  #count(event: AgentEvent, level: number): void {
    if (event.type === 'tool_start' && level === 0) this.#steps++;
    if (event.type !== 'model_end') return;
    this.#usage.model_calls++;
    this.#usage.prompt_tokens += event.usage.prompt_tokens ?? 0;
    const { cached_tokens: cached } = event.usage;
    if (cached !== undefined) this.#usage.cached_tokens = (this.#usage.cached_tokens ?? 0) + cached;
    this.#usage.output_tokens += event.usage.output_tokens ?? 0;
  }

  async #write(line: OutputLine): Promise<void> {
    const { format, stdout } = this.#options;
    if (format === 'json' || stdout.write(jsonLine(line))) return;
    // Stream errors and interrupts are handled elsewhere.
    await once(stdout, 'drain', this.#stop && { signal: this.#stop }).catch(() => undefined);
  }
}

/** Nobody types while a request runs of which the output is JSON, or watches it load. */
type PeoplesEvent = AgentEvent & { type: 'heard' | 'prompt_ahead' | 'prompt_progress' };
type ShownEvent = Exclude<AgentEvent, PeoplesEvent>;

function isForPeople(event: AgentEvent): event is PeoplesEvent {
  const { type } = event;
  return type === 'heard' || type === 'prompt_ahead' || type === 'prompt_progress';
}

/** An event under the names that session files use. */
function lineOf(event: ShownEvent, level: { depth?: 1 }): OutputLine {
  switch (event.type) {
    case 'model_start':
      return { type: event.type, prompt_chars: event.promptChars, ...level };
    case 'model_delta':
      return { type: event.type, raw: event.raw, answer: event.answer, ...level };
    case 'model_end':
      return { type: event.type, usage: event.usage, num_ctx: event.numCtx, ...level };
    case 'busy':
      return { type: event.type, wait_ms: event.waitMs, ...level };
    case 'tool_start': {
      const { type, name, args } = event;
      return { type, name, args, ...level };
    }
    case 'tool_end': {
      const { type, name, args, ok, content } = event;
      const elapsed_ms = Math.round(event.elapsedMs);
      return { type, name, args: { ...args }, ok, content, elapsed_ms, ...level };
    }
    case 'check_start':
      return { type: event.type, command: event.command };
    case 'check_end': {
      const { type, command, passed, content, elapsedMs } = event;
      return { type, command, passed, content, elapsed_ms: Math.round(elapsedMs) };
    }
    case 'final':
      return { type: event.type, reason: event.reason, text: event.text, depth: 1 };
    default:
      return { ...event, ...level };
  }
}
