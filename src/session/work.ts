/** What tools did in the request that is being answered, or in the last one: a fold over the records. */
import path from 'node:path';
import { clipLine } from '../context/clip.ts';
import type { SessionRecord } from '../records.ts';
import { traitsOf } from '../records/traits.ts';

/** What was done, each only once, in order. */
export interface Work {
  /** Files that were edited, as the calls named them. */
  edited: Set<string>;
  /** Commands that ran, whatever came of them. */
  ran: Set<string>;
}

const ITEM_CHARS = 80;
const LISTED = 8;

/** Before the first request. */
export function noWork(): Work {
  return { edited: new Set(), ran: new Set() };
}

/** Brings `work` up to date with one more record. */
export function followWork(work: Work, record: SessionRecord): void {
  if (record.type === 'user') {
    work.edited.clear();
    work.ran.clear();
  }
  if (record.type !== 'tool') return;
  const { edits = '', command = '' } = traitsOf(record);
  const [file, line] = [record.args[edits], record.args[command]];
  if (record.ok && typeof file === 'string') work.edited.add(path.normalize(file));
  // A command that fails did run; one that was refused took no time.
  const hasRun = record.ok || (record.elapsed_ms ?? 0) > 0;
  if (hasRun && typeof line === 'string') work.ran.add(clipLine(line, ITEM_CHARS));
}

/** What was done, in one line of Markdown. */
export function renderWork({ edited, ran }: Work): string {
  if (edited.size + ran.size === 0) return 'Nothing was edited or run.';
  return [...listed('Edited', edited), ...listed('Ran', ran)].join(' ');
}

function listed(what: string, items: ReadonlySet<string>): string[] {
  if (items.size === 0) return [];
  const more = items.size - LISTED;
  const shown = [...items].slice(0, LISTED).map(asCode).join(', ');
  return [`${what}: ${shown}${more > 0 ? ` and ${more} more` : ''}.`];
}

/** In the marks of code, nothing in it is Markdown. */
function asCode(text: string): string {
  const line = clipLine(text, ITEM_CHARS);
  return line.includes('`') ? `\`\`\` ${line} \`\`\`` : `\`${line}\``;
}
