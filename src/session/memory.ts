/** Working memory: the little that should outlive the transcript. A fold over the records. */
import path from 'node:path';
import { clipLine, clipToolName, oneLine } from '../context/clip.ts';
import { weigh } from '../context/guess-tokens.ts';
import type { SessionRecord, ToolRecord } from '../records.ts';
import { traitsOf } from '../records/traits.ts';

/** What is kept when older turns are not. */
export interface WorkingMemory {
  /** The request at hand, at most 300 characters. */
  task: string;
  /** The files read or edited last, at most eight, the newest at the end. */
  files: string[];
  /** The newest results and answers, at most five and 220 characters each, the newest at the end. */
  notes: string[];
}

const TASK_CHARS = 300;
const NOTE_CHARS = 220;
const MAX_FILES = 8;
const MAX_NOTES = 5;

/** The memory of a session without records. */
export function emptyMemory(): WorkingMemory {
  return { task: '', files: [], notes: [] };
}

/** Brings `memory` up to date with one more record. */
export function remember(memory: WorkingMemory, record: SessionRecord): void {
  switch (record.type) {
    case 'user':
      memory.task = clipLine(record.content, TASK_CHARS);
      break;
    case 'tool': {
      const file = record.ok ? touchedFile(record) : undefined;
      if (file !== undefined) {
        append(memory.files, clipLine(path.normalize(file), NOTE_CHARS), MAX_FILES);
      }
      const name = clipToolName(record.name);
      append(memory.notes, `${name}: ${clipLine(record.content, NOTE_CHARS)}`, MAX_NOTES);
      break;
    }
    case 'assistant':
      if (record.reason === 'answer') {
        append(memory.notes, clipLine(record.content, NOTE_CHARS), MAX_NOTES);
      }
      break;
    case 'note':
      append(memory.notes, oneLine(record.content), MAX_NOTES);
      break;
  }
}

/** The file that a call read or wrote, as the call named it; undefined if none. */
export function touchedFile(record: ToolRecord): string | undefined {
  const { reads, edits } = traitsOf(record);
  const arg = edits ?? reads;
  const file = arg === undefined ? undefined : record.args[arg];
  return typeof file === 'string' ? file : undefined;
}

/** Adds an item at the end, or moves it there; drops the oldest. */
function append(items: string[], item: string, limit: number): void {
  const seen = items.indexOf(item);
  if (seen !== -1) items.splice(seen, 1);
  items.push(item);
  if (items.length > limit) items.shift();
}

/**
 * Renders the `Memory:` section of the prompt, which `/memory` prints too.
 * @param most what it may weigh: the oldest notes are left out first, then the oldest files
 */
export function renderMemory({ task, files, notes }: WorkingMemory, most = Infinity): string {
  const text = [
    'Memory:',
    `- task: ${task || '-'}`,
    `- files: ${files.join(', ') || '-'}`,
    '- notes:',
    ...(notes.length > 0 ? notes.map((note) => `  - ${note}`) : ['  - none']),
  ].join('\n');
  if (weigh(text) <= most || files.length + notes.length === 0) return text;
  const less =
    notes.length > 0 ? { files, notes: notes.slice(1) } : { files: files.slice(1), notes };
  return renderMemory({ task, ...less }, most);
}
