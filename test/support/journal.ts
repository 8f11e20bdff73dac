/** Rebuilds the prompts that were sent from logs: each from the records before its reply. */
import type { Turn } from '../../src/model/model.ts';
import { allTurns, promptOf } from '../../src/prompt/prompt.ts';
import type { EpochRecord, SessionRecord } from '../../src/records.ts';
import { memorySession, type Journal } from './session.ts';

/** A model call, according to the log of its session. */
export interface LoggedCall {
  /** The session's id. */
  id: string;
  epoch: EpochRecord;
  turns: Turn[];
  /** The recorded reply. */
  reply: string;
}

/** The calls of all sessions of a journal, in order, from the records alone. */
export function callsOf(journal: Journal): LoggedCall[] {
  const sessions = new Map<string, ReturnType<typeof memorySession>['session']>();
  const calls: LoggedCall[] = [];
  for (const { id, record } of journal) {
    const session = sessions.get(id) ?? memorySession().session;
    sessions.set(id, session);
    if (record.type === 'model') {
      const { epoch } = session.state;
      if (!epoch) throw new Error('a reply comes before any epoch');
      const turns = allTurns(promptOf(epoch.record, session.state));
      calls.push({ id, epoch: epoch.record, turns, reply: record.content });
    }
    session.record(record);
  }
  return calls;
}

/** The calls of one session's records. */
export function callsIn(records: readonly SessionRecord[]): LoggedCall[] {
  return callsOf(records.map((record) => ({ id: 'one', record })));
}
