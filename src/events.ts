/** What the loop tells the screen, in order. `final` is always the last event of a request. */
import type { Usage } from './model/model.ts';

/** Why a request ended. */
export type FinalReason = 'answer' | 'step_limit' | 'malformed' | 'interrupted';

export type AgentEvent =
  /** A model call begins. */
  | { type: 'model_start'; promptChars: number }
  /** A piece of the reply: as the model made it, and the part of it that is meant for the person. */
  | { type: 'model_delta'; raw: string; answer: string }
  | { type: 'model_end'; usage: Usage }
  /** The reply could not be used; the model was told why and is asked again. */
  | { type: 'malformed'; problem: string }
  | { type: 'tool_start'; name: string; args: Record<string, unknown> }
  | { type: 'tool_end'; name: string; ok: boolean; content: string; elapsedMs: number }
  /** The oldest entries of the transcript were left out so that the prompt fits the window. */
  | { type: 'compacted'; dropped: number }
  | { type: 'final'; reason: FinalReason; text: string };
