/** One model call: a prompt that fits the window, the reply as it comes, and what it cost. */
import { ContextWindow } from '../context/window.ts';
import { Meter } from '../prompt/cache-stats.ts';
import type { AgentEvent, ContextReport } from './events.ts';
import {
  ModelError,
  type GenerateRequest,
  type Generation,
  type Model,
  type Usage,
} from '../model/model.ts';
import type { BuiltPrompt, Prompter } from '../prompt/prompt-builder.ts';
import { AnswerStream } from '../reply/answer-stream.ts';
import { RunOnWatch } from '../reply/end-watch.ts';
import type { Snapshot } from '../workspace/snapshot.ts';

export interface CallerParts {
  model: Model;
  /** Known only once the server has been asked; every agent of a process shares one. */
  window: (signal: AbortSignal) => Promise<ContextWindow>;
  /** What the user asked for, in tokens: the window until the server has been asked. */
  askedNumCtx?: number | undefined;
  prompter: Prompter;
  /** What the last call of a resumed session cost: it tells how the server counts. */
  lastUsage: Usage | undefined;
}

/** What is asked: the tail of the prompt, the workspace as it is, the room for the reply. */
export interface Call {
  tail: string;
  snapshot: Snapshot;
  numPredict: number;
  /** A JSON Schema that the reply should be held to. */
  format?: Record<string, unknown> | undefined;
}

export class Caller {
  readonly #parts: CallerParts;
  readonly #meter = new Meter();
  #window: ContextWindow | undefined;
  #answerSoFar = '';
  /** The server takes a request only without a `format`: it is not sent again. */
  #refusesFormat = false;

  constructor(parts: CallerParts) {
    this.#parts = parts;
  }

  /** The window in tokens; zero before the first call. */
  get numCtx(): number {
    return this.#window?.numCtx ?? 0;
  }

  /** What the person has seen of an answer that was broken off; only the first call returns it. */
  takeBrokenAnswer(): string {
    const answer = this.#answerSoFar;
    this.#answerSoFar = '';
    return answer;
  }

  /**
   * Asks the model. A prompt that the server finds too long is compacted and tried once more; a
   * format that it refuses is left out.
   * @throws ModelError
   */
  async *ask(call: Call, signal: AbortSignal): AsyncGenerator<AgentEvent, Generation> {
    const window = await this.#knownWindow(signal);
    let overflowed = false;
    let refused = false;
    for (;;) {
      const prompt = yield* this.#fittingPrompt(window, call, overflowed);
      const sharedChars = this.#meter.sent(prompt.text, prompt.sections);
      const promptChars = prompt.text.length;
      yield { type: 'model_start', promptChars, newChars: promptChars - sharedChars };
      const { numPredict } = call;
      const format = refused || this.#refusesFormat ? undefined : call.format;
      const request = { prompt: prompt.text, numPredict, numCtx: window.numCtx, format };
      try {
        const { usage, ...generation } = yield* this.#stream(request, signal);
        this.#answerSoFar = '';
        const spent = { ...usage, shared_chars: sharedChars };
        // Only now it is certain that the format was what the server did not take.
        this.#refusesFormat ||= refused;
        window.calibrate(prompt.text, usage);
        this.#meter.spent(spent);
        yield { type: 'model_end', usage: spent, numCtx: window.numCtx };
        return { ...generation, usage: spent };
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        if (error.kind === 'format_refused' && !refused) {
          refused = true;
          continue;
        }
        if (error.kind !== 'context_overflow') throw error;
        window.calibrate(prompt.text, error);
        const tokens = error.prompt_tokens ?? window.estimate(prompt.text);
        if (overflowed) throw tooLong(window, tokens, call.numPredict);
        overflowed = true;
      }
    }
  }

  /**
   * Lets the server load the model and evaluate what every prompt of the epoch begins with.
   * @throws ModelError
   */
  async warmUp(snapshot: Snapshot, signal: AbortSignal): Promise<void> {
    const window = await this.#knownWindow(signal);
    const prompt = this.#parts.prompter.buildOpening(snapshot);
    if (window.estimate(prompt) > window.room(1)) return; // the first request will make room
    const request = { prompt, numCtx: window.numCtx, numPredict: 1 };
    const stream = this.#parts.model.generate(request, signal);
    while (!(await stream.next()).done);
  }

