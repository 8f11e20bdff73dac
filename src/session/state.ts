/** The state of a session: a fold over its records. */
import { compactEntries, type Compaction } from '../context/compact-entries.ts';
import { resultChars } from '../context/result-room.ts';
import type { Usage } from '../model/model.ts';
import type { EpochRecord, SessionRecord, TranscriptEntry, TranscriptRecord } from '../records.ts';
import { emptyEditLog, followEdit, type EditLog } from './edit-log.ts';
import { emptyMemory, remember, renderMemory, touchedFile, type WorkingMemory } from './memory.ts';
import { followWork, noWork, type Work } from './work.ts';

/** The current cache epoch: a run of prompts that each extend the one before. */
interface Epoch {
  record: EpochRecord;
  /** The section `Memory:` as the epoch started; empty if nothing was left out or shortened. */
  memory: string;
}

/** What the records come to. */
export interface SessionState {
  /** The conversation, oldest first, without what compactions left out. */
  entries: TranscriptEntry[];
  /** How many entries compactions left out. */
  dropped: number;
  memory: WorkingMemory;
  /** The current epoch; undefined before the first, and after a reset or a compaction. */
  epoch: Epoch | undefined;
  /** What ended the last epoch, if there is no current one. */
  ended: 'reset' | 'compaction' | undefined;
  /** The name of the model that last began an epoch, or that the session began with. */
  model: string | undefined;
  /** The window of the last epoch, in tokens: memory takes no more of it than a result. */
  numCtx: number;
  /** The workspace as the model was last told. */
  told: EpochRecord['snapshot'] | undefined;
  /** When each file was last read or written, by the name in the call. Survives compactions and resets. */
  seen: Map<string, string>;
  /** What tools did to files. Survives compactions and resets. */
  history: EditLog;
  /** What tools did in the current request. Survives compactions. */
  work: Work;
  /** The cost of the last model call for which the server counted tokens. */
  usage: Usage | undefined;
}

/** Of a session without records. */
export function emptyState(): SessionState {
  return {
    entries: [],
    dropped: 0,
    memory: emptyMemory(),
    epoch: undefined,
    ended: undefined,
    model: undefined,
    numCtx: Infinity,
    told: undefined,
    seen: new Map(),
    history: emptyEditLog(),
    work: noWork(),
    usage: undefined,
  };
}

/** The section `Memory:` for a new epoch; empty if nothing was left out or shortened. */
export function memoryFor(state: SessionState): string {
  const isLess = state.dropped > 0 || state.entries.some(({ shortened }) => shortened);
  return isLess ? memoryBesides(state) : '';
}

/** The section `Memory:` as it would be if something were left out. */
export function memoryBesides({ memory, numCtx }: SessionState): string {
  return renderMemory(memory, resultChars(numCtx));
}

/** The state as it would be after a compaction, apart from the epoch that this ends. */
export function compacted(state: SessionState, plan: Compaction): SessionState {
  const entries = compactEntries(state.entries, plan);
  return { ...state, entries, dropped: state.dropped + state.entries.length - entries.length };
}

/** The text of the last request; empty before the first. */
export function lastRequest({ entries }: Readonly<SessionState>): string {
  const last = entries.findLast(({ record }) => record.type === 'user');
  return last?.record.content ?? '';
}

/** Whether the last reply was not acted on, because the program was killed. */
export function isUnfinished({ entries }: SessionState): boolean {
  const last = entries.at(-1);
  if (last?.record.type !== 'model' || last.shortened) return false;
  return last.record.done_reason !== 'failed'; // the next turn says so anyway
}

/** Updates `state` with one more record. */
export function applyRecord(state: SessionState, record: SessionRecord): void {
  remember(state.memory, record);
  followEdit(state.history, record);
  followWork(state.work, record);
  switch (record.type) {
    case 'reset':
      // `seen` and `history` stay: newer edits must not be overwritten, and old ones can still be
      // undone. The model is not part of the conversation.
      Object.assign(state, emptyState(), {
        seen: state.seen,
        history: state.history,
        model: state.model,
        numCtx: state.numCtx,
        ended: 'reset',
      });
      break;
    case 'compaction':
      Object.assign(state, compacted(state, record), { epoch: undefined, ended: 'compaction' });
      break;
    case 'epoch':
      state.numCtx = record.num_ctx;
      state.epoch = { record, memory: memoryFor(state) };
      state.model = record.model;
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
    case 'heard':
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
