/** The loop, and nothing else: ask the model, read its reply, run the call, until there is an answer. */
import type { ContextWindow } from '../context/window.ts';
import { ModelError, type Model } from '../model/model.ts';
import { PromptBuilder, type Prompt } from '../prompt/prompt-builder.ts';
import { instructionsOf } from '../prompt/prefix.ts';
import type { Told } from '../reply/echo.ts';
import type { Reply } from '../reply/reply.ts';
import { isUnfinished, type Session } from '../session/session.ts';
import type { Gate } from '../tools/gate.ts';
import type { Tool } from '../tools/tool.ts';
import { renderChanges } from '../workspace/render.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import type { AgentEvent } from './events.ts';
import { ModelCall } from './model-call.ts';
import { stepLimit, tooLongReplies, TOO_MANY_MALFORMED, type Final } from './final.ts';
import { IGNORED, LAST_CALL, UNFINISHED } from './notices.ts';
import { Retries, type ReplyRoom } from './retries.ts';
import { untilAborted } from './until-aborted.ts';
import type { ContextReport } from '../prompt/cache-stats.ts';

export interface AgentSettings {
  maxSteps: number;
  numPredict: ReplyRoom;
  /** A delegate: it is told that it may only read. */
  readOnly: boolean;
}

export interface AgentParts {
  model: Model;
  /** Known only once the server has been asked; every agent of a process shares one. */
  window: (signal: AbortSignal) => Promise<ContextWindow>;
  /** The window the user asked for, in tokens. */
  askedNumCtx?: number | undefined;
  session: Session;
  tools: readonly Tool[];
  gate: Gate;
  /** Looks at the workspace as it is now. */
  look: () => Promise<Snapshot>;
  /** The session of the delegate that the last tool call started, if it did. */
  takeChild?: () => string | undefined;
  settings: AgentSettings;
  /** Of the program, for the session's log. */
  version: string;
}

export class Agent {
  readonly #parts: AgentParts;
  readonly #builder: PromptBuilder;
  readonly #call: ModelCall;
  readonly #retries: Retries;
  #snapshot: Snapshot;
  #ready: Promise<void> = Promise.resolve();

