/** What a slash command is, and what it may use. */
import type { ChalkInstance } from 'chalk';
import type { ContextReport } from '../../prompt/cache-stats.ts';
import type { Prompt } from '../../prompt/prompt-builder.ts';
import type { Session } from '../../session/session.ts';
import type { SessionSummary } from '../../session/store.ts';
import type { ApprovalPolicy } from '../../tools/approval.ts';
import type { ChangedFile, UndoOutcome } from '../../undo/outcome.ts';

/** What these commands may do to the conversation. */
export interface Changeable {
  diff(): ChangedFile[];
  undo(): UndoOutcome;
  redo(): UndoOutcome;
  readonly approvals: {
    readonly policy: ApprovalPolicy;
    /** What is not asked about any more. */
    readonly always: readonly string[];
    /** Takes back one of them by its index, or all. */
    forget(index?: number): void;
  };
  /** Returns what the person must know of the policy, if anything. */
  switchPolicy(policy: ApprovalPolicy): string | undefined;
}

/** What `/model` needs of the server. */
export interface Models {
  /** @throws when model or server fails */
  list(signal: AbortSignal): Promise<readonly { name: string; bytes: number | undefined }[]>;
  /** Asks whether to get the model, and gets it. Returns whether it is there now. */
  offerPull(name: string, signal: AbortSignal): Promise<boolean>;
}

/** The conversation, as far as its model goes. */
export interface ModelUser {
  readonly modelName: string;
  switchModel(name: string): void;
}

/** What commands may do to the conversation. */
export interface Commandable extends Changeable, ModelUser {
  readonly session: Session;
  reset(): void;
  /** Returns the characters saved. */
  compact(): number;
  reportContext(): ContextReport;
  reportPrompt(): Prompt;
  /** The last written first. */
  listSessions(limit: number): SessionSummary[];
  /** @throws SessionError when it cannot be had */
  switchSession(id: string): void;
  /** Returns the path of the new file, or undefined where nothing was said yet. @throws Error with a `code` */
  exportTo(file: string): string | undefined;
}

/** What a command works with. */
export interface CommandContext {
  conversation: Commandable;
  models: Models;
  chalk: ChalkInstance;
  /** Columns of the terminal, undefined where there is none. */
  columns: number | undefined;
  /** Prints something before the answer, safe for the terminal. */
  print(text: string): void;
  /** Puts a question of one line; undefined when nobody answers, or there is no terminal. */
  ask(prompt: string): Promise<string | undefined>;
  /** Aborts when the person interrupts the command. */
  signal: AbortSignal;
}

/** Text to print, safe for the terminal; or that the person leaves. */
export type CommandAnswer = string | typeof LEAVE;

/** The answer of a command that ends the conversation. */
export const LEAVE = Symbol('leave');

/** A slash command. */
export interface Command {
  names: readonly string[];
  /** What may stand behind the name: `[name]`. */
  argument?: string;
  summary: string;
  /** The answer is printed as it is; of others, long lines are wrapped. */
  isVerbatim?: true;
  /** @param argument what stands behind the name, trimmed; empty for nothing */
  run(context: CommandContext, argument: string): CommandAnswer | Promise<CommandAnswer>;
}
