/** A session's records as text for the pages of docs/: a few lines of each. */
import { clipLine } from '../src/context/clip.ts';
import type { SessionRecord } from '../src/records.ts';
import { parseRecord } from '../src/records/parse.ts';

const COLUMNS = 96;
/** Lines of one text that are shown. */
const LINES = 7;

/** The records of a log. @throws Error for a line that is none */
export function recordsIn(log: string): SessionRecord[] {
  return log.trimEnd().split('\n').slice(1).map(recordOf);
}

/** The record of a line. @throws Error if it is none */
export function recordOf(line: string): SessionRecord {
  const record = parseRecord(line);
  if (typeof record === 'string') throw new Error(`not a record: ${line}`);
  return record;
}

/** Who said what, in order, and what a person decided. */
export function conversation(records: readonly SessionRecord[]): string {
  return records.flatMap(said).join('\n');
}

/** The records of the request with this number, counted from 1. */
export function requestOf(records: readonly SessionRecord[], number: number): SessionRecord[] {
  let requests = 0;
  return records.filter(({ type }) => {
    if (type === 'user') requests++;
    return requests === number;
  });
}

/** The lines of a log, each with its beginning. */
export function logLines(log: string): string {
  const lines = log.trimEnd().split('\n');
  return lines.map((line) => clipLine(line, COLUMNS)).join('\n');
}

function said(record: SessionRecord): string[] {
  switch (record.type) {
    case 'user':
      return [labelled('person', record.content)];
    case 'note':
    case 'notice':
    case 'workspace':
      return [labelled(record.type, record.content)];
    case 'model':
      return [labelled('model', record.content)];
    case 'tool': {
      const { decision, traits, content } = record;
      // The library asks about each call, the program only about those that change something.
      const isAsked = traits?.edits !== undefined || traits?.command !== undefined;
      const isShown = isAsked && decision !== undefined && !decision.endsWith('_policy');
      return [...(isShown ? [labelled('person', decision)] : []), labelled('result', content)];
    }
    case 'compaction':
      return [labelled('compaction', `${record.whole} entries stay whole`)];
    default:
      return [];
  }
}

/** A text behind who says it. */
export function labelled(name: string, text: string, most = LINES): string {
  const lines = text.trimEnd().split('\n');
  const shown = lines.slice(0, lines.length > most + 1 ? most : undefined);
  const more = lines.length - shown.length;
  const all = [...shown, ...(more > 0 ? [`… ${more} more lines`] : [])];
  const indent = ' '.repeat(12);
  return all
    .map((line, at) => `${at === 0 ? `${name}:`.padEnd(12) : indent}${clip(line)}`.trimEnd())
    .join('\n');
}

/** A line without what is beyond the last column. */
export function clip(line: string): string {
  return line.length > COLUMNS ? `${line.slice(0, COLUMNS - 1)}…` : line;
}
