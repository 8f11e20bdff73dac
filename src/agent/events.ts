/** What the loop tells the screen, in order. `final` is always the last event of a request. */
import type { Usage } from '../model/model.ts';
import type { FinalReason } from '../records.ts';
import type { LastCall } from '../prompt/cache-stats.ts';

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
