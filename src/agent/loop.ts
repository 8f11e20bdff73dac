/** The loop: ask the model, read its reply, run the call, until there is an answer. */
import { ModelError } from '../model/model-error.ts';
import { instructionsOf } from '../prompt/prefix.ts';
import type { PromptBuilder } from '../prompt/prompt-builder.ts';
import type { EchoSource } from '../reply/echo.ts';
import type { TranscriptRecord } from '../records.ts';
import type { Reply } from '../reply/reply.ts';
import { isUnfinished, lastRequest } from '../session/state.ts';
import { renderChanges } from '../workspace/render.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import type { AgentParts, AgentSettings } from './agent.ts';
import type { AgentEvent } from './events.ts';
import { stepLimit, tooLongReplies, TOO_MANY_MALFORMED, type Final } from './final.ts';
import type { ModelCall } from './model-call.ts';
import { IGNORED, LAST_CALL, UNFINISHED } from './notices.ts';
import type { Retries } from './retries.ts';
import { settledOrAborted } from './settled-or-aborted.ts';

/** What the loop works with. */
interface LoopParts extends Pick<
  AgentParts,
  'session' | 'window' | 'gate' | 'snapshot' | 'look' | 'takeChild'
> {
  builder: PromptBuilder;
  call: ModelCall;
  retries: Retries;
  /** `readOnly` is for the words of the step limit: a delegate cannot be asked to continue. */
  settings: Pick<AgentSettings, 'maxSteps' | 'readOnly'>;
}

/** Takes steps until a request ends: each is one model call, and the tool call that it asks for. */
export class Loop {
  readonly #parts: LoopParts;

