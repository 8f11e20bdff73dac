/** The loop, and nothing else: ask the model, read its reply, run the call, until there is an answer. */
import type { ContextWindow } from '../context/window.ts';
import { Caller } from './model-call.ts';
import type { AgentEvent, ContextReport, FinalReason, PromptReport } from './events.ts';
import { ModelError, type Model } from '../model/model.ts';
import { renderTail } from '../prompt/prompt.ts';
import { Prompter } from '../prompt/prompt-builder.ts';
import type { Reply } from '../reply/reply.ts';
import { Retries, type ReplyRoom } from './retries.ts';
import type { Session } from '../session/session.ts';
import type { Gate } from '../tools/gate.ts';
import type { Tool } from '../tools/tool.ts';
import { renderChanges } from '../workspace/render.ts';
import type { Snapshot } from '../workspace/snapshot.ts';

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
  settings: AgentSettings;
}

interface Final {
  reason: FinalReason;
  text: string;
}

export class Agent {
  readonly #parts: AgentParts;
  readonly #prompter: Prompter;
  readonly #caller: Caller;
  readonly #retries: Retries;
  #snapshot: Snapshot;
  #ready: Promise<void> = Promise.resolve();

  /** @param snapshot the workspace at the start */
  constructor(parts: AgentParts, snapshot: Snapshot) {
    this.#parts = parts;
    const { model, window, askedNumCtx, session, tools, settings } = parts;
    this.#prompter = new Prompter({ session, tools, readOnly: settings.readOnly });
    const lastUsage = session.state.usage;
    const prompter = this.#prompter;
    this.#caller = new Caller({ model, window, askedNumCtx, prompter, lastUsage });
    this.#retries = new Retries(tools, settings.numPredict);
    this.#snapshot = snapshot;
  }

  get session(): Session {
    return this.#parts.session;
  }

  /** Clears transcript and memory. */
  reset(): void {
    this.session.reset();
    this.#prompter.beginEpoch();
  }

  /** Lets the server get ready while the person types. @throws ModelError */
  async warmUp(signal: AbortSignal): Promise<void> {
    const done = this.#caller.warmUp(this.#snapshot, signal);
    // A request waits for it: the server would have to do the same work first anyway.
    this.#ready = done.catch(() => undefined);
    await done;
  }

  /** Shortens the transcript by hand. Returns the characters saved. */
  compact(): number {
    return this.#caller.compact();
  }

