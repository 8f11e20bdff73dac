/** A conversation at the prompt: one agent at a time, whose model and session may be switched. */
import path from 'node:path';
import type { Agent } from '../agent/agent.ts';
import { buildAgent, type BuildParts } from '../agent/build-agent.ts';
import type { Thinking } from '../agent/thinking.ts';
import { Undo } from '../undo/undo.ts';
import { ContextWindow } from '../context/window.ts';
import type { Model } from '../model/model.ts';
import type { Session } from '../session/session.ts';
import { exportSession } from '../export/export.ts';
import { renderMemory } from '../session/memory.ts';
import { SessionError } from '../session/session-error.ts';
import type { SessionStore } from '../session/store.ts';
import type { ApprovalPolicy, Approvals } from '../tools/approval.ts';
import type { Check } from '../tools/check.ts';
import { allTools } from '../tools/index.ts';
import { runUserCommand, type OnOutput } from './shell-escape.ts';
import { fromHome } from './user-folder.ts';
import { looksAfter } from '../workspace/look-again.ts';
import type { Snapshot } from '../workspace/snapshot.ts';

/** What a conversation is made of; only model and session may change. */
export interface ConversationParts extends Pick<
  BuildParts,
  | 'env'
  | 'approvals'
  | 'ask'
  | 'person'
  | 'sandbox'
  | 'settings'
  | 'showChild'
  | 'showOutput'
  | 'version'
> {
  check: Check;
  /** The context window that the person asked for, in tokens. */
  numCtx?: number | undefined;
  /** The model that the person named at the start: another session keeps it. */
  chosenModel?: string | undefined;
  /** Makes the model of this name, on the same server. */
  modelNamed: (name: string) => Model;
  /** The workspace at the start. */
  snapshot: Snapshot;
  /** The path of the person's own instructions, if they may be read. */
  ownInstructions?: string | undefined;
  /** Gets the window of a model that has less than was asked for, or than the default. */
  onLimit?: (numCtx: number) => void;
  /** Look at the workspace again before each request; without it, one look, begun now, is enough. */
  looksAgain: boolean;
  /** The environment of git. */
  gitEnv: NodeJS.ProcessEnv;
  /** The environment of the person's own commands. */
  userEnv: NodeJS.ProcessEnv;
  store: SessionStore;
  session: Session;
  model: Model;
  /** What a person must know about a policy; undefined where there is nothing. */
  noticeOf: (policy: ApprovalPolicy) => string | undefined;
  /** Tells the person something, in one line. */
  say: (message: string) => void;
}

/** The parts that are in use now, and what replaces them: a switch makes a new agent. */
export class Conversation {
  readonly #parts: ConversationParts;
  readonly #look: () => Promise<Snapshot>;
  /** The latest. */
  #snapshot: Snapshot;
  #session: Session;
  #model: Model;
  /** The model that the person named, at the start or since. */
  #chosenModel: string | undefined;
  #changes: Undo;
  #window: ContextWindow;
  #agent: Agent;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.#snapshot = parts.snapshot;
    const look = looksAfter(parts.snapshot, parts.gitEnv, parts.say, parts.ownInstructions);
    const lookNow = async () => (this.#snapshot = await look());
    const first = parts.looksAgain ? undefined : lookNow();
    this.#look = first ? () => first : lookNow;
    this.#session = parts.session;
    this.#model = parts.model;
    this.#chosenModel = parts.chosenModel;
    this.#changes = this.#changesOf(parts.session);
    this.#window = this.#newWindow();
    this.#agent = this.#build();
  }

  /** The agent of the current model and session; a switch replaces it. */
  get agent(): Agent {
    return this.#agent;
  }

  /** The current session. */
  get session(): Session {
    return this.#session;
  }

  /** What the agent changed in this session. */
  get changes(): Undo {
    return this.#changes;
  }

  /** The approval policy, and what is always allowed. */
  get approvals(): Approvals {
    return this.#parts.approvals;
  }

  /** The command that runs after edits. */
  get check(): Check {
    return this.#parts.check;
  }

