/** What the loop tells the screen, in order. `final` is always the last event of a request. */
import type { LastCall, Reuse } from '../prompt/cache-stats.ts';
import type { Prompt } from '../prompt/prompt-builder.ts';
import type { Usage } from '../model/model.ts';

/** Why a request ended. */
export type FinalReason = 'answer' | 'step_limit' | 'malformed' | 'interrupted';

export type AgentEvent =
  /** A model call begins. `newChars` of its prompt were not in the one before. */
  | { type: 'model_start'; promptChars: number; newChars: number }
  /** A piece of the reply: as the model made it, and the part of it that is meant for the person. */
  | { type: 'model_delta'; raw: string; answer: string }
  | { type: 'model_end'; usage: Usage; numCtx: number }
  /** The reply could not be used; the model was told why and is asked again. */
  | { type: 'malformed'; problem: string }
  | { type: 'tool_start'; name: string; args: Record<string, unknown> }
  | { type: 'tool_end'; name: string; ok: boolean; content: string; elapsedMs: number }
  /** Older entries of the transcript were shortened or left out so that the prompt fits the window. */
  | { type: 'compacted'; saved: number }
  | { type: 'final'; reason: FinalReason; text: string };

export type { LastCall };

/** What `/prompt` shows: the prompt that the next model call would send, but for its request. */
export type PromptReport = Prompt;

/** What `/context` shows. */
export interface ContextReport {
  /** The window, in tokens. */
  numCtx: number;
  /** Tokens kept free for the reply. */
  numPredict: number;
  /** The prompt by section, in tokens: what the server counted, shared out by length. */
  tokens: { system: number; examples: number; memory: number; conversation: number };
  reuse: Reuse;
}

/** A file as the agent found it first and left it last: what `/diff` shows. */
export interface ChangedFile {
  path: string;
  /** Undefined where there was no file. */
  before: Buffer | undefined;
  after: Buffer | undefined;
  /** Something else has changed the file since the agent left it. */
  isChangedSince: boolean;
  /** What the file held was not kept, so that nothing can be shown. */
  isLost: boolean;
}

/** How `/undo` or `/redo` came out. */
export type UndoOutcome =
  | { type: 'nothing' }
  /** Nothing was changed: a clause for each file that stands in the way. */
  | { type: 'refused'; problems: string[] }
  | {
      type: 'done';
      request: string;
      files: { path: string; isGone: boolean }[];
      /** A clause for each file that could not be written. */
      problems: string[];
      /** A command ran in the request or after it. */
      ranShell: boolean;
    };