  /** How the window is filled, and how well prompts were reused. */
  reportContext(): ContextReport {
    const tail = renderTail('', this.#parts.settings.maxSteps);
    const { numPredict } = this.#retries;
    return this.#caller.report({ tail, snapshot: this.#snapshot, numPredict });
  }

  /** The prompt that the next model call would send, by section; its request is still to come. */
  reportPrompt(): PromptReport {
    const tail = renderTail('', this.#parts.settings.maxSteps);
    return this.#prompter.build(tail, this.#snapshot).sections;
  }

  /**
   * Answers one request. The loop waits until each event has been dealt with.
   * @throws ModelError when model or server fails; an abort of `signal` is no failure but a `final`
   */
  async *ask(request: string, signal: AbortSignal): AsyncGenerator<AgentEvent, void, undefined> {
    this.#parts.gate.beginRequest();
    this.#retries.beginRequest();
    await this.#tellChanges(signal);
    this.session.record({ type: 'user', content: request });
    let final: Final;
    try {
      final = yield* this.#untilFinal(request, signal);
      this.session.record({ type: 'assistant', content: this.#said(final), reason: final.reason });
    } finally {
      this.session.flush();
    }
    yield { type: 'final', ...final };
  }

  /** What the transcript keeps of the end: of an answer that was broken off, what was seen of it. */
  #said({ reason, text }: Final): string {
    const broken = reason === 'interrupted' ? this.#caller.takeBrokenAnswer() : '';
    return broken === '' ? text : `${broken}\n${text}`;
  }

  async *#untilFinal(request: string, signal: AbortSignal): AsyncGenerator<AgentEvent, Final> {
    try {
      await untilAborted(this.#ready, signal);
      return yield* this.#work(request, signal);
    } catch (error) {
      const isInterruption = error instanceof ModelError && error.kind === 'interrupted';
      if (!isInterruption && error !== signal.reason) throw error;
      return { reason: 'interrupted', text: 'Interrupted.' };
    }
  }

  async *#work(request: string, signal: AbortSignal): AsyncGenerator<AgentEvent, Final> {
    const { maxSteps } = this.#parts.settings;
    // Retries do not spend steps, but they are bounded too.
    const maxAttempts = Math.max(3 * maxSteps, maxSteps + 4);
    let steps = 0;
    for (let attempt = 0; steps < maxSteps; attempt++) {
      signal.throwIfAborted();
      if (attempt === maxAttempts) return TOO_MANY_MALFORMED;
      if (this.#retries.isOutOfRoom) return tooLongReplies(this.#retries.numPredict);
      const reply = yield* this.#query(renderTail(request, maxSteps - steps), signal);
      switch (reply.type) {
        case 'final':
          return { reason: 'answer', text: reply.text };
        case 'malformed':
          yield* this.#complain(reply);
          break;
        case 'call':
          steps++;
          yield* this.#execute(reply, signal);
      }
    }
    signal.throwIfAborted();
    return stepLimit(maxSteps, this.#parts.settings.readOnly);
  }

  /** Asks the model once and reads what it replied. */
  async *#query(tail: string, signal: AbortSignal): AsyncGenerator<AgentEvent, Reply> {
    const { numPredict, format } = this.#retries;
    const call = { tail, snapshot: this.#snapshot, numPredict, format };
    const { text, doneReason, usage } = yield* this.#caller.ask(call, signal);
    this.session.record({ type: 'model', content: text, done_reason: doneReason, usage });
    return this.#retries.read(text, doneReason === 'length');
  }

  /** Keeps the raw reply, and tells the model what was wrong with it and how a valid one looks. */
  async *#complain(reply: Reply & { type: 'malformed' }): AsyncGenerator<AgentEvent> {
    const advice = this.#retries.adviseOn(reply, this.#caller.numCtx);
    this.session.record({ type: 'notice', content: `Not usable: ${reply.problem}. ${advice}` });
    yield { type: 'malformed', problem: reply.problem };
  }

  async *#execute(call: Reply & { type: 'call' }, signal: AbortSignal): AsyncGenerator<AgentEvent> {
    yield { type: 'tool_start', name: call.name, args: call.args };
    const { name, args, ok, elapsedMs, ...result } = await this.#parts.gate.run(call, signal);
    const content = call.ignored ? `${result.content}\n${IGNORED}` : result.content;
    this.session.record({ type: 'tool', name, args: { ...args }, content, ok });
    yield { type: 'tool_end', name, ok, content, elapsedMs };
  }

  /** Looks at the workspace again and tells the model what is new. */
  async #tellChanges(signal: AbortSignal): Promise<void> {
    const look = this.#parts.look();
    await untilAborted(look, signal);
    if (signal.aborted) return void look.catch(() => undefined);
    const now = await look;
    const changes = this.#prompter.hasBegun && renderChanges(this.#snapshot, now);
    this.#snapshot = now;
    if (changes) this.session.record({ type: 'workspace', content: changes });
    // Memory shows in the prompt as it is now: the request itself stands in transcript and tail.
    if (!this.#parts.settings.readOnly) this.#prompter.build('', now);
  }
}

const IGNORED = '(What followed the tool call was ignored: one call a reply, then wait.)';

const TOO_MANY_MALFORMED: Final = {
  reason: 'malformed',
  text: 'Stopped: the model kept replying with neither a valid tool call nor an answer. Try to say it in other words, or use a larger model.',
};

function tooLongReplies(numPredict: number): Final {
  return {
    reason: 'malformed',
    text: `Stopped: the model's replies do not end within ${numPredict} tokens. Ask for less at a time, or allow more with --max-new-tokens.`,
  };
}

function stepLimit(maxSteps: number, readOnly: boolean): Final {
  const hint = readOnly ? '' : ' Ask to go on, or allow more with --max-steps.';
  const text = `Stopped at the step limit (${maxSteps}) without a final answer.${hint}`;
  return { reason: 'step_limit', text };
}

/** Waits for a promise, but no longer than until the signal aborts. */
async function untilAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  let stop = (): void => undefined;
  const aborted = new Promise<void>((resolve) => (stop = resolve));
  signal.addEventListener('abort', stop);
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
