/** An agent as its caller has it: asked, warmed up, reset, closed. The loop is in loop.ts. */
import type { ContextWindow } from '../context/window.ts';
import type { Model } from '../model/model.ts';
import { CacheStats, type ContextReport } from '../prompt/cache-stats.ts';
import { PromptBuilder } from '../prompt/prompt-builder.ts';
import type { Prompt } from '../prompt/prompt.ts';
import type { Session } from '../session/session.ts';
import type { Gate } from '../tools/gate.ts';
import type { Tool } from '../tools/tool.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import type { Attachments } from './attachments.ts';
import type { Checks } from './checks.ts';
import { Connection } from './connect.ts';
import { contextReport } from './context-report.ts';
import type { AgentEvent } from './events.ts';
import { LatestLook } from './latest-look.ts';
import { Loop } from './loop.ts';
import { ModelCall } from './model-call.ts';
import type { ReplyRoom } from './reply-room.ts';
import { Retries } from './retries.ts';
import type { Thinking } from './thinking.ts';
import { WarmUp } from './warm-up.ts';

/** The limits of an agent's requests. */
export interface AgentSettings {
  /** Tool calls in one request. */
  maxSteps: number;
  replyRoom: ReplyRoom;
  thinking: Thinking;
  /** The agent is a delegate, and its prompt says that it can only read. */
  readOnly: boolean;
}

/** The person, while a request runs. */
export interface Person {
  /**
   * Whether the request may go on at the step limit, for as many tool calls again. Otherwise the
   * model is held to an answer.
   * @param steps the tool calls made so far
   */
  mayGoOn?: ((steps: number, signal: AbortSignal) => Promise<boolean>) | undefined;
  /** Takes what they have added since the last result; undefined if nothing. */
  heard?: (() => string | undefined) | undefined;
}

/** What an agent works with. `build-agent.ts` puts it together. */
export interface AgentParts {
  model: Model;
  window: ContextWindow;
  session: Session;
  tools: readonly Tool[];
  gate: Gate;
  checks: Checks;
  attachments: Attachments;
  /** The workspace at the start. */
  snapshot: Snapshot;
  /** Looks at the workspace as it is now. */
  look: () => Promise<Snapshot>;
  /** The session of the delegate that the last tool call started, if it did. */
  takeChild?: () => string | undefined;
  /** Without it nobody can be asked. */
  person?: Person | undefined;
  settings: AgentSettings;
  /** The program's version, for the session's log. */
  version: string;
}

/** One conversation with a model that works on a workspace through tools. */
export class Agent {
  readonly #parts: AgentParts;
  readonly #builder: PromptBuilder;
  readonly #stats = new CacheStats();
  readonly #connection: Connection;
  readonly #call: ModelCall;
  readonly #retries: Retries;
  readonly #look: LatestLook;
  readonly #loop: Loop;
  readonly #warmUp = new WarmUp();
  readonly #closing = new AbortController();
  #isAsking = false;

  constructor(parts: AgentParts) {
    this.#parts = parts;
    const { session, tools, settings, version, model, window } = parts;
    this.#builder = new PromptBuilder({
      session,
      window,
      tools,
      version,
      readOnly: settings.readOnly,
    });
    this.#connection = new Connection({ model, window });
    this.#call = new ModelCall({
      model,
      window,
      connection: this.#connection,
      builder: this.#builder,
      stats: this.#stats,
      tools: new Map(tools.map((tool) => [tool.name, tool])),
      thinking: settings.thinking,
      lastUsage: session.state.usage,
    });
    this.#retries = new Retries(tools, settings.replyRoom);
    this.#look = new LatestLook({ ...parts, builder: this.#builder });
    this.#loop = new Loop({
      ...parts,
      look: this.#look,
      builder: this.#builder,
      call: this.#call,
      warmUp: this.#warmUp,
      retries: this.#retries,
    });
  }

  /** The session that records everything; its `id` resumes the conversation. */
  get session(): Session {
    return this.#parts.session;
  }

  /** Clears the conversation and its memory. */
  reset(): void {
    this.session.reset();
    this.#builder.discardPrepared();
  }

  /** Lets the server load the model and read the start of the prompt. @throws ModelError */
  async warmUp(signal: AbortSignal): Promise<void> {
    await this.#warmUp.run(this.#readAhead(signal));
  }

  async *#readAhead(signal: AbortSignal): AsyncGenerator<AgentEvent, void> {
    await this.#look.refresh(signal);
    yield* this.#call.warmUp(this.#look.snapshot, signal);
  }

  /** Settles when reports tell of the workspace as it is, or `signal` aborts. */
  looked(signal: AbortSignal): Promise<void> {
    return this.#look.settled(signal);
  }

  /** Summarizes the older half of the conversation. Returns the characters saved. */
  compact(): number {
    const plan = this.#builder.plan(this.#builder.conversationChars / 2);
    const shorten = plan && { ...plan, dropped: 0 };
    return shorten && this.#builder.saving(shorten) > 0 ? this.#builder.compact(shorten) : 0;
  }

  /** How the window is filled, and how well prompts were reused. */
  reportContext(): ContextReport {
    const parts = { window: this.#parts.window, stats: this.#stats };
    const { thinking } = this.#parts.settings;
    return contextReport(this.reportPrompt(), parts, this.#retries.numPredict, thinking);
  }

  /** The prompt as the next model call would send it, without the request that is still to come. */
  reportPrompt(): Prompt {
    return this.#builder.build(this.#look.snapshot);
  }

  /** Ends the request that runs, as an abort does, and closes the session: nothing is asked again. */
  close(): void {
    this.#closing.abort();
    if (!this.#isAsking) this.session.close();
  }

  /**
   * Answers one request. The loop waits until each event has been dealt with; `final` is the last.
   * @param signal ends the request early, which is no failure: its `final` is `interrupted`
   * @param files those that the request names, relative to the workspace root: their content goes with
   *   it where it fits
   * @throws ModelError when model or server fails; Error while another request runs and after `close`
   */
  async *ask(
    request: string,
    signal: AbortSignal = new AbortController().signal,
    files: readonly string[] = [],
  ): AsyncGenerator<AgentEvent, void, undefined> {
    if (this.#isAsking) throw new Error('The agent is busy with another request.');
    if (this.#closing.signal.aborted) throw new Error('The agent is closed.');
    this.#isAsking = true;
    const either = AbortSignal.any([signal, this.#closing.signal]);
    this.#connection.ahead(either); // while git is asked
    try {
      yield* this.#loop.answer(request, either, files);
    } finally {
      this.#isAsking = false;
      if (this.#closing.signal.aborted) this.session.close();
    }
  }
}
