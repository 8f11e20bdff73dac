/** What goes on at the prompt: one agent at a time, whose model and session may be changed. */
import os from 'node:os';
import path from 'node:path';
import type { Agent } from '../agent/agent.ts';
import { buildAgent, type BuildParts } from '../agent/build-agent.ts';
import { Undo } from '../undo/undo.ts';
import { ContextWindow } from '../context/window.ts';
import type { AgentEvent } from '../agent/events.ts';
import type { Model } from '../model/model.ts';
import type { Session } from '../session/session.ts';
import { exportSession } from '../session/export.ts';
import type { SessionStore, SessionSummary } from '../session/store.ts';
import type { ApprovalPolicy, Approvals } from '../tools/approval.ts';
import { runUserCommand, type OnOutput } from './shell-escape.ts';
import { lookAgain, type Snapshot } from '../workspace/snapshot.ts';
import type { ContextReport } from '../prompt/cache-stats.ts';
import type { Prompt } from '../prompt/prompt-builder.ts';
import type { ChangedFile, UndoOutcome } from '../undo/outcome.ts';

export interface ConversationParts extends Pick<
  BuildParts,
  'env' | 'approvals' | 'ask' | 'sandbox' | 'settings' | 'showChild' | 'version'
> {
  /** The window that the person asked for, in tokens. */
  numCtx?: number | undefined;
  /** The model of this name, on the server that was named at the start. */
  modelNamed: (name: string) => Model;
  /** The workspace at the start. */
  snapshot: Snapshot;
  /** Look at the workspace again before each request; without it the one look is enough. */
  looksAgain: boolean;
  /** The environment of git. */
  gitEnv: NodeJS.ProcessEnv;
  /** The environment of the person's own commands. */
  userEnv: NodeJS.ProcessEnv;
  store: SessionStore;
  session: Session;
  model: Model;
  /** What a person must know of a policy; undefined where there is nothing. */
  noticeOf: (policy: ApprovalPolicy) => string | undefined;
  /** Tells the person something, in one line. */
  say: (message: string) => void;
}

export class Conversation {
  readonly #parts: ConversationParts;
  #session: Session;
  #model: Model;
  #changes: Undo;
  #window: ContextWindow;
  #agent: Agent;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.#session = parts.session;
    this.#model = parts.model;
    this.#changes = this.#changesOf(parts.session);
    this.#window = this.#newWindow();
    this.#agent = this.#build();
  }

  get session(): Session {
    return this.#session;
  }

  get modelName(): string {
    return this.#model.name;
  }

  /** Asks the server for the model, which shows that both are there. @throws ModelError */
  async connect(signal: AbortSignal): Promise<void> {
    await this.#window.learn(this.#model, signal);
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

  /** The prompt that the next model call would send, by section. */
  reportPrompt(): Prompt {
    return this.#agent.reportPrompt();
  }

  /** Runs a command of the person's and lets the model see what it printed. Returns how it ended. */
  async runUserCommand(command: string, onOutput: OnOutput, signal: AbortSignal): Promise<string> {
    const { snapshot, userEnv: env } = this.#parts;
    const run = { cwd: snapshot.root, env, onOutput, signal };
    const { content, ending } = await runUserCommand(command, run);
    this.#session.record({ type: 'command', command, content });
    this.#session.flush();
    return ending;
  }

  /** The sessions that can be gone on with, the last written first. */
  listSessions(limit: number): SessionSummary[] {
    return this.#parts.store.list(limit);
  }

  /**
   * Writes the conversation to a new file, as Markdown. Returns its path, or undefined where nothing
   * was said yet.
   * @throws Error with a `code` when it cannot be written
   */
  exportTo(file: string): string | undefined {
    const name = file.replace(/^~(?=\/)/, os.homedir());
    return exportSession(this.#session, path.resolve(this.#parts.snapshot.cwd, name));
  }

  /** What is asked about, and what no more. */
  get approvals(): Approvals {
    return this.#parts.approvals;
  }

  /** Goes on under another policy. Returns what the person must know of it, if anything. */
  switchPolicy(policy: ApprovalPolicy): string | undefined {
    this.approvals.policy = policy;
    return this.#parts.noticeOf(policy);
  }

  /** What the agent changed in this session. */
  diff(): ChangedFile[] {
    return this.#changes.diff();
  }

  /** Takes back the file changes of the last request that has any. */
  undo(): UndoOutcome {
    return this.#changes.undo();
  }

  /** Makes the file changes of the last undo again. */
  redo(): UndoOutcome {
    return this.#changes.redo();
  }

  /** Goes on with another model in the same session. */
  switchModel(name: string): void {
    this.#model = this.#parts.modelNamed(name);
    this.#window = this.#newWindow();
    this.#agent = this.#build();
  }

  /**
   * Goes on with another session, and closes this one. What was allowed for always ends with it.
   * @throws SessionError when it cannot be had
   */
  switchSession(id: string): void {
    const session = this.#parts.store.resume(id);
    this.#session.close();
    this.#session = session;
    this.#changes = this.#changesOf(session);
    this.approvals.forget();
    this.#agent = this.#build();
  }

  /** Nothing is written after this. */
  close(): void {
    this.#session.close();
  }

  #changesOf(session: Session): Undo {
    const { snapshot, say } = this.#parts;
    return new Undo({ session, root: snapshot.root, warn: say });
  }

  #build(): Agent {
    const { snapshot, looksAgain, gitEnv, store } = this.#parts;
    const model = this.#model;
    const session = this.#session;
    return buildAgent({
      ...this.#parts,
      model,
      window: this.#window,
      session,
      keep: (change, write) => this.#changes.keep(change, write),
      look: () => (looksAgain ? lookAgain(snapshot, gitEnv) : Promise.resolve(snapshot)),
      childSession: () => store.create(model.name, session.id),
    });
  }

  #newWindow(): ContextWindow {
    const { numCtx, say } = this.#parts;
    return new ContextWindow(numCtx, (limit) =>
      say(`--num-ctx ${numCtx} is more than the model has: ${limit} is used.`),
    );
  }
}
