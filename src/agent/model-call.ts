/** One model call: a prompt that fits the window, the reply as it comes, and what it cost. */
import { ContextWindow } from '../context/window.ts';
import {
  charsOf,
  ModelError,
  type GenerateRequest,
  type Generation,
  type Model,
  type Usage,
} from '../model/model.ts';
import { CacheStats, type ContextReport } from '../prompt/cache-stats.ts';
import { allTurns, type CallSettings, type PromptBuilder } from '../prompt/prompt-builder.ts';
import { AnswerStream } from '../reply/answer-stream.ts';
import { EndWatch } from '../reply/end-watch.ts';
import type { ToolShapes } from '../reply/reply.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import type { AgentEvent } from './events.ts';
import { fitPrompt, tooLong, type Call } from './prompt-fit.ts';

export interface ModelCallParts {
  model: Model;
  /** Known only once the server has been asked; every agent of a process shares one. */
  window: (signal: AbortSignal) => Promise<ContextWindow>;
  /** What the user asked for, in tokens: the window until the server has been asked. */
  askedNumCtx?: number | undefined;
  builder: PromptBuilder;
  tools: ToolShapes;
  /** What the last call of a resumed session cost: it tells how the server counts. */
  lastUsage: Usage | undefined;
}

/** A reply, and what it cost. */
export interface Reply extends Generation {
  usage: Usage;
  /** The reply was held to the schema that was asked for. */
  isConstrained: boolean;
}

/** What there is of a reply whose call failed. */
export interface BrokenReply {
  text: string;
  /** The part of it that the person has seen. */
  answer: string;
  promptChars: number;
}

export class ModelCall {
  readonly #parts: ModelCallParts;
  readonly #stats = new CacheStats();
  #window: ContextWindow | undefined;
  /** Of the call that goes on, from when its prompt may have reached the server. */
  #soFar: BrokenReply | undefined;
  /** The server takes a request only without a `format`: it is not sent again. */
  #refusesFormat = false;

  constructor(parts: ModelCallParts) {
    this.#parts = parts;
  }

  /** The window in tokens; zero before the first call. */
  get numCtx(): number {
    return this.#window?.numCtx ?? 0;
  }

  /**
   * Of a call that failed: what came of its reply, the empty text included; undefined where its
   * prompt was not read. Only the first call returns it.
   */
  takeBroken(): BrokenReply | undefined {
    const broken = this.#soFar;
    this.#soFar = undefined;
    return broken;
  }

  /** Something of the reply has come. */
  get #hasBegun(): boolean {
    return (this.#soFar?.text ?? '') !== '';
  }

