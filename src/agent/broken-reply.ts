/** A reply that broke off: what is kept of it. */
import { ModelError } from '../model/model-error.ts';
import type { Session } from '../session/session.ts';
import type { ModelCall } from './model-call.ts';

/**
 * Records the part of a reply that came before it broke off, and why. Returns what the person saw of
 * it; empty if nothing.
 * @param failure what the call threw; undefined where the person interrupted it
 */
export function recordBroken(call: ModelCall, session: Session, failure: unknown): string {
  const broken = call.takeBroken();
  if (broken) {
    const done_reason = failure === undefined ? 'interrupted' : 'failed';
    const { text: content, thought, promptChars: prompt_chars } = broken;
    const usage = { prompt_chars };
    session.record({ type: 'model', content, ...(thought && { thought }), done_reason, usage });
  }
  if (failure instanceof ModelError) {
    const { kind, message } = failure;
    session.record({ type: 'failure', kind, message });
  }
  return broken?.answer ?? '';
}
