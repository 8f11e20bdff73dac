/** Sessions that are kept in memory, and the records they are made of. */
import * as fc from 'fast-check';
import { parseRecord, type NewRecord, type SessionRecord } from '../../src/records.ts';
import { Session } from '../../src/session/session.ts';

const isRecord = (record: SessionRecord | string): record is SessionRecord =>
  typeof record !== 'string';

/** A session without a file, of these records, and a second one made from what it has written so far. */
export function memorySession(earlier: readonly SessionRecord[] = []): {
  session: Session;
  resume: () => Session;
} {
  const lines: string[] = [];
  const log = {
    id: '20260401-144025-2dd0aa',
    path: 'memory.jsonl',
    append: (line: string) => void lines.push(line),
    flush: () => undefined,
    close: () => undefined,
  };
  return {
    session: new Session(log, earlier),
    resume: () => new Session(log, lines.map(parseRecord).filter(isRecord)),
  };
}

export const user = (content: string): NewRecord => ({ type: 'user', content });

export const notice: NewRecord = { type: 'notice', content: 'Not usable.' };

export const answer = (content: string): NewRecord => ({
  type: 'assistant',
  content,
  reason: 'answer',
});

export const model = (content: string): NewRecord => ({
  type: 'model',
  content,
  done_reason: 'stop',
  usage: { prompt_chars: 1 },
});

/** A read of a file, and what it showed. */
export const read = (path: string, content = `# ${path}`): NewRecord => ({
  type: 'tool',
  name: 'read_file',
  args: { path },
  content,
  ok: true,
});

export const compaction = (whole: number, dropped: number): NewRecord => ({
  type: 'compaction',
  whole,
  dropped,
});

/** Any record that is neither a compaction nor a reset, its text up to the size that tools give. */
export const anyRecord: fc.Arbitrary<NewRecord> = fc
  .record({
    text: fc.oneof(fc.string({ unit: 'binary' }), fc.lorem({ maxCount: 40 })),
    times: fc.integer({ min: 1, max: 30 }),
    kind: fc.constantFrom('user', 'model', 'notice', 'answer', 'workspace', 'note', 'write'),
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
      case 'answer':
        return answer(content);
      case 'write': {
        const args = { path: 'a', content, more: [content, 7, true, null] };
        return { type: 'tool', name: 'write_file', args, content, ok: times % 2 === 0 };
      }
      case 'workspace':
      case 'note':
        return { type: kind, content };
      default:
        return { type: 'notice', content };
    }
  });

/** What tools do to files, and what becomes of it. */
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

/** Any record at all. */
export const anyLogged: fc.Arbitrary<NewRecord> = fc.oneof(
  { weight: 8, arbitrary: anyRecord },
  { weight: 2, arbitrary: anyChange },
  { weight: 1, arbitrary: fc.tuple(fc.nat(9), fc.nat(4)).map(([a, b]) => compaction(a, b)) },
  { weight: 1, arbitrary: fc.constant<NewRecord>({ type: 'reset' }) },
);
