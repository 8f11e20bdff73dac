/**
 * Component 5, sessions and memory. A session is its records: every message is written to the log
 * as it happens, and the state is a fold over the log, so that resuming is reading.
 */
import { compactEntries } from '../context/compaction.ts';
import type { Usage } from '../model/model.ts';
import {
  parseRecord,
  type EpochRecord,
  type NewRecord,
  type SessionRecord,
  type TranscriptEntry,
  type TranscriptRecord,
} from '../records.ts';
import { emptyEditLog, followEdit, type EditLog } from './edit-log.ts';
import { emptyMemory, remember, renderMemory, touchedFile, type WorkingMemory } from './memory.ts';

/** A cache epoch, as its record tells of it. */
export interface Epoch {
  record: EpochRecord;
  /** Working memory as it stood when the epoch began, where entries had been left out by then. */
  memory: string;
}

export interface SessionState {
  /** What the conversation shows, oldest first, without what compactions left out. */
  entries: TranscriptEntry[];
  /** How many entries compactions left out. */
  dropped: number;
  memory: WorkingMemory;
  /** The epoch that goes on; undefined before the first, and after a reset or a compaction. */
  epoch: Epoch | undefined;
  /** What ended the last epoch, where none goes on. */
  ended: 'reset' | 'compaction' | undefined;
  /** The workspace as the model was last told of it. */
  told: EpochRecord['snapshot'] | undefined;
  /** When each file was last read or written, by the name it was given. Compactions and resets forget none. */
  seen: Map<string, string>;
  /** What tools did to files. Compactions and resets forget none of it. */
  history: EditLog;
  /** What the last model call cost that the server counted. */
  usage: Usage | undefined;
}

export function emptyState(): SessionState {
  return {
    entries: [],
    dropped: 0,
    memory: emptyMemory(),
    epoch: undefined,
    ended: undefined,
    told: undefined,
    seen: new Map(),
    history: emptyEditLog(),
    usage: undefined,
  };
}

/** Working memory for the beginning of an epoch: sent where entries have left the conversation. */
export function memoryFor({ entries, dropped, memory }: SessionState): string {
  const isLess = dropped > 0 || entries.some(({ shortened }) => shortened);
  return isLess ? renderMemory(memory) : '';
}

/** The text of the last request; empty before the first. */
export function lastRequest({ entries }: Readonly<SessionState>): string {
  const last = entries.findLast(({ record }) => record.type === 'user');
  return last?.record.content ?? '';
}

/** The last reply is there, and nothing came of it: the program was ended at once. */
export function isUnfinished({ entries }: SessionState): boolean {
  const last = entries.at(-1);
  if (last?.record.type !== 'model' || last.shortened) return false;
  return last.record.done_reason !== 'failed'; // of that, the next turn tells anyway
}

/** Brings `state` up to date with one more record. */
function apply(state: SessionState, record: SessionRecord): void {
  remember(state.memory, record);
  followEdit(state.history, record);
  switch (record.type) {
    case 'reset':
      // What was seen of files stays: an edit made since must not be overwritten, and can be undone.
      Object.assign(state, emptyState(), {
        seen: state.seen,
        history: state.history,
        ended: 'reset',
      });
      break;
    case 'compaction': {
      const before = state.entries.length;
      state.entries = compactEntries(state.entries, record);
      state.dropped += before - state.entries.length;
      Object.assign(state, { epoch: undefined, ended: 'compaction' });
      break;
    }
    case 'epoch':
      state.epoch = { record, memory: memoryFor(state) };
      state.told = record.snapshot;
      break;
    case 'workspace':
      state.told = record.snapshot ?? state.told;
      show(state, record);
      break;
    case 'model':
      if (record.usage.prompt_tokens) state.usage = record.usage;
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
    case 'notice':
    case 'assistant':
    case 'note':
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
  #isEmpty = true;

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
    if (this.#isEmpty) return;
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
    apply(this.#state, record);
    this.#isEmpty = false;
  }
}
