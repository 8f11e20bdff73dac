/** How long it takes to resume a long session. */
import fs from 'node:fs';
import path from 'node:path';
import { SessionStore } from '../src/session/store.ts';
import { makeWorkspace, median } from './sessions.ts';

const RUNS = 5;

/** Measures the median milliseconds to read and fold a session of this many records. */
export function measureResume(records: number): number {
  const root = makeWorkspace();
  const store = new SessionStore({ workspaceRoot: root, warn: console.error });
  const session = store.create('scripted');
  session.record({ type: 'user', content: 'Look through everything.' });
  const content = fs.readFileSync(path.join(root, 'module0.ts'), 'utf8').slice(0, 2_000);
  for (let record = 1; record < records; record++) {
    const args = { path: `module${record % 20}.ts`, start: record };
    session.record({ type: 'tool', name: 'read_file', args, content, ok: true });
    if (record % 50 === 0) session.record({ type: 'compaction', whole: 5, dropped: 20 });
  }
  session.close();
  const times = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    const id = store.latest();
    if (id === undefined) throw new Error('there is no session');
    store.resume(id).close();
    return performance.now() - start;
  });
  fs.rmSync(root, { recursive: true, force: true });
  return median(times);
}
