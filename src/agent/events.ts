/** What happens during a request, in order. `final` is always the last event. */
import type { Usage } from '../model/model.ts';
import type { FinalReason } from '../records.ts';
import type { CallLabel } from '../tools/label.ts';
import type { ToolSummary } from '../tools/outcome.ts';

/** How the check of a request ended. */
export interface CheckEnd {
  result: 'passed' | 'failed' | 'not_run';
  /** One sentence for the person, which the text of the final event ends with. */
  text: string;
}

/** A file that the request names. */
export interface AttachedFile {
  /** Relative to the workspace root. */
  path: string;
  /** Its lines, if its content goes with the request. */
  lines?: number;
  /** Why it goes by name only, in a few words. */
  why?: string;
}

/** How long a prompt is, about. */
export interface PromptSize {
  promptTokens: number;
  /** How many of them were not in the one before. */
  newTokens: number;
}

/** One event of a request. */
export type AgentEvent =
  /** The files that the request names: with their content, or by name only. */
  | { type: 'attached'; files: AttachedFile[] }
  /** The server still reads, ahead of the request, what every prompt begins with. */
  | ({ type: 'prompt_ahead' } & PromptSize)
  /** A model call begins. */
  | ({ type: 'model_start'; promptChars: number } & PromptSize)
  /** The server tells how many of the prompt's new tokens it has evaluated. */
  | { type: 'prompt_progress'; evaluated: number; total: number }
  /**
   * A piece of the reply: as the model wrote it, and the part of it that is for the person.
   * `isAnswer` tells that this is the answer, whatever follows: plain text may turn into a call.
   */
  | { type: 'model_delta'; raw: string; answer: string; isAnswer: boolean }
  /** A piece of a thought, which is no part of the reply. */
  | { type: 'thought'; text: string }
  | { type: 'model_end'; usage: Usage; numCtx: number }
  /** What the person should know of the model, in one clause. */
  | { type: 'notice'; text: string }
  /** The server is busy; the request is sent again after `waitMs` milliseconds. */
  | { type: 'busy'; waitMs: number }
  /** The reply could not be used; the model was told why, and retries. */
  | { type: 'malformed'; problem: string }
  /** A call as the model has made it, and how the person is told of it. */
  | { type: 'tool_start'; name: string; args: Record<string, unknown>; label: CallLabel }
  /** A call with the arguments that ran: a person may have changed them. */
  | {
      type: 'tool_end';
      name: string;
      args: Readonly<Record<string, unknown>>;
      label: CallLabel;
      ok: boolean;
      /** What the model is told. */
      content: string;
      /** What the person is shown besides. */
      summary?: ToolSummary | undefined;
      elapsedMs: number;
      /** What the person always allows that let it run unasked, if it is a beginning: `npm test …`. */
      rule?: string | undefined;
    }
  /** The check begins, if it is allowed: the person's command that runs after edits. */
  | { type: 'check_start'; command: string; label: CallLabel }
  | {
      type: 'check_end';
      /** As it ran: the person may have changed it. */
      command: string;
      label: CallLabel;
      /** It ran to its end. */
      ok: boolean;
      /** It ran to its end and found nothing wrong. */
      passed: boolean;
      /** What the model is told of a failure. */
      content: string;
      summary?: ToolSummary | undefined;
      elapsedMs: number;
    }
  /** What the person has added meanwhile is handed to the model. */
  | { type: 'heard'; text: string }
  /** Older entries were shortened or left out to fit the window; `saved` counts characters. */
  | { type: 'compacted'; saved: number }
  | { type: 'final'; reason: FinalReason; text: string; check?: CheckEnd | undefined };
