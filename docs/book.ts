/**
 * Fills the marked blocks of the chapters and of the example: code as it stands in src, and excerpts
 * of sessions. `<!-- code: FILE NAME -->` and `<!-- session: NAME -->` stand before their block.
 */
import fs from 'node:fs';
import path from 'node:path';
import { callTable } from '../bench/call-table.ts';
import { turnsOf } from '../src/context/transcript.ts';
import { Fold } from '../src/session/session.ts';
import { renderMemory } from '../src/session/memory.ts';
import type { SessionRecord } from '../src/records.ts';
import { delegateSession, FOLDER, gateSession, windowSession } from './book-sessions.ts';
import { codeOf } from './code-block.ts';
import { clip, conversation, labelled, logLines, recordsIn, requestOf } from './excerpts.ts';
import { withSteadyTexts } from './steady.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
/** Lines of a log that are shown. */
const LOG_LINES = 8;
const BLOCK = /(<!-- (code|session): (.*?) -->\n\n)```\w*\n[^]*?\n```(?=\n)/g;

/** The pages that have such blocks. */
export const PAGES = [
  ...fs.readdirSync(path.join(ROOT, 'docs')).filter((name) => /^\d-.*\.md$/.test(name)),
  'EXAMPLE.md',
].map((name) => path.join(ROOT, 'docs', name));

/** What each page should be, by its path. @throws Error for a block that nothing fills */
export async function makePages(): Promise<ReadonlyMap<string, string>> {
  const excerpts = await makeExcerpts();
  return new Map(PAGES.map((file) => [file, fillBlocks(fs.readFileSync(file, 'utf8'), excerpts)]));
}

function fillBlocks(page: string, excerpts: ReadonlyMap<string, string>): string {
  return page.replace(BLOCK, (_, marker: string, kind: string, what: string) => {
    const [file = '', name = ''] = what.split(' ');
    const text = kind === 'code' ? codeOf(file, name) : excerpts.get(what);
    if (text === undefined) throw new Error(`there is no excerpt ${what}`);
    return `${marker}\`\`\`${kind === 'code' ? 'ts' : 'text'}\n${text}\n\`\`\``;
  });
}

/** The excerpts by their names. */
async function makeExcerpts(): Promise<ReadonlyMap<string, string>> {
  const log = fs.readFileSync(path.join(ROOT, 'src/cli/demo.jsonl'), 'utf8');
  const demo = recordsIn(log);
  const [gate = ''] = await gateSession();
  const [small = ''] = await windowSession();
  const [parent = '', child = ''] = await delegateSession();
  const window = recordsIn(withSteadyTexts(small, FOLDER, FOLDER));
  return new Map([
    ['workspace', workspaceOf(demo)],
    ['calls', callTable(demo)],
    ['gate', conversation(recordsIn(gate))],
    ['window calls', callTable(window)],
    ['window turn', afterCompaction(window)],
    ['log', logLines(firstLines(log))],
    ['memory', memoryAfter(demo)],
    ['parent', conversation(recordsIn(parent))],
    ['child', conversation(recordsIn(child))],
    ...[1, 2, 3].map((n): [string, string] => [`request ${n}`, conversation(requestOf(demo, n))]),
  ]);
}

/** The section of the first prompt, and what was added to later ones. */
function workspaceOf(records: readonly SessionRecord[]): string {
  const epoch = records.find(({ type }) => type === 'epoch');
  if (epoch?.type !== 'epoch') throw new Error('no epoch');
  const section = epoch.system.slice(epoch.system.lastIndexOf('Workspace:'));
  const news = records.filter(({ type }) => type === 'workspace');
  return `${section}\n\n${conversation(news)}`;
}

/** The first lines of a log. */
function firstLines(log: string): string {
  return log.split('\n').slice(0, LOG_LINES).join('\n');
}

function memoryAfter(records: readonly SessionRecord[]): string {
  const fold = new Fold();
  for (const record of records) fold.add(record);
  const lines = renderMemory(fold.state.memory).split('\n');
  return lines.map(clip).join('\n');
}

/** The first turn of the conversation right after the last compaction. */
function afterCompaction(records: readonly SessionRecord[]): string {
  const last = records.findLastIndex(({ type }) => type === 'compaction');
  const epoch = records.findIndex(({ type }, at) => at > last && type === 'epoch');
  const fold = new Fold();
  for (const record of records.slice(0, epoch + 1)) fold.add(record);
  const turns = turnsOf(fold.state, fold.state.epoch?.memory);
  return turns.map(({ role, content }) => labelled(role, content, 9)).join('\n');
}
