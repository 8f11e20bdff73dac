/** What each model call of a session sent, and how much of it was new: from the session's log alone. */
import { charsOf } from '../src/model/model.ts';
import type { EpochRecord, SessionRecord } from '../src/records.ts';

/** One model call, in characters. */
interface Row {
  /** The section `Workspace:` of the system turn, and the rest of it: the rules and the tools. */
  rules: number;
  workspace: number;
  examples: number;
  memory: number;
  turns: number;
  sent: number;
  /** What the call before had sent or the model had said: the server need not evaluate it again. */
  seen: number;
  fresh: number;
}

const COLUMNS: Readonly<Record<keyof Row, string>> = {
  rules: 'rules, tools',
  workspace: 'workspace',
  examples: 'examples',
  memory: 'memory',
  turns: 'turns',
  sent: 'sent',
  seen: 'seen before',
  fresh: 'new',
};

/** A table with a line for each model call, and one for what happened to the conversation between. */
export function callTable(records: Iterable<SessionRecord>): string {
  const lines = [line('call', Object.values(COLUMNS))];
  let epoch: EpochRecord | undefined;
  let calls = 0;
  for (const record of records) {
    if (record.type === 'epoch') epoch = record;
    if (['compaction', 'reset', 'resume'].includes(record.type)) lines.push(`  (${record.type})`);
    if (record.type !== 'model' || !epoch) continue;
    const row = rowOf(epoch, record);
    lines.push(
      line(
        `${++calls}`,
        (Object.keys(COLUMNS) as (keyof Row)[]).map((key) => row[key]),
      ),
    );
  }
  return lines.join('\n');
}

function rowOf(epoch: EpochRecord, { usage }: SessionRecord & { type: 'model' }): Row {
  const { prompt_chars: sent, shared_chars: seen = 0 } = usage;
  const rules = epoch.system.lastIndexOf('\n\nWorkspace:\n');
  const workspace = epoch.system.length - rules;
  const examples = charsOf(epoch.examples);
  const memory = epoch.memory.length;
  const turns = sent - rules - workspace - examples - memory;
  return { rules, workspace, examples, memory, turns, sent, seen, fresh: sent - seen };
}

function line(first: string, cells: readonly (string | number)[]): string {
  const names = Object.values(COLUMNS);
  const text = cells.map((cell, at) =>
    cell.toLocaleString('en-US').padStart(Math.max(7, names[at]?.length ?? 0)),
  );
  return `${first.padStart(4)}  ${text.join('  ')}`;
}
