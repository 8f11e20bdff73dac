/** `npm run bench:calls -- [SESSION.jsonl]`: the table of a session's model calls; without, the demo's. */
import { fileURLToPath } from 'node:url';
import type { SessionRecord } from '../src/records.ts';
import { readLog } from '../src/session/read-log.ts';
import { callTable } from './call-table.ts';
import { fail, readFlags } from './flags.ts';

const { positionals } = readFlags({}, { allowPositionals: true });
const [file = fileURLToPath(new URL('../src/cli/demo.jsonl', import.meta.url))] = positionals;
const records: SessionRecord[] = [];
try {
  readLog(file, (record) => records.push(record));
} catch (error) {
  if (!(error instanceof Error) || !('code' in error)) throw error;
  fail(`${file} cannot be read: ${error.message}`);
}
if (!records.some(({ type }) => type === 'model')) {
  fail(`${file} has no model call: name the JSONL file of a session.`);
}
console.log('Characters of each model call:');
console.log(callTable(records));
