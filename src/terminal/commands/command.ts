/** What a slash command is, and what it may use. */
import type { ChalkInstance } from 'chalk';
import type { Agent } from '../../agent/agent.ts';
import type { ModelServer } from '../../model/server.ts';
import type { Think } from '../../model/think.ts';
import type { Session } from '../../session/session.ts';
import type { SessionStore } from '../../session/store.ts';
import type { Approvals, ApprovalPolicy } from '../../tools/approval.ts';
import type { Check } from '../../tools/check.ts';
import type { Undo } from '../../undo/undo.ts';
import type { Completable } from '../editor/complete.ts';
import type { Picker } from '../editor/picker.ts';

/** The conversation that commands are about: its parts, and what replaces them. */
export interface Conversation {
  /** Read it where it is used: a switch of the model or the session makes another one. */
  readonly agent: Pick<Agent, 'reset' | 'compact' | 'looked' | 'reportContext' | 'reportPrompt'>;
  readonly session: Session;
  readonly changes: Pick<Undo, 'diff' | 'undo' | 'redo'>;
  readonly approvals: Approvals;
  /** The command that runs after edits, which may be switched. */
  readonly check: Pick<Check, 'command' | 'isDenied'>;
  /** How the model thinks; the mode may be switched. */
  readonly thinking: { mode: Think; readonly budget: number };
  readonly store: Pick<SessionStore, 'list' | 'factsOf' | 'whyNone'>;
  readonly modelName: string;
  /** The working memory as text. */
  readonly memory: string;
  switchModel(name: string): void;
  /**
   * Resumes another session, by what `SessionStore.find` takes. Returns why it cannot be resumed, if
   * it cannot.
   */
  switchSession(asked: string): string | undefined;
  /** Returns what the person must know about the policy, if anything. */
  switchPolicy(policy: ApprovalPolicy): string | undefined;
  /**
   * Writes the conversation to a new file. Returns its path, or undefined where nothing was said yet.
   * @throws Error with a `code` when it cannot be written
   */
  exportTo(file: string): string | undefined;
}

/** The models on the server. */
export interface Models extends Pick<ModelServer, 'list' | 'isSame'> {
  /** The server in a few words, if it is another machine. */
  readonly elsewhere: string | undefined;
  /** Whether the server can get another model. */
  readonly canPull: boolean;
  /** Asks whether to pull a model, and pulls it. Returns whether it is there now. @throws ModelError */
  offerPull(name: string, signal: AbortSignal): Promise<boolean>;
}

/** What a command works with. */
export interface CommandContext {
  conversation: Conversation;
  models: Models;
  chalk: ChalkInstance;
  /** Columns of the terminal, undefined where there is none. */
  columns: number | undefined;
  /** Prints something before the answer; it must be escaped. */
  print(text: string): void;
  /** A person can see a question about a call, and answer it. */
  canAsk: boolean;
  /** A person watches a terminal that can change what it shows. */
  canRedraw: boolean;
  /**
   * Asks a question of one line; undefined when nobody answers, or there is no terminal.
   * @param picker a list to pick the answer from; only where `canRedraw`
   */
  ask(prompt: string, picker?: Picker): Promise<string | undefined>;
  /** Aborts when the person interrupts the command. */
  signal: AbortSignal;
}

/** The answer of a command that ends the conversation. */
export const LEAVE = Symbol('leave');

/** Text to print, already escaped; or that the person quits. */
export type CommandAnswer = string | typeof LEAVE;

/** A slash command. */
export interface Command {
  names: readonly string[];
  /** What may follow the name: `[name]`. */
  argument?: string;
  /** What Tab completes it to. */
  completes?: Completable;
  summary: string;
  /** The answer is printed as it is. Long lines of other answers are wrapped. */
  isVerbatim?: true;
  /** @param argument what follows the name, trimmed; empty for nothing */
  run(context: CommandContext, argument: string): CommandAnswer | Promise<CommandAnswer>;
}
