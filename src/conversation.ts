/** What goes on at the prompt: one agent at a time, whose model and session may be changed. */
import type { Agent } from './agent.ts';
import { assembleAgent, type Assembly } from './assemble.ts';
import { ContextWindow } from './context/budget.ts';
import type { AgentEvent, ContextReport } from './events.ts';
import type { Model } from './model/model.ts';
import type { Session } from './session/session.ts';
import type { SessionStore } from './session/store.ts';
import { lookAgain, type Snapshot } from './workspace/snapshot.ts';

export interface ConversationParts extends Pick<
  Assembly,
  'env' | 'policy' | 'ask' | 'sandbox' | 'settings' | 'showChild' | 'askedNumCtx'
> {
  /** The model of this name, on the server that was named at the start. */
  modelNamed: (name: string) => Model;
  /** The workspace at the start. */
  snapshot: Snapshot;
  /** Look at the workspace again before each request; without it the one look is enough. */
  looksAgain: boolean;
  /** The environment of git. */
  gitEnv: NodeJS.ProcessEnv;
  store: SessionStore;
  session: Session;
  model: Model;
  /** Tells the person something, in one line. */
  say: (message: string) => void;
}

export class Conversation {
  readonly #parts: ConversationParts;
  #session: Session;
  #model: Model;
  /** Of the model, once the server has told. */
  #window: ContextWindow | undefined;
  #agent: Agent;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.#session = parts.session;
    this.#model = parts.model;
    this.#agent = this.#assemble();
  }

  get session(): Session {
    return this.#session;
  }

  get modelName(): string {
    return this.#model.name;
  }

  /** Asks the server for the model, which shows that both are there. @throws ModelError */
  async connect(signal: AbortSignal): Promise<void> {
    await this.#askWindow(signal);
  }

  /** Answers one request; see `Agent.ask`. @throws ModelError */
  ask(request: string, signal: AbortSignal): AsyncGenerator<AgentEvent, void> {
    return this.#agent.ask(request, signal);
  }

  /** Lets the server get ready while the person types. @throws ModelError */
  warmUp(signal: AbortSignal): Promise<void> {
    return this.#agent.warmUp(signal);
  }

  /** Clears transcript and memory. */
  reset(): void {
    this.#agent.reset();
  }

  /** Shortens the transcript by hand. Returns the characters saved. */
  compact(): number {
    return this.#agent.compact();
  }

  reportContext(): ContextReport {
    return this.#agent.reportContext();
  }

  /** Goes on with another model in the same session. */
  switchModel(name: string): void {
    this.#model = this.#parts.modelNamed(name);
    this.#window = undefined;
    this.#agent = this.#assemble();
  }

  /** Goes on with another session, and closes this one. @throws SessionError when it cannot be had */
  switchSession(id: string): void {
    const session = this.#parts.store.resume(id);
    this.#session.close();
    this.#session = session;
    this.#agent = this.#assemble();
  }

  /** Nothing is written after this. */
  close(): void {
    this.#session.close();
  }

  #assemble(): Agent {
    const { snapshot, looksAgain, gitEnv, store } = this.#parts;
    const model = this.#model;
    const session = this.#session;
    return assembleAgent({
      ...this.#parts,
      model,
      session,
      window: async (signal) => this.#window ?? (await this.#askWindow(signal)),
      look: () => (looksAgain ? lookAgain(snapshot, gitEnv) : Promise.resolve(snapshot)),
      childSession: () => store.create(model.name, session.id),
    });
  }

  async #askWindow(signal: AbortSignal): Promise<ContextWindow> {
    const model = this.#model;
    const length = await model.contextLength(signal);
    if (model !== this.#model) return this.#windowOf(length); // another one was chosen meanwhile
    return (this.#window ??= this.#windowOf(length));
  }

  #windowOf(modelLength: number | undefined): ContextWindow {
    const asked = this.#parts.askedNumCtx;
    const window = new ContextWindow(asked, modelLength);
    if (asked !== undefined && window.numCtx < asked) {
      this.#parts.say(`--num-ctx ${asked} is more than the model has: ${window.numCtx} is used.`);
    }
    return window;
  }
}
