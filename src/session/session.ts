/**
 * Component 5, sessions and memory. A session is its records: every message is written to the log
 * as it happens, and the state is a fold over the log, so that resuming is reading.
 */
import { emptyHistory, followChange, type ChangeHistory } from './change-history.ts';
import { emptyMemory, remember, touchedFile, type WorkingMemory } from './memory.ts';
import type { Usage } from '../model/model.ts';
import {
  parseRecord,
  type NewRecord,
  type SessionRecord,
  type TranscriptRecord,
} from '../records.ts';

/** A record as the transcript shows it: whole, or shortened by a compaction. */
export interface TranscriptEntry {
  record: TranscriptRecord;
  shortened: boolean;
}

export interface SessionState {
  /** What the transcript shows, oldest first, without what compactions left out. */
  entries: TranscriptEntry[];
  /** How many entries compactions left out. */
  dropped: number;
  memory: WorkingMemory;
  /** When each file was last read or written, by the name it was given. Compactions and resets forget none. */
  seen: Map<string, string>;
  /** What tools did to files. Compactions and resets forget none of it. */
  history: ChangeHistory;
  /** What the last model call cost. */
  usage: Usage | undefined;
}

export function emptyState(): SessionState {
  return {
    entries: [],
    dropped: 0,
    memory: emptyMemory(),
    seen: new Map(),
    history: emptyHistory(),
    usage: undefined,
  };
}

/** What a compaction does; its record holds no more, since the rest follows from the entries. */
export interface Compaction {
  /** How many of the newest entries stay whole; those before them are shortened. */
  whole: number;
  /** How many of the oldest are left out. */
  dropped: number;
}

/**
 * Carries a compaction out. Of the entries that do not stay whole, a read whose very content stands
 * again later goes; the last request is neither shortened nor left out.
 */
export function compactEntries(
  entries: readonly TranscriptEntry[],
  { whole, dropped }: Compaction,
): TranscriptEntry[] {
  const request = entries.findLastIndex(({ record }) => record.type === 'user');
  const lastRead = new Map<string, number>();
  for (const [index, { record }] of entries.entries()) {
    // The content names path and lines, so what is equal is the same read of the same file.
    if (isRead(record)) lastRead.set(record.content, index);
  }
  const shortened = entries.flatMap((entry, index) => {
    if (index >= entries.length - whole || index === request) return [entry];
    if (isRead(entry.record) && lastRead.get(entry.record.content) !== index) return [];
    return [{ ...entry, shortened: true }];
  });
  const kept = entries[request];
  let left = dropped;
  return shortened.filter((entry) => entry === kept || left-- <= 0);
}

function isRead(record: TranscriptRecord): record is TranscriptRecord & { type: 'tool' } {
  return record.type === 'tool' && record.ok && record.name === 'read_file';
}

/** Brings `state` up to date with one more record; `pending` is the model reply before it, if any. */
function apply(state: SessionState, record: SessionRecord, pending?: SessionRecord): void {
  remember(state.memory, record);
  followChange(state.history, record);
  switch (record.type) {
    case 'reset':
      // What was seen of files stays: an edit made since must not be overwritten, and can be undone.
      Object.assign(state, emptyState(), { seen: state.seen, history: state.history });
      break;
    case 'compaction': {
      const before = state.entries.length;
      state.entries = compactEntries(state.entries, record);
      state.dropped += before - state.entries.length;
      break;
    }
    case 'model':
      state.usage = record.usage;
      break;
    case 'notice':
      // A raw reply shows only where it was malformed: a call or an answer has its own record.
      if (pending?.type === 'model') show(state, pending);
      show(state, record);
      break;
    case 'tool': {
      const file = record.ok ? touchedFile(record) : undefined;
      if (file !== undefined) state.seen.set(file, record.created_at);
      show(state, record);
      break;
    }
    case 'user':
    case 'command':
    case 'assistant':
    case 'workspace':
      show(state, record);
      break;
  }
}

function show(state: SessionState, record: TranscriptRecord): void {
  state.entries.push({ record, shortened: false });
}

/** Where a session keeps its records. */
export interface RecordLog {
  readonly id: string;
  /** The file. */
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
    // Read back, so that the live state is what a resumed session will have, to the letter.
    const written = parseRecord(line);
    if (typeof written === 'string') throw new Error(`not a record: ${line.slice(0, 200)}`);
    this.#log.append(line);
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
