/** Sessions in memory, and the records they consist of. */
import { deepStrictEqual as deepEqual } from 'node:assert';
import * as fc from 'fast-check';
import type { NewRecord, SessionRecord } from '../../src/records.ts';
import { parseRecord } from '../../src/records/parse.ts';
import { readLog as readEach, type LogSummary } from '../../src/session/read-log.ts';
import { Fold, Session } from '../../src/session/session.ts';
import type { Snapshot } from '../../src/workspace/snapshot.ts';

const isRecord = (record: SessionRecord | string): record is SessionRecord =>
  typeof record !== 'string';

/**
 * A session without a file, with these records, and a second one made from everything in its log.
 * `journal` gets each record as it is written, with the name of the session.
 */
export function memorySession(
  earlier: readonly SessionRecord[] = [],
  journal: Journal = [],
  id = '20260401-144025-2dd0aa',
): { session: Session; resume: () => Session; records: () => SessionRecord[] } {
  const lines = earlier.map((record) => JSON.stringify(record));
  const log = {
    id,
    path: 'memory.jsonl',
    append(line: string) {
      lines.push(line);
      const record = parseRecord(line);
      deepEqual(record, JSON.parse(line), 'it is not read as it was written');
      if (isRecord(record)) journal.push({ id, record });
    },
    synced: () => Promise.resolve(),
    close: () => undefined,
  };
  const records = () => lines.map(parseRecord).filter(isRecord);
  const sessionOf = (all: readonly SessionRecord[]) => new Session(log, folded(all));
  return { session: sessionOf(earlier), resume: () => sessionOf(records()), records };
}

/** What these records come to. */
function folded(records: readonly SessionRecord[]): Fold {
  const fold = new Fold();
  for (const record of records) fold.add(record);
  return fold;
}

/** All records of a log, and what it is besides. */
export function readLog(file: string): LogSummary & { records: SessionRecord[] } {
  const records: SessionRecord[] = [];
  return { ...readEach(file, (record) => void records.push(record)), records };
}

/** What sessions have written, in order. */
export type Journal = { id: string; record: SessionRecord }[];

/** The time does not matter. */
export const at = (record: NewRecord): SessionRecord => ({
  ...record,
  created_at: '2026-04-01T14:40:25.000Z',
});

/** What a session holds after these records. */
export function stateOf(...records: NewRecord[]): Session['state'] {
  return memorySession(records.map(at)).session.state;
}

export const user = (content: string): NewRecord => ({ type: 'user', content });

export const heard = (content: string): NewRecord => ({ type: 'heard', content });

export const notice: NewRecord = { type: 'notice', content: 'Not usable.' };

export const answer = (content: string): NewRecord => ({
  type: 'assistant',
  content,
  reason: 'answer',
});

export const model = (content: string, done_reason = 'stop'): NewRecord => ({
  type: 'model',
  content,
  done_reason,
  usage: { prompt_chars: 1 },
});

const GIT = { branch: 'main', defaultBranch: 'main', status: 'clean', recentCommits: [] };
export const SNAPSHOT: Snapshot = { cwd: '/home/me', root: '/home/me', ...GIT, docs: [] };

type NewEpoch = Extract<NewRecord, { type: 'epoch' }>;

/** An epoch with a minimal prefix. */
export const epoch = (parts: Partial<NewEpoch> = {}): NewEpoch => ({
  type: 'epoch',
  why: 'start',
  version: '0.0.0',
  model: 'scripted',
  system: 'Rules:',
  examples: [],
  memory: '',
  num_ctx: 4_096,
  settings: {},
  snapshot: SNAPSHOT,
  route: 'chat',
  ...parts,
});

/** The record of a call that went well. */
export const tool = (name: string, args: Record<string, unknown>, content: string): NewRecord => ({
  type: 'tool',
  name,
  args,
  content,
  ok: true,
});

/** The record of a check, and what it printed. */
export const check = (command: string, content: string, ok = false): NewRecord => ({
  type: 'tool',
  name: 'check',
  args: { command },
  content,
  ok,
  check: true,
  traits: { command: 'command' },
});

/** The record of a read, and what it showed. */
export const read = (path: string, content = `# ${path}`): NewRecord =>
  tool('read_file', { path }, content);

export const compaction = (whole: number, dropped: number, newest_chars?: number): NewRecord => ({
  type: 'compaction',
  whole,
  dropped,
  ...(newest_chars !== undefined && { newest_chars }),
});

const KINDS = [
  'user',
  'heard',
  'model',
  'broken',
  'notice',
  'answer',
  'workspace',
  'note',
  'command',
  'write',
  'check',
] as const;

/** Any record that is neither a compaction nor a reset, its text up to the size that tools give. */
export const anyRecord: fc.Arbitrary<NewRecord> = fc
  .record({
    text: fc.oneof(fc.string({ unit: 'binary' }), fc.lorem({ maxCount: 40 })),
    times: fc.integer({ min: 1, max: 30 }),
    kind: fc.constantFrom(...KINDS),
    reads: fc.option(fc.constantFrom('a', 'b', 'c'), { freq: 2 }),
  })
  .map(({ text, times, kind, reads }) => {
    if (reads !== null) return read(reads, `# ${reads}\n${'some line\n'.repeat(times * 10)}`);
    const content = text.repeat(times).slice(0, 4_000);
    switch (kind) {
      case 'user':
        return user(content);
      case 'model':
        return model(content);
      case 'broken':
        return model(content, times % 2 === 0 ? 'failed' : 'interrupted');
      case 'command':
        return { type: kind, command: content, content };
      case 'answer':
        return answer(content);
      case 'write': {
        const args = { path: 'a', content, more: [content, 7, true, null] };
        return { type: 'tool', name: 'write_file', args, content, ok: times % 2 === 0 };
      }
      case 'check':
        return check(content, content, times % 2 === 0);
      case 'heard':
      case 'workspace':
      case 'note':
        return { type: kind, content };
      default:
        return { type: 'notice', content };
    }
  });

/** Edits by tools, and their undo and redo. */
const anyChange: fc.Arbitrary<NewRecord> = fc
  .record({
    type: fc.constantFrom('change', 'undo', 'redo'),
    path: fc.constantFrom('a', 'b'),
    digit: fc.constantFrom('0', '1', '2'),
  })
  .map(({ type, path, digit }) => {
    const edit = { path, before: null, after: digit.repeat(64) };
    if (type === 'change') return { type, ...edit };
    return type === 'undo' ? { type, edits: [edit] } : { type: 'redo' };
  });

const anyCompaction = fc
  .tuple(fc.nat(9), fc.nat(4), fc.option(fc.nat(500), { nil: undefined }))
  .map((numbers) => compaction(...numbers));

const anyEpoch: fc.Arbitrary<NewRecord> = fc
  .record({ why: fc.constantFrom('start', 'rules'), system: fc.string({ unit: 'binary' }) })
  .map(epoch);

/** Any record at all. */
export const anyLogged: fc.Arbitrary<NewRecord> = fc.oneof(
  { weight: 8, arbitrary: anyRecord },
  { weight: 2, arbitrary: anyChange },
  { weight: 2, arbitrary: anyEpoch },
  {
    weight: 1,
    arbitrary: fc.constant<NewRecord>({ type: 'failure', kind: 'timeout', message: 'It is slow.' }),
  },
  { weight: 1, arbitrary: anyCompaction },
  { weight: 1, arbitrary: fc.constant<NewRecord>({ type: 'reset' }) },
);
