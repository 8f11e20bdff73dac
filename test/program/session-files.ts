/** The sessions that the program has left in a workspace. */
import fs from 'node:fs';
import path from 'node:path';

export interface SessionFile {
  id: string;
  path: string;
  /** The records, each line parsed; the first is the header. */
  records: Record<string, unknown>[];
}

/** Every session of the workspace, the oldest id first; none if there is no folder. */
export function sessionsIn(root: string): SessionFile[] {
  const folder = path.join(root, '.mini-coding-agent', 'sessions');
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted()
    .map((name) => {
      const file = path.join(folder, name);
      const lines = fs.readFileSync(file, 'utf8').split('\n').slice(0, -1);
      const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      return { id: path.basename(name, '.jsonl'), path: file, records };
    });
}

/** The only session. */
export function onlySessionIn(root: string): SessionFile {
  const [session, ...more] = sessionsIn(root);
  if (!session || more.length > 0) throw new Error(`${more.length + (session ? 1 : 0)} sessions`);
  return session;
}

/** The requests in the log of the only session. */
export function requestsIn({ root }: { root: string }): unknown[] {
  const { records } = onlySessionIn(root);
  return records.filter(({ type }) => type === 'user').map(({ content }) => content);
}
