/** The loop: ask the model, read its reply, run the call, until there is an answer. */
import { ModelError } from '../model/model-error.ts';
import type { PromptBuilder } from '../prompt/prompt-builder.ts';
import type { Reply } from '../reply/reply.ts';
import { isUnfinished } from '../session/state.ts';
import type { AgentParts, AgentSettings } from './agent.ts';
import { recordBroken } from './broken-reply.ts';
import { echoSourceOf } from './echo-source.ts';
import type { AgentEvent } from './events.ts';
import { answered, complete, inVain, stepLimit, tooLongReplies, type Final } from './final.ts';
import type { LatestLook } from './latest-look.ts';
import type { ModelCall } from './model-call.ts';
import { IGNORED, LAST_CALL, moreCalls, NO_CALL_LEFT, UNFINISHED } from './notices.ts';
import type { Retries } from './retries.ts';
import type { WarmUp } from './warm-up.ts';

/** What the loop works with. */
interface LoopParts extends Pick<
  AgentParts,
  'session' | 'window' | 'gate' | 'checks' | 'attachments' | 'takeChild' | 'person'
> {
  look: LatestLook;
  builder: PromptBuilder;
  call: ModelCall;
  warmUp: Pick<WarmUp, 'wait'>;
  retries: Retries;
  /** `readOnly` is for the words at the end: a delegate cannot be asked to continue. */
  settings: Pick<AgentSettings, 'maxSteps' | 'readOnly'>;
}

/** Takes steps until a request ends: each is one model call, and the tool call that it asks for. */
export class Loop {
  readonly #parts: LoopParts;

  constructor(parts: LoopParts) {
    this.#parts = parts;
  }

  /**
   * Answers one request; see `Agent.ask`.
   * @throws ModelError; an abort of `signal` is an end like others
   */
  async *answer(
    request: string,
    signal: AbortSignal,
    files: readonly string[],
  ): AsyncGenerator<AgentEvent> {
    const { session, look, gate, checks, retries, builder, settings, warmUp } = this.#parts;
    gate.beginRequest();
    checks.beginRequest();
    retries.beginRequest();
    builder.beginPrepared();
    if (isUnfinished(session.state)) this.#notify(UNFINISHED);
    await look.again(signal);
    session.record({ type: 'user', content: request });
    let final: Final;
    try {
      yield* warmUp.wait(signal);
      final = yield* this.#untilFinal(files, signal);
      if (!settings.readOnly) final = complete(final, session.state.work, checks.end);
      const { reason, text, seen = '' } = final;
      const content = seen === '' ? text : `${seen}\n${text}`;
      session.record({ type: 'assistant', content, reason });
    } finally {
      await session.synced();
    }
    yield { type: 'final', reason: final.reason, text: final.text, check: final.check };
  }

  async *#untilFinal(
    files: readonly string[],
    signal: AbortSignal,
  ): AsyncGenerator<AgentEvent, Final> {
    try {
      yield* this.#parts.attachments.give(files, signal);
      return yield* this.#steps(signal);
    } catch (error) {
      const isInterruption = error instanceof ModelError && error.kind === 'interrupted';
      const { call, session } = this.#parts;
      const seen = recordBroken(call, session, isInterruption ? undefined : error);
      if (!isInterruption && error !== signal.reason) throw error;
      return { reason: 'interrupted', text: 'Interrupted.', seen };
    }
  }

  async *#steps(signal: AbortSignal): AsyncGenerator<AgentEvent, Final> {
    const { retries, window, checks, person, settings } = this.#parts;
    const { maxSteps, readOnly } = settings;
    let [steps, limit] = [0, maxSteps];
    let problem: string | undefined;
    if (limit === 1) this.#notify(LAST_CALL);
    for (;;) {
      signal.throwIfAborted();
      // Retries do not use up steps, so they have a limit of their own.
      if (retries.isInVain) return inVain(problem);
      if (retries.isOutOfRoom) return tooLongReplies(retries.numPredict);
      const reply = yield* this.#query(signal);
      const isOver = steps === limit;
      problem = reply.type === 'malformed' ? reply.problem : undefined;
      if (reply.type === 'final') {
        if (yield* checks.sendBack(limit - steps, signal)) continue;
        return answered(reply.text, isOver ? limit : undefined);
      }
      if (reply.type === 'malformed') {
        const advice = retries.adviseOn(reply, window.numCtx);
        this.#notify(`Not usable: ${reply.problem}. ${advice}`);
        yield { type: 'malformed', problem: reply.problem };
        continue;
      }
      if (isOver) return stepLimit(limit, readOnly);
      steps++;
      yield* this.#execute(reply, signal);
      const asks = steps === limit && !signal.aborted;
      const goesOn = asks && (await person?.mayGoOn?.(steps, signal));
      signal.throwIfAborted();
      if (goesOn) {
        limit += maxSteps;
        this.#notify(moreCalls(maxSteps));
      }
      // Without a call left, what the person has added can only be the next request.
      if (steps === limit) this.#notify(`${NO_CALL_LEFT} ${retries.holdToAnswer()}`);
      else yield* this.#hear();
      if (limit - steps === 1) this.#notify(LAST_CALL);
    }
  }

  /** Hands the model what the person has added meanwhile. */
  *#hear(): Generator<AgentEvent> {
    const text = this.#parts.person?.heard?.();
    if (text === undefined) return;
    this.#parts.session.record({ type: 'heard', content: text });
    yield { type: 'heard', text };
  }

  /** Asks the model once and reads what it replied. */
  async *#query(signal: AbortSignal): AsyncGenerator<AgentEvent, Reply> {
    const { call: modelCall, retries, builder, session, look } = this.#parts;
    const { numPredict, format } = retries;
    const call = { snapshot: look.snapshot, numPredict, format };
    const began_at = new Date().toISOString();
    const { usage, isConstrained, ...reply } = yield* modelCall.ask(call, signal);
    session.record({
      type: 'model',
      content: reply.text,
      ...(reply.thought && { thought: reply.thought }),
      done_reason: reply.doneReason,
      usage,
      began_at,
      ...(isConstrained && { constrained: true }),
    });
    return retries.read(reply, () => echoSourceOf(builder.build(look.snapshot), session.state));
  }

  /** Tells the model something in its next prompt. */
  #notify(content: string): void {
    this.#parts.session.record({ type: 'notice', content });
  }

  async *#execute(call: Reply & { type: 'call' }, signal: AbortSignal): AsyncGenerator<AgentEvent> {
    const { gate, retries, session, takeChild } = this.#parts;
    const began_at = new Date().toISOString();
    yield { type: 'tool_start', name: call.name, args: call.args, label: gate.labelOf(call) };
    const { unusable, isRepeat, decision, ...result } = await gate.run(call, signal);
    const { name, args, ok, elapsedMs } = result;
    const content = call.ignored ? `${result.content}\n${IGNORED}` : result.content;
    const ran = { name, args: { ...args }, content, ok, traits: gate.traitsOf(name) };
    const elapsed_ms = Math.round(elapsedMs);
    session.record({ type: 'tool', ...ran, began_at, elapsed_ms, decision, child: takeChild?.() });
    const advice = retries.adviseOnCall({ unusable, isRepeat });
    if (advice !== undefined) this.#notify(advice);
    yield { type: 'tool_end', ...result, content, label: gate.labelOf(result) };
  }
}