  /**
   * Asks the model. A prompt that the server finds too long is compacted and tried once more; a
   * format that it refuses is left out.
   * @throws ModelError
   */
  async *ask(call: Call, signal: AbortSignal): AsyncGenerator<AgentEvent, Reply> {
    this.#soFar = undefined;
    const { builder, lastUsage } = this.#parts;
    const { window, settings } = await this.#connect(signal);
    let overflowed = false;
    let refused = false;
    for (;;) {
      const fit = { builder, window, settings, lastUsage, mustShrink: overflowed };
      const turns = yield* fitPrompt(fit, call);
      const sharedChars = this.#stats.sent(turns);
      const promptChars = charsOf(turns);
      yield { type: 'model_start', promptChars, newChars: promptChars - sharedChars };
      const { numPredict } = call;
      const format = refused || this.#refusesFormat ? undefined : call.format;
      const request = { turns, numPredict, numCtx: window.numCtx, format };
      try {
        const generation = yield* this.#stream(request, promptChars, signal);
        this.#soFar = undefined;
        const counts = generation.usage;
        const usage = { prompt_chars: promptChars, shared_chars: sharedChars, ...counts };
        // Only now it is certain that the format was what the server did not take.
        this.#refusesFormat ||= refused;
        window.calibrate(turns, counts, generation.text);
        this.#stats.replied(generation.text, counts);
        yield { type: 'model_end', usage, numCtx: window.numCtx };
        return { ...generation, usage, isConstrained: format !== undefined };
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        const isCut = error.kind === 'interrupted' || this.#hasBegun;
        if (!isCut || UNREAD.has(error.kind)) this.#soFar = undefined;
        if (error.kind === 'format_refused' && !refused) {
          refused = true;
          continue;
        }
        if (error.kind !== 'context_overflow') throw error;
        window.calibrate(turns, error);
        const tokens = error.prompt_tokens ?? window.estimate(turns);
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
    const { window, settings } = await this.#connect(signal);
    const turns = this.#parts.builder.prepare(snapshot, settings);
    if (window.estimate(turns) > window.room(1)) return; // the first request will make room
    const request = { turns, numCtx: window.numCtx, numPredict: 1 };
    const stream = this.#parts.model.generate(request, signal);
    for (;;) {
      const next = await stream.next();
      if (!next.done) continue;
      const { prompt_tokens } = next.value.usage;
      window.calibrate(turns, { prompt_tokens });
      this.#stats.warmed(turns, { prompt_tokens });
      return;
    }
  }

  /** Summarizes the older half of the conversation. Returns the characters saved. */
  compact(): number {
    const { builder } = this.#parts;
    const plan = builder.plan(builder.conversationChars / 2);
    const shorten = plan && { ...plan, dropped: 0 };
    return shorten && builder.saving(shorten) > 0 ? builder.compact(shorten) : 0;
  }

  /** How the window is filled by the prompt as it stands, and how well prompts were reused. */
  report(snapshot: Snapshot, numPredict: number): ContextReport {
    const prompt = this.#parts.builder.build(snapshot);
    const turns = allTurns(prompt);
    const window = this.#window ?? new ContextWindow(this.#parts.askedNumCtx, undefined);
    const tokens = window.expect(turns);
    const chars = charsOf(turns);
    const share = (part: number) => Math.round((tokens * part) / chars);
    const memory = prompt.memory.length;
    return {
      numCtx: window.numCtx,
      numPredict,
      tokens: {
        system: share(prompt.system.length),
        examples: share(charsOf(prompt.examples)),
        memory: share(memory),
        conversation: share(charsOf(prompt.conversation) - memory),
      },
      reuse: this.#stats.reuse,
    };
  }

  /** What the server has to tell before anything can be asked. @throws ModelError */
  async #connect(signal: AbortSignal): Promise<{ window: ContextWindow; settings: CallSettings }> {
    const { model } = this.#parts;
    const window = (this.#window ??= await this.#parts.window(signal));
    const { numCtx } = window;
    const rendering = await model.rendering(numCtx, signal);
    const { name, settings } = model;
    return { window, settings: { model: name, settings: { ...settings }, numCtx, rendering } };
  }

  async *#stream(
    request: GenerateRequest,
    promptChars: number,
    signal: AbortSignal,
  ): AsyncGenerator<AgentEvent, Generation> {
    const soFar = (this.#soFar = { text: '', answer: '', promptChars });
    const visible = new AnswerStream();
    const watch = new EndWatch(this.#parts.tools);
    const stream = this.#parts.model.generate(request, signal);
    for (;;) {
      const next = await stream.next();
      if (next.done) return wholeOf(next.value, watch);
      const answer = visible.push(next.value);
      // What has no end may be endless: of a reply that is broken off, so much is kept.
      const room = BROKEN_CHARS - soFar.text.length;
      if (room > 0) soFar.text += next.value.slice(0, room);
      soFar.answer += answer;
      yield { type: 'model_delta', raw: next.value, answer };
      const ended = watch.push(next.value);
      if (!ended) continue;
      const doneReason = ended.why === 'loop' ? 'loop' : 'stop';
      const generation: Generation = { text: ended.text, doneReason, usage: {} };
      await stream.return(generation); // closes the connection
      return generation;
    }
  }
}

/** A stream that broke off behind a call or an answer that is complete has lost nothing. */
function wholeOf(generation: Generation, watch: EndWatch): Generation {
  const whole = generation.doneReason === 'cut' && !generation.fault ? watch.end() : undefined;
  return whole ? { ...generation, text: whole.text, doneReason: 'stop' } : generation;
}

/** Of a reply that is broken off. */
const BROKEN_CHARS = 8_000;

/** Failures that come before the server has read the prompt, or so soon that nothing is lost. */
const UNREAD: ReadonlySet<string> = new Set([
  'unreachable',
  'model_missing',
  'context_overflow',
  'format_refused',
]);
