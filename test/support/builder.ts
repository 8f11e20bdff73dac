/** Builds the prompts of a session in memory. */
import type { Turn } from '../../src/model/model.ts';
import { PromptBuilder } from '../../src/prompt/prompt-builder.ts';
import { allTurns, type Prompt } from '../../src/prompt/prompt.ts';
import type { CallSettings } from '../../src/prompt/epoch.ts';
import type { NewRecord } from '../../src/records.ts';
import type { Session } from '../../src/session/session.ts';
import { readOnlyTools } from '../../src/tools/index.ts';
import { memorySession, SNAPSHOT } from './session.ts';

/** How the model is called. */
export const CALL: CallSettings = {
  model: 'a-model',
  settings: {},
  numCtx: 4_096,
  rendering: { route: 'chat' },
};

export function builderOf(session: Session) {
  const options = {
    session,
    window: { numCtx: CALL.numCtx },
    tools: readOnlyTools,
    readOnly: false,
    version: '0.0.0',
  };
  const builder = new PromptBuilder(options);
  /** Compacts the conversation to this many characters; returns how many were saved. */
  const compact = (target: number): number => {
    const plan = builder.plan(target);
    return plan ? builder.compact(plan) : 0;
  };
  /** The prompt of a call, and its turns. */
  const send = (snapshot = SNAPSHOT, call = CALL): Prompt & { turns: Turn[] } => {
    builder.ensureEpoch(snapshot, call);
    const prompt = builder.build(snapshot);
    return { ...prompt, turns: allTurns(prompt) };
  };
  return { builder, compact, send };
}

/** A session with these records, and what builds its prompts. */
export function begin(...records: NewRecord[]) {
  const { session, resume, records: written } = memorySession();
  for (const record of records) session.record(record);
  return { session, resume, written, ...builderOf(session) };
}
