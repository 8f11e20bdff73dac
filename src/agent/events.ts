/** What happens during a request, in order. `final` is always the last event. */
import type { Usage } from '../model/model.ts';
import type { FinalReason } from '../records.ts';

/** One event of a request. */
export type AgentEvent =
  /** A model call begins. `newChars` of the prompt's characters were not in the one before. */
  | { type: 'model_start'; promptChars: number; newChars: number }
  /** A piece of the reply: as the model wrote it, and the part of it that is for the person. */
  | { type: 'model_delta'; raw: string; answer: string }
  | { type: 'model_end'; usage: Usage; numCtx: number }
  /** The reply could not be used; the model was told why and is asked again. */
  | { type: 'malformed'; problem: string }
  | { type: 'tool_start'; name: string; args: Record<string, unknown> }
  | { type: 'tool_end'; name: string; ok: boolean; content: string; elapsedMs: number }
  /** Older entries were shortened or left out to fit the window; `saved` counts characters. */
  | { type: 'compacted'; saved: number }
  | { type: 'final'; reason: FinalReason; text: string };