  #snapshot: Snapshot;
  #ready: Promise<unknown> = Promise.resolve();

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#snapshot = parts.snapshot;
  }

  /** The workspace as it was last looked at. */
  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Lets the next request wait for this: the server would have to do the same work first anyway. */
  async waitFor(ready: Promise<void>): Promise<void> {
    this.#ready = ready;
    await ready;
  }

  /**
   * Answers one request; see `Agent.ask`.
   * @throws ModelError; an abort of `signal` is an end like others
   */
  async *answer(request: string, signal: AbortSignal): AsyncGenerator<AgentEvent> {
    const { session, gate, retries, builder } = this.#parts;
    gate.beginRequest();
    retries.beginRequest();
    builder.beginPrepared();
    if (isUnfinished(session.state)) this.#notify(UNFINISHED);
    await this.#recordChanges(signal);
    session.record({ type: 'user', content: request });
    let final: Final;
    try {
      await settledOrAborted(this.#ready, signal);
      final = yield* this.#untilFinal(signal);
      const { reason, text, seen = '' } = final;
      const content = seen === '' ? text : `${seen}\n${text}`;
      session.record({ type: 'assistant', content, reason });
    } finally {
      session.flush();
    }
    yield { type: 'final', reason: final.reason, text: final.text };
  }

  /** Looks at the workspace again and records what is new in it, for the model to read. */
  async #recordChanges(signal: AbortSignal): Promise<void> {
    const look = this.#parts.look();
    await settledOrAborted(look, signal);
    if (signal.aborted) return;
    this.#snapshot = await look;
    const known = this.#parts.builder.knownWorkspace;
    const content = known && renderChanges(known, this.#snapshot);
    if (!content) return;
    this.#parts.session.record({ type: 'workspace', content, snapshot: this.#snapshot });
  }

  async *#untilFinal(signal: AbortSignal): AsyncGenerator<AgentEvent, Final> {
    try {
      return yield* this.#steps(signal);
    } catch (error) {
      const isInterruption = error instanceof ModelError && error.kind === 'interrupted';
      const seen = this.#keepBroken(isInterruption ? undefined : error);
      if (!isInterruption && error !== signal.reason) throw error;
      return { reason: 'interrupted', text: 'Interrupted.', seen };
    }
  }

  /** Records the part of a reply that came before it broke off. Returns what the person saw of it. */
  #keepBroken(failure: unknown): string {
    const { call, session } = this.#parts;
    const broken = call.takeBroken();
    if (broken) {
      const done_reason = failure === undefined ? 'interrupted' : 'failed';
      const usage = { prompt_chars: broken.promptChars };
      session.record({ type: 'model', content: broken.text, done_reason, usage });
    }
    if (failure instanceof ModelError) {
      const { kind, message } = failure;
      session.record({ type: 'failure', kind, message });
    }
    return broken?.answer ?? '';
  }

  async *#steps(signal: AbortSignal): AsyncGenerator<AgentEvent, Final> {
    const { retries, window } = this.#parts;
    const { maxSteps, readOnly } = this.#parts.settings;
    // Retries do not use up steps, so they have a limit of their own.
    const maxAttempts = Math.max(3 * maxSteps, maxSteps + 4);
    let steps = 0;
    if (maxSteps === 1) this.#notify(LAST_CALL);
    for (let attempt = 0; steps < maxSteps; attempt++) {
      signal.throwIfAborted();
      if (attempt === maxAttempts) return TOO_MANY_MALFORMED;
      if (retries.isOutOfRoom) return tooLongReplies(retries.numPredict);
      const reply = yield* this.#query(signal);
      switch (reply.type) {
        case 'final':
          return { reason: 'answer', text: reply.text };
        case 'malformed': {
          const advice = retries.adviseOn(reply, window.numCtx);
          this.#notify(`Not usable: ${reply.problem}. ${advice}`);
          yield { type: 'malformed', problem: reply.problem };
          break;
        }
        case 'call':
          steps++;
          yield* this.#execute(reply, signal);
          if (maxSteps - steps === 1) this.#notify(LAST_CALL);
      }
    }
    signal.throwIfAborted();
    return stepLimit(maxSteps, readOnly);
  }

  /** Asks the model once and reads what it replied. */
  async *#query(signal: AbortSignal): AsyncGenerator<AgentEvent, Reply> {
    const { call: modelCall, retries, session } = this.#parts;
    const { numPredict, format } = retries;
    const call = { snapshot: this.#snapshot, numPredict, format };
    const began_at = new Date().toISOString();
    const { usage, isConstrained, ...reply } = yield* modelCall.ask(call, signal);
    session.record({
      type: 'model',
      content: reply.text,
      done_reason: reply.doneReason,
      usage,
      began_at,
      ...(isConstrained && { constrained: true }),
    });
    return retries.read(reply, () => this.#echoSource());
  }

  #echoSource(): EchoSource {
    const { builder, session } = this.#parts;
    const { state } = session;
    const said = (...types: TranscriptRecord['type'][]) =>
      state.entries.flatMap(({ record }) => (types.includes(record.type) ? [record.content] : []));
    const prefix = instructionsOf(builder.build(this.#snapshot));
    const conversation = said('user', 'tool');
    return {
      instructions: [...prefix, ...said('notice')],
      request: lastRequest(state),
      conversation,
    };
  }

  /** Tells the model something in its next prompt. */
  #notify(content: string): void {
    this.#parts.session.record({ type: 'notice', content });
  }

  async *#execute(call: Reply & { type: 'call' }, signal: AbortSignal): AsyncGenerator<AgentEvent> {
    const { gate, retries, session, takeChild } = this.#parts;
    const began_at = new Date().toISOString();
    yield { type: 'tool_start', name: call.name, args: call.args, label: gate.labelOf(call) };
    const { unusable, decision, ...result } = await gate.run(call, signal);
    const { name, args, ok, elapsedMs } = result;
    const content = call.ignored ? `${result.content}\n${IGNORED}` : result.content;
    const ran = { name, args: { ...args }, content, ok, traits: gate.traitsOf(name) };
    const elapsed_ms = Math.round(elapsedMs);
    session.record({ type: 'tool', ...ran, began_at, elapsed_ms, decision, child: takeChild?.() });
    if (unusable) this.#notify(retries.adviseOnCall(unusable.meant));
    yield { type: 'tool_end', ...result, content, label: gate.labelOf(result) };
  }
}