  /** Shortens the older half of the transcript, leaving nothing out. Returns the characters saved. */
  compact(): number {
    const { prompter } = this.#parts;
    const plan = prompter.plan(prompter.transcriptChars / 2);
    const shorten = plan && { ...plan, dropped: 0 };
    return shorten && prompter.saving(shorten) > 0 ? prompter.compact(shorten) : 0;
  }

  /** How the window is filled by a prompt with this tail, and how well prompts were reused. */
  report({ tail, snapshot, numPredict }: Call): ContextReport {
    const { text, sections } = this.#parts.prompter.build(tail, snapshot);
    const window = this.#window ?? new ContextWindow(this.#parts.askedNumCtx, undefined);
    const tokens = window.estimate(text);
    const share = (part: string) => Math.round((tokens * part.length) / text.length);
    return {
      numCtx: window.numCtx,
      numPredict,
      tokens: {
        prefix: share(sections.prefix),
        memory: share(sections.memory),
        transcript: share(sections.transcript),
        tail: share(sections.tail),
      },
      reuse: this.#meter.reuse,
    };
  }

  async #knownWindow(signal: AbortSignal): Promise<ContextWindow> {
    return (this.#window ??= await this.#parts.window(signal));
  }

  async *#fittingPrompt(
    window: ContextWindow,
    { tail, snapshot, numPredict }: Call,
    mustShrink: boolean,
  ): AsyncGenerator<AgentEvent, BuiltPrompt> {
    const { prompter } = this.#parts;
    const room = window.room(numPredict);
    const prompt = prompter.build(tail, snapshot);
    window.recall(prompt.text, this.#parts.lastUsage);
    const tokens = window.estimate(prompt.text);
    if (tokens <= room && !mustShrink) return prompt;

    const transcript = prompt.sections.transcript.length;
    const roomChars = (room / tokens) * prompt.text.length - (prompt.text.length - transcript);
    const plan = prompter.plan(Math.max(0, Math.min(roomChars, transcript)) / 2);
    // What does not help is not recorded: a wrong flag must not cost the conversation.
    const helps = plan !== undefined && prompter.saving(plan) > 0;
    const { text } = helps ? prompter.preview(plan, tail, snapshot) : prompt;
    // Refused only for what is sure not to fit: the server has the last word on the rest.
    const needed = window.expect(text);
    if (needed > room || (!helps && mustShrink)) throw tooLong(window, needed, numPredict);
    if (!helps) return prompt;
    yield { type: 'compacted', saved: prompter.compact(plan) };
    return prompter.build(tail, snapshot);
  }

  async *#stream(
    request: GenerateRequest,
    signal: AbortSignal,
  ): AsyncGenerator<AgentEvent, Generation> {
    this.#answerSoFar = '';
    const visible = new AnswerStream();
    const watch = new RunOnWatch();
    const stream = this.#parts.model.generate(request, signal);
    for (;;) {
      const next = await stream.next();
      if (next.done) return next.value;
      const answer = visible.push(next.value);
      this.#answerSoFar += answer;
      yield { type: 'model_delta', raw: next.value, answer };
      if (watch.push(next.value)) {
        const usage = { prompt_chars: request.prompt.length };
        const generation = { text: watch.text, doneReason: 'stop', usage };
        await stream.return(generation); // closes the connection
        return generation;
      }
    }
  }
}

function tooLong(window: ContextWindow, tokens: number, numPredict: number): ModelError {
  const least = Math.max(ContextWindow.least(tokens, numPredict), window.numCtx + 256);
  const { modelLength = least } = window;
  const advice =
    least > modelLength
      ? 'The model has no more: use one with a longer context, a smaller --max-new-tokens,'
      : `Use --num-ctx ${least} or more,`;
  return new ModelError(
    'context_overflow',
    `The context window of ${window.numCtx} tokens is too small: the rules, the request and the ` +
      `newest entry need about ${tokens}, the reply ${numPredict}. ` +
      `${advice} or a shorter request.`,
  );
}
