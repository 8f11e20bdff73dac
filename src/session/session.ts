/**
 * Component 5, sessions and memory. A session is its records: each is written to the log as it
 * happens, and the state is a fold over them, so resuming is reading the log.
 */
import type { NewRecord, SessionRecord } from '../records.ts';
import { applyRecord, emptyState, type SessionState } from './state.ts';

/** Where a session keeps its records. */
export interface RecordLog {
  readonly id: string;
  /** The path of its file. */
  readonly path: string;
  /** Appends a record as a line of JSON. */
  append(line: string): void;
  /** Resolves once everything appended so far is on the disk. */
  synced(): Promise<void>;
  close(): void;
}

/** The records of a session, one at a time, and the state that they come to. */
export class Fold {
  readonly state = emptyState();
  /** No record yet. */
  isEmpty = true;

  /** Updates the state with one more record. */
  add(record: SessionRecord): void {
    applyRecord(this.state, record);
    this.isEmpty = false;
  }
}

/** A live session: its state and its log, always in step. */
export class Session {
  readonly id: string;
  readonly path: string;
  /** True if earlier records were read from the log. */
  readonly resumed: boolean;
  readonly #fold: Fold;
  readonly #log: RecordLog;

  constructor(log: RecordLog, earlier = new Fold()) {
    this.id = log.id;
    this.path = log.path;
    this.#log = log;
    this.resumed = !earlier.isEmpty;
    this.#fold = earlier;
  }

  get state(): Readonly<SessionState> {
    return this.#fold.state;
  }

  /** Writes a record and updates the state with it. */
  record(record: NewRecord): void {
    const line = JSON.stringify({ ...record, created_at: new Date().toISOString() });
    this.#log.append(line);
    // Read back, so that the live state is exactly what a resumed session will have.
    this.#fold.add(JSON.parse(line) as SessionRecord);
  }

  /** Clears conversation and memory. If nothing has been said yet, nothing is written. */
  reset(): void {
    if (this.#fold.isEmpty) return;
    this.record({ type: 'reset' });
    void this.synced();
  }

  /** Resolves once every record so far is on the disk. */
  synced(): Promise<void> {
    return this.#log.synced();
  }

  close(): void {
    this.#log.close();
  }
}
