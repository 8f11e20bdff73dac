/** One model call: a prompt that fits the window, the reply as it comes, and what it cost. */
import type { ContextWindow } from '../context/window.ts';
import { charsOf, type Generation, type Model, type Usage } from '../model/model.ts';
import { ModelError, type ModelErrorKind } from '../model/model-error.ts';
import type { CacheStats } from '../prompt/cache-stats.ts';
import type { CallSettings } from '../prompt/epoch.ts';
import type { PromptBuilder } from '../prompt/prompt-builder.ts';
import type { ToolShapes } from '../reply/reply.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import type { AgentEvent } from './events.ts';
import { fitPrompt, tooLong, type Call } from './prompt-fit.ts';
import { readReply, type BrokenReply } from './read-reply.ts';
import { whenFree } from './when-free.ts';

/** What a model call needs besides what is asked. */
interface ModelCallParts {
  model: Model;
  window: ContextWindow;
  builder: PromptBuilder;
  stats: CacheStats;
  tools: ToolShapes;
  /** What the last call of a resumed session cost: it tells how the server counts. */
  lastUsage: Usage | undefined;
}

/** A reply before it is read, and what it cost. */
interface RawReply extends Generation {
  usage: Usage;
  /** The reply was held to the schema that was asked for. */
  isConstrained: boolean;
}

/** Makes the model calls of one agent, one at a time. */
export class ModelCall {
  readonly #parts: ModelCallParts;
  /** Of the call that runs, once its prompt may have reached the server. */
  #soFar: BrokenReply | undefined;
  /** The server has refused a `format`, and takes the request without it. */
  #refusesFormat = false;

  constructor(parts: ModelCallParts) {
    this.#parts = parts;
  }

  /**
   * What came of the reply of the call that failed, once; undefined if it failed before any text,
   * unless it was interrupted.
   */
  takeBroken(): BrokenReply | undefined {
    const broken = this.#soFar;
    this.#soFar = undefined;
    return broken;
  }

  /**
   * Asks the model. Where the server finds the prompt too long, it is compacted and sent once more;
   * where it refuses the format, the request is sent without it.
   * @throws ModelError
   */
  async *ask(call: Call, signal: AbortSignal): AsyncGenerator<AgentEvent, RawReply> {
    this.#soFar = undefined;
    const { builder, window, stats, lastUsage } = this.#parts;
    const settings = yield* whenFree(() => this.#connect(signal), signal);
    let overflowed = false;
    let refused = false;
    for (;;) {
      const fit = { builder, window, settings, lastUsage, mustShrink: overflowed };
      const turns = yield* fitPrompt(fit, call);
      const sharedChars = stats.sent(turns);
      const promptChars = charsOf(turns);
      const newShare = (promptChars - sharedChars) / promptChars;
      const newTokens = Math.round(window.expect(turns) * newShare);
      yield { type: 'model_start', promptChars, newTokens };
      const { numPredict } = call;
      const format = refused || this.#refusesFormat ? undefined : call.format;
      const request = { turns, numPredict, numCtx: window.numCtx, format };
      try {
        const soFar = (this.#soFar = { text: '', answer: '', promptChars });
        const { model, tools } = this.#parts;
        const read = () => readReply(model.generate(request, signal), tools, soFar, signal);
        const generation = yield* whenFree(read, signal);
        this.#soFar = undefined;
        const counts = generation.usage;
        const usage = { prompt_chars: promptChars, shared_chars: sharedChars, ...counts };
        // Only now is it certain that the format was the reason.
        this.#refusesFormat ||= refused;
        window.calibrate(turns, counts, generation.text);
        stats.replied(generation.text, counts);
        yield { type: 'model_end', usage, numCtx: window.numCtx };
        return { ...generation, usage, isConstrained: format !== undefined };
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        const isCut = error.kind === 'interrupted' || Boolean(this.#soFar?.text);
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
    const { builder, window, stats } = this.#parts;
    const settings = await this.#connect(signal);
    const turns = builder.prepare(snapshot, settings);
    if (window.estimate(turns) > window.room(1)) return; // the first request will make room
    const request = { turns, numCtx: window.numCtx, numPredict: 1 };
    const stream = this.#parts.model.generate(request, signal);
    for (;;) {
      const next = await stream.next();
      if (!next.done) continue;
      const { prompt_tokens } = next.value.usage;
      window.calibrate(turns, { prompt_tokens });
      stats.warmed(turns, { prompt_tokens });
      return;
    }
  }

  /** Learns from the server what has to be known before anything is asked. @throws ModelError */
  async #connect(signal: AbortSignal): Promise<CallSettings> {
    const { model, window } = this.#parts;
    await window.learn(model, signal);
    const { numCtx } = window;
    const rendering = await model.rendering(numCtx, signal);
    const { name, settings } = model;
    return { model: name, settings: { ...settings }, numCtx, rendering };
  }
}

/** Failures that come before the server has read the prompt. */
const UNREAD: ReadonlySet<ModelErrorKind> = new Set<ModelErrorKind>([
  'unreachable',
  'busy',
  'model_missing',
  'context_overflow',
  'format_refused',
]);