  /** @param snapshot the workspace at the start */
  constructor(parts: AgentParts, snapshot: Snapshot) {
    this.#parts = parts;
    const { session, tools, settings, version } = parts;
    this.#builder = new PromptBuilder({ session, tools, version, readOnly: settings.readOnly });
    this.#call = new ModelCall({
      ...parts,
      builder: this.#builder,
      tools: new Map(tools.map((tool) => [tool.name, tool])),
      lastUsage: session.state.usage,
    });
    this.#retries = new Retries(tools, settings.numPredict);
    this.#snapshot = snapshot;
  }

  get session(): Session {
    return this.#parts.session;
  }

  /** Clears the conversation and its memory. */
  reset(): void {
    this.session.reset();
    this.#builder.discardPrepared();
  }

  /** Lets the server get ready while the person types. @throws ModelError */
  async warmUp(signal: AbortSignal): Promise<void> {
    const done = this.#call.warmUp(this.#snapshot, signal);
    // A request waits for it: the server would have to do the same work first anyway.
    this.#ready = done.catch(() => undefined);
    await done;
  }

  /** Summarizes the older half of the conversation. Returns the characters saved. */
  compact(): number {
    return this.#call.compact();
  }

  /** How the window is filled, and how well prompts were reused. */
  reportContext(): ContextReport {
    return this.#call.report(this.#snapshot, this.#retries.numPredict);
  }

  /** The prompt that the next model call would send; its request is still to come. */
  reportPrompt(): Prompt {
    return this.#builder.build(this.#snapshot);
  }

  /**
   * Answers one request. The loop waits until each event has been dealt with.
   * @throws ModelError when model or server fails; an abort of `signal` is no failure but a `final`
   */
  async *ask(request: string, signal: AbortSignal): AsyncGenerator<AgentEvent, void, undefined> {
    this.#parts.gate.beginRequest();
    this.#retries.beginRequest();
    this.#builder.beginPrepared();
    if (isUnfinished(this.session.state)) this.#tell(UNFINISHED);
    await this.#tellChanges(signal);
    this.session.record({ type: 'user', content: request });
    if (this.#parts.settings.maxSteps === 1) this.#tell(LAST_CALL);
    let final: Final;
    try {
      final = yield* this.#untilFinal(signal);
      const { reason, text, seen = '' } = final;
      const content = seen === '' ? text : `${seen}\n${text}`;
      this.session.record({ type: 'assistant', content, reason });
    } finally {
      this.session.flush();
    }
    yield { type: 'final', reason: final.reason, text: final.text };
  }

  async *#untilFinal(signal: AbortSignal): AsyncGenerator<AgentEvent, Final> {
    try {
      await untilAborted(this.#ready, signal);
      return yield* this.#work(signal);
    } catch (error) {
      const isInterruption = error instanceof ModelError && error.kind === 'interrupted';
      const seen = this.#keepBroken(isInterruption ? undefined : error);
      if (!isInterruption && error !== signal.reason) throw error;
      return { reason: 'interrupted', text: 'Interrupted.', seen };
    }
  }

  /**
   * What came of a reply that was broken off stays where it was generated: the next prompt extends
   * it. Returns the part that the person has seen.
   */
  #keepBroken(failure: unknown): string {
    const broken = this.#call.takeBroken();
    if (broken) {
      const done_reason = failure === undefined ? 'interrupted' : 'failed';
      const usage = { prompt_chars: broken.promptChars };
      this.session.record({ type: 'model', content: broken.text, done_reason, usage });
    }
    if (failure instanceof ModelError) {
      const { kind, message } = failure;
      this.session.record({ type: 'failure', kind, message });
    }
    return broken?.answer ?? '';
  }

  async *#work(signal: AbortSignal): AsyncGenerator<AgentEvent, Final> {
    const { maxSteps } = this.#parts.settings;
    // Retries do not spend steps, but they are bounded too.
    const maxAttempts = Math.max(3 * maxSteps, maxSteps + 4);
    let steps = 0;
    for (let attempt = 0; steps < maxSteps; attempt++) {
      signal.throwIfAborted();
      if (attempt === maxAttempts) return TOO_MANY_MALFORMED;
      if (this.#retries.isOutOfRoom) return tooLongReplies(this.#retries.numPredict);
      const reply = yield* this.#query(signal);
      switch (reply.type) {
        case 'final':
          return { reason: 'answer', text: reply.text };
        case 'malformed':
          yield* this.#complain(reply);
          break;
        case 'call':
          steps++;
          yield* this.#execute(reply, signal);
          if (maxSteps - steps === 1) this.#tell(LAST_CALL);
      }
    }
    signal.throwIfAborted();
    return stepLimit(maxSteps, this.#parts.settings.readOnly);
  }

  /** Asks the model once and reads what it replied. */
  async *#query(signal: AbortSignal): AsyncGenerator<AgentEvent, Reply> {
    const { numPredict, format } = this.#retries;
    const call = { snapshot: this.#snapshot, numPredict, format };
    const began_at = new Date().toISOString();
    const { usage, isConstrained, ...reply } = yield* this.#call.ask(call, signal);
    this.session.record({
      type: 'model',
      content: reply.text,
      done_reason: reply.doneReason,
      usage,
      began_at,
      ...(isConstrained && { constrained: true }),
    });
    return this.#retries.read(reply, () => this.#told);
  }

  /** What an answer must not merely repeat. */
  get #told(): Told {
    const records = this.session.state.entries.map(({ record }) => record);
    const notices = records.flatMap((each) => (each.type === 'notice' ? [each.content] : []));
    const instructions = [...instructionsOf(this.reportPrompt()), ...notices];
    const asked = records.findLast(({ type }) => type === 'user');
    return { instructions, request: asked?.content ?? '' };
  }

  /** Keeps the raw reply, and tells the model what was wrong with it and how a valid one looks. */
  async *#complain(reply: Reply & { type: 'malformed' }): AsyncGenerator<AgentEvent> {
    const advice = this.#retries.adviseOn(reply, this.#call.numCtx);
    this.#tell(`Not usable: ${reply.problem}. ${advice}`);
    yield { type: 'malformed', problem: reply.problem };
  }

  #tell(content: string): void {
    this.session.record({ type: 'notice', content });
  }

  async *#execute(call: Reply & { type: 'call' }, signal: AbortSignal): AsyncGenerator<AgentEvent> {
    const began_at = new Date().toISOString();
    yield { type: 'tool_start', name: call.name, args: call.args };
    const result = await this.#parts.gate.run(call, signal);
    const { name, args, ok, elapsedMs, decision } = result;
    if (result.isUnusable) this.#retries.countUnusable();
    const content = call.ignored ? `${result.content}\n${IGNORED}` : result.content;
    const child = this.#parts.takeChild?.();
    this.session.record({
      type: 'tool',
      name,
      args: { ...args },
      content,
      ok,
      began_at,
      elapsed_ms: Math.round(elapsedMs),
      ...(decision !== undefined && { decision }),
      ...(child !== undefined && { child }),
    });
    yield { type: 'tool_end', name, ok, content, elapsedMs };
  }

  /** Looks at the workspace again and tells the model what is new. */
  async #tellChanges(signal: AbortSignal): Promise<void> {
    const look = this.#parts.look();
    await untilAborted(look, signal);
    if (signal.aborted) return void look.catch(() => undefined);
    this.#snapshot = await look;
    const content = this.#builder.told && renderChanges(this.#builder.told, this.#snapshot);
    if (content) this.session.record({ type: 'workspace', content, snapshot: this.#snapshot });
  }
}
