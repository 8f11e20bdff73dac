/**
 * Component 5, sessions and memory. A session is its records: every message is written to the log
 * as it happens, and the state is a fold over the log, so that resuming is reading.
 */
import { emptyMemory, remember, type WorkingMemory } from './memory.ts';
import {
  parseRecord,
  type NewRecord,
  type SessionRecord,
  type TranscriptRecord,
} from './records.ts';

export interface SessionState {
  /** What the transcript shows, oldest first, without what compactions left out. */
  entries: TranscriptRecord[];
  /** How many entries compactions left out. */
  dropped: number;
  memory: WorkingMemory;
  /** Requests since the start or the last reset. */
  requests: number;
}

export function emptyState(): SessionState {
  return { entries: [], dropped: 0, memory: emptyMemory(), requests: 0 };
}

/** Brings `state` up to date with one more record; `pending` is the model reply before it, if any. */
function apply(state: SessionState, record: SessionRecord, pending?: SessionRecord): void {
  remember(state.memory, record);
  switch (record.type) {
    case 'reset':
      Object.assign(state, emptyState());
      break;
    case 'compaction':
      state.dropped += state.entries.splice(0, record.dropped).length;
      break;
    case 'notice':
      // A raw reply shows only where it was malformed: a call or an answer has its own record.
      if (pending?.type === 'model') state.entries.push(pending);
      state.entries.push(record);
      break;
    case 'user':
      state.requests++;
      state.entries.push(record);
      break;
    case 'tool':
    case 'assistant':
    case 'workspace':
      state.entries.push(record);
      break;
  }
}

/** Where a session keeps its records. */
export interface RecordLog {
  readonly id: string;
  /** The file, or undefined for a session that is kept in memory only. */
  readonly path: string;
  /** Appends a record, as its line of JSON. */
  append(line: string): void;
  /** Returns when what was appended is on the disk. */
  flush(): void;
  close(): void;
}

/** The live session: state and log, always in step. */
export class Session {
  readonly id: string;
  readonly path: string;
  /** True when earlier records were read from the log. */
  readonly resumed: boolean;
  readonly #state = emptyState();
  readonly #log: RecordLog;
  #last: SessionRecord | undefined;

  constructor(log: RecordLog, earlier: readonly SessionRecord[] = []) {
    this.id = log.id;
    this.path = log.path;
    this.#log = log;
    this.resumed = earlier.length > 0;
    for (const record of earlier) this.#apply(record);
  }

  get state(): Readonly<SessionState> {
    return this.#state;
  }

  /** Writes a record and brings the state up to date with it. */
  record(record: NewRecord): void {
    const line = JSON.stringify({ ...record, created_at: new Date().toISOString() });
    this.#log.append(line);
    // Read back, so that the live state is what a resumed session will have, to the letter.
    const written = parseRecord(line);
    if (typeof written === 'string') throw new Error(`not a record: ${line.slice(0, 200)}`);
    this.#apply(written);
  }

  /** Begins transcript and memory anew. Where nothing was said yet, there is nothing to write. */
  reset(): void {
    if (this.#last === undefined) return;
    this.record({ type: 'reset' });
    this.flush();
  }

  flush(): void {
    this.#log.flush();
  }

  close(): void {
    this.#log.close();
  }

  #apply(record: SessionRecord): void {
    apply(this.#state, record, this.#last);
    this.#last = record;
  }
}
