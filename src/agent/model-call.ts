/** One model call: a prompt that fits the window, the reply as it comes, and what it cost. */
import type { ContextWindow } from '../context/window.ts';
import type { Model, Usage } from '../model/model.ts';
import { ModelError } from '../model/model-error.ts';
import type { CacheStats } from '../prompt/cache-stats.ts';
import type { PromptBuilder } from '../prompt/prompt-builder.ts';
import type { ToolShapes } from '../reply/reply.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import { evaluateAhead, type Connection } from './connect.ts';
import type { AgentEvent } from './events.ts';
import { fitPrompt, type Call } from './prompt-fit.ts';
import { emptyReply, type BrokenReply } from './read-reply.ts';
import { afterThought, sendCall, thoughtOf, type RawReply } from './send-call.ts';
import type { Thinking } from './thinking.ts';
import { whenFree } from './when-free.ts';

/** How often a prompt that the server finds too long is shortened: each time to a half at most. */
const MOST_OVERFLOWS = 3;

/** What a model call needs besides what is asked. */
interface ModelCallParts {
  model: Model;
  window: ContextWindow;
  connection: Connection;
  builder: PromptBuilder;
  stats: CacheStats;
  tools: ToolShapes;
  thinking: Thinking;
  /** What the last call of a resumed session cost: it tells how the server counts. */
  lastUsage: Usage | undefined;
}

/** A reply, and whether it was held to the schema that was asked for. */
interface ReplyToCall extends RawReply {
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
    return broken && { ...broken, ...thoughtOf(broken) };
  }

  /**
   * Asks the model. Where the server finds the prompt too long, it is compacted and sent again;
   * where it refuses the format, the request is sent without it. A thought that has no more room is
   * ended, and the reply asked for without one.
   * @throws ModelError
   */
  async *ask(call: Call, signal: AbortSignal): AsyncGenerator<AgentEvent, ReplyToCall> {
    this.#soFar = undefined;
    const { connection, builder, window, lastUsage, thinking } = this.#parts;
    const settings = yield* whenFree(() => connection.settings(signal), signal);
    let overflows = 0;
    let refusal: ModelError | undefined;
    let refused = false;
    let ended: RawReply | undefined;
    for (;;) {
      yield* this.#noteAbility(signal);
      const format = refused || this.#refusesFormat ? undefined : call.format;
      const think = ended ? 'off' : thinking.next(format !== undefined);
      const room = thinking.room(think, window.numCtx);
      const numPredict = call.numPredict + room;
      const fit = { builder, window, settings, lastUsage, refusal };
      const turns = yield* fitPrompt(fit, { ...call, numPredict });
      const request = { turns, numCtx: window.numCtx, numPredict, format, think };
      const soFar = (this.#soFar = emptyReply());
      try {
        // A thought that nobody asked for cannot be asked away either.
        const thoughtRoom = think === undefined || think === 'off' ? Infinity : room;
        const reply = yield* sendCall(this.#parts, request, { soFar, thoughtRoom }, signal);
        this.#soFar = undefined;
        // Only now is it certain that the format was the reason.
        this.#refusesFormat ||= refused;
        if (reply.doneReason === 'thought') {
          ended = reply;
          const text = `the thought has used its ${room} tokens; asking for the reply`;
          yield { type: 'notice', text };
          continue;
        }
        yield* this.#noteAbility(signal);
        const news = thinking.noteReply(think, reply);
        if (news !== undefined) yield { type: 'notice', text: news };
        return { ...afterThought(ended, reply), isConstrained: format !== undefined };
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        if (ended) soFar.thought = ended.thought + soFar.thought;
        const isCut = error.kind === 'interrupted' || thoughtOf(soFar).text !== '';
        if (!isCut || error.isUnread) this.#soFar = undefined;
        if (error.kind === 'format_refused' && !refused) {
          refused = true;
          continue;
        }
        if (error.kind !== 'context_overflow') throw error;
        window.calibrate(turns, error);
        if (++overflows > MOST_OVERFLOWS) throw error;
        refusal = error;
      }
    }
  }

  /**
   * Lets the server load the model and evaluate what every prompt of the epoch begins with.
   * @throws ModelError
   */
  async *warmUp(snapshot: Snapshot, signal: AbortSignal): AsyncGenerator<AgentEvent, void> {
    const settings = await this.#parts.connection.learn(signal);
    yield* evaluateAhead(this.#parts, this.#parts.builder.prepare(snapshot, settings), signal);
  }

  /** Tells the person if the model cannot think as asked. */
  async *#noteAbility(signal: AbortSignal): AsyncGenerator<AgentEvent> {
    const { model, thinking } = this.#parts;
    const news = thinking.noteAbility(model.name, await model.canThink?.(signal));
    if (news !== undefined) yield { type: 'notice', text: news };
  }
}
