/** `--output-format json` and `stream-json`: a request as JSON for programs, one object a line. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import * as z from 'zod';
import type { View } from './one-shot.ts';
import type { OutputFormat } from './flags.ts';
import type { AgentEvent } from '../agent/events.ts';
import type { Usage } from '../model/model.ts';
import type { ModelError } from '../model/model-error.ts';
import { finalReasonSchema as reason } from '../records.ts';
import { jsonLine } from '../terminal/text/escape.ts';

const count = z.int().min(0);
/** 1 for events of a delegate; absent for those of the agent itself. */
const depth = z.literal(1).optional();

const usage = z.strictObject({
  /** Characters of the prompt, and how many of them the previous call had already sent. */
  prompt_chars: count,
  shared_chars: count.optional(),
  /** Tokens, those from the server's cache among them, and milliseconds, if the server says. */
  prompt_tokens: count.optional(),
  cached_tokens: count.optional(),
  output_tokens: count.optional(),
  /** Tokens of the thought, about. */
  thought_tokens: count.optional(),
  prompt_ms: count.optional(),
  output_ms: count.optional(),
} satisfies Record<keyof Usage, z.ZodType>);

/** How the check ended, where files were edited and there is one. */
const check = z.strictObject({ result: z.enum(['passed', 'failed', 'not_run']), text: z.string() });

/** How a request ended, and what it cost, delegates included. */
const summary = {
  /** `error`: model or server failed, and `text` is the message. */
  reason: z.enum([...reason.options, 'error']),
  /** The answer, or why there is none. */
  text: z.string(),
  check: check.optional(),
  /** The program's exit code. */
  exit_code: count,
  /** The session's id, for --resume. */
  session: z.string(),
  /** Tool calls of the agent itself. */
  steps: count,
  usage: z.strictObject({
    model_calls: count,
    prompt_tokens: count,
    /** Of the calls whose server says it. */
    cached_tokens: count.optional(),
    output_tokens: count,
  }),
  duration_ms: count,
};

/** The only line of `json`. */
export const resultSchema = z.strictObject({ type: z.literal('result'), ...summary });

/** A line of `stream-json`: the first is `session`, the last is `final` without a depth. */
export const lineSchema = z.union([
  z.strictObject({
    type: z.literal('session'),
    /** The program's version. */
    version: z.string(),
    session: z.string(),
    workspace: z.string(),
    model: z.string(),
  }),
  /** The files that the request names: with their content, or by name only. */
  z.strictObject({
    type: z.literal('attached'),
    files: z.array(
      z.strictObject({
        path: z.string(),
        /** Of a file whose content went with the request. */
        lines: count.optional(),
        /** Why one went by name only. */
        why: z.string().optional(),
      }),
    ),
    depth,
  }),
  z.strictObject({ type: z.literal('model_start'), prompt_chars: count, depth }),
  /** A piece of the raw reply, and the part of it that belongs to the answer. */
  z.strictObject({ type: z.literal('model_delta'), raw: z.string(), answer: z.string(), depth }),
  /** A piece of a thought, which is no part of the reply. */
  z.strictObject({ type: z.literal('thought'), text: z.string(), depth }),
  z.strictObject({ type: z.literal('model_end'), usage, num_ctx: count, depth }),
  /** The server is busy, and is asked again after so many milliseconds. */
  z.strictObject({ type: z.literal('busy'), wait_ms: count, depth }),
  /** What a person should know of the model. */
  z.strictObject({ type: z.literal('notice'), text: z.string(), depth }),
  z.strictObject({ type: z.literal('malformed'), problem: z.string(), depth }),
  z.strictObject({
    type: z.literal('tool_start'),
    name: z.string(),
    args: z.record(z.string(), z.unknown()),
    depth,
  }),
  z.strictObject({
    type: z.literal('tool_end'),
    name: z.string(),
    /** The arguments that ran: a person may have changed the command. */
    args: z.record(z.string(), z.unknown()),
    ok: z.boolean(),
    content: z.string(),
    elapsed_ms: z.number().min(0),
    depth,
  }),
  z.strictObject({ type: z.literal('check_start'), command: z.string() }),
  z.strictObject({
    type: z.literal('check_end'),
    /** As it ran: a person may have changed it. */
    command: z.string(),
    passed: z.boolean(),
    content: z.string(),
    elapsed_ms: z.number().min(0),
  }),
  /** Characters by which older entries were shortened. */
  z.strictObject({ type: z.literal('compacted'), saved: count, depth }),
  z.strictObject({ type: z.literal('error'), kind: z.string(), message: z.string() }),
  z.strictObject({ type: z.literal('final'), reason, text: z.string(), depth: z.literal(1) }),
  z.strictObject({ type: z.literal('final'), ...summary }),
]);

/** A parsed line of `stream-json`. */
export type OutputLine = z.infer<typeof lineSchema>;

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
  readonly #usage: z.infer<typeof summary.usage> = {
    model_calls: 0,
    prompt_tokens: 0,
    output_tokens: 0,
  };
  #steps = 0;
  #end: Pick<z.infer<typeof resultSchema>, 'reason' | 'text' | 'check'> = {
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