  /** How the model thinks. */
  get thinking(): Thinking {
    return this.#parts.settings.thinking;
  }

  /** The sessions of this workspace. */
  get store(): SessionStore {
    return this.#parts.store;
  }

  /** The name of the current model. */
  get modelName(): string {
    return this.#model.name;
  }

  /** Whether the model is in use because the resumed session was with it, and nobody named one. */
  get isSessionsModel(): boolean {
    const { resumed, state } = this.#session;
    return resumed && this.#chosenModel === undefined && state.model === this.modelName;
  }

  /** The working memory, as the model reads it. */
  get memory(): string {
    return renderMemory(this.#session.state.memory);
  }

  /** Asks the server about the model: shows that both are available. @throws ModelError */
  async connect(signal: AbortSignal): Promise<void> {
    await this.#window.learn(this.#model, signal);
  }

  /** Runs the person's command and adds its output to the conversation. Returns how it ended. */
  async runUserCommand(command: string, onOutput: OnOutput, signal: AbortSignal): Promise<string> {
    const { snapshot, userEnv: env } = this.#parts;
    const { resultRoom } = this.#window;
    const run = { cwd: snapshot.root, env, onOutput, resultRoom, signal };
    const { content, ending } = await runUserCommand(command, run);
    this.#session.record({ type: 'command', command, content });
    await this.#session.synced();
    return ending;
  }

  /**
   * Writes the session to a new file, as a page or as Markdown. Returns its path, or undefined if
   * nothing was said yet.
   * @throws Error with a `code` when the file cannot be written
   */
  exportTo(file: string): string | undefined {
    const { cwd, root } = this.#parts.snapshot;
    return exportSession(this.#session, path.resolve(cwd, fromHome(file)), root);
  }

  /** Switches to another policy. Returns what the person must know about it, if anything. */
  switchPolicy(policy: ApprovalPolicy): string | undefined {
    this.approvals.policy = policy;
    return this.#parts.noticeOf(policy);
  }

  /** Continues this session with another model. */
  switchModel(name: string): void {
    this.#chosenModel = name;
    this.#use(name);
  }

  /**
   * Resumes another session and closes this one, with the model of that one unless the person named
   * a model; nothing is always allowed any more. If it cannot be resumed, returns why and keeps this one.
   * @param asked what `SessionStore.find` takes
   */
  switchSession(asked: string): string | undefined {
    let session: Session;
    try {
      const id = this.store.find(asked, this.#session.id);
      if (id === this.#session.id) return 'You are already in this session.';
      session = this.store.resume(id);
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      return error.message;
    }
    this.#session.close();
    this.#session = session;
    this.#changes = this.#changesOf(session);
    this.approvals.forget();
    this.#use(this.#chosenModel ?? session.state.model ?? this.modelName);
    return undefined;
  }

  /** Closes the session: nothing is written after this. */
  close(): void {
    this.#session.close();
  }

  #use(model: string): void {
    if (model !== this.modelName) {
      this.#model = this.#parts.modelNamed(model);
      this.thinking.forget();
      this.#window = this.#newWindow();
    }
    this.#agent = this.#build();
  }

  #changesOf(session: Session): Undo {
    const { snapshot, say } = this.#parts;
    return new Undo({ session, root: snapshot.root, warn: say });
  }

  #build(): Agent {
    const { store } = this.#parts;
    const snapshot = this.#snapshot;
    const model = this.#model;
    const session = this.#session;
    return buildAgent({
      ...this.#parts,
      snapshot,
      model,
      tools: allTools,
      window: this.#window,
      session,
      keep: (change) => this.#changes.keep(change),
      look: this.#look,
      childSession: () => store.create(model.name, session.id),
    });
  }

  #newWindow(): ContextWindow {
    const { numCtx, say, onLimit } = this.#parts;
    return new ContextWindow(numCtx, (limit) => {
      if (numCtx !== undefined)
        say(`--num-ctx ${numCtx} is more than the model has: ${limit} is used.`);
      onLimit?.(limit);
    });
  }
}
