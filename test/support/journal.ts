/** What logs tell of the prompts that were sent: each is rebuilt from the records before its reply. */
import type { Turn } from '../../src/model/model.ts';
import { allTurns, promptOf } from '../../src/prompt/prompt.ts';
import type { EpochRecord, SessionRecord } from '../../src/records.ts';
import { memorySession, type Journal } from './session.ts';

/** A model call, as the log of its session tells of it. */
export interface LoggedCall {
  /** The session's. */
  id: string;
  epoch: EpochRecord;
  turns: Turn[];
  /** As it was recorded. */
  reply: string;
}

/** The calls of all sessions of a journal, in order. Nothing but the records is looked at. */
export function callsOf(journal: Journal): LoggedCall[] {
  const sessions = new Map<string, ReturnType<typeof memorySession>['session']>();
  const calls: LoggedCall[] = [];
  for (const { id, record } of journal) {
    const session = sessions.get(id) ?? memorySession().session;
    sessions.set(id, session);
    if (record.type === 'model') {
      const { epoch } = session.state;
      if (!epoch) throw new Error('a reply stands before any epoch');
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
