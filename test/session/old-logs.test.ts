import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { turnsOf } from '../../src/context/transcript.ts';
import { ScriptedModel } from '../../src/model/scripted.ts';
import { SessionStore } from '../../src/session/store.ts';
import { askAgent, startAgent } from '../support/agent.ts';
import { memorySession, readLog } from '../support/session.ts';
import { temporaryFolder } from '../support/workspace.ts';

const FILE = path.resolve(import.meta.dirname, '../fixtures/sessions/without-epochs.jsonl');

/** The folded records of the log, as far as a record of this type for the so manieth time. */
function foldedTo(type: string, count = 1) {
  const { records } = readLog(FILE);
  let left = count;
  const end = records.findIndex((record) => record.type === type && --left === 0);
  return memorySession(records.slice(0, end)).session.state;
}

describe('a log from before there were epochs', () => {
  it('is read completely and has no epoch', () => {
    const content = readLog(FILE);
    expect(content).toMatchObject({ corrupt: 0, torn: false });
    const { state } = memorySession(content.records).session;
    expect(state).toMatchObject({ epoch: undefined, ended: 'compaction', told: undefined });
    expect(state.usage).toMatchObject({ prompt_tokens: 900 });
  });

  it('tells which files were touched and that commands ran, though its records do not say', () => {
    const { records } = readLog(FILE);
    expect(records.some((record) => 'traits' in record)).toBe(false);
    const { memory, seen } = memorySession(records).session.state;
    expect(memory.files).toEqual(['binary_search.mjs']);
    expect([...seen.keys()]).toEqual(['binary_search.mjs']);
    expect(foldedTo('user', 1).history.current.ranShell).toBe(false);
    expect(foldedTo('user', 2).history.current.ranShell).toBe(true); // as that one comes
  });

  it('is shown as turns, with each reply unchanged and each answer once', () => {
    const turns = turnsOf(foldedTo('compaction'));
    const replies = readLog(FILE).records.filter(({ type }) => type === 'model');
    expect(turns.filter(({ role }) => role === 'assistant').map(({ content }) => content)).toEqual(
      replies.slice(0, -1).map((record) => 'content' in record && record.content),
    );
    const asked = turns.filter(({ role }) => role === 'user').map(({ content }) => content);
    expect(asked[0]).toMatch(/^Create binary_search\.mjs /);
    expect(asked[1]).toBe('Result of list_files:\n(empty)');
    expect(asked[4]).toMatch(/^The workspace changed .*[^]*\n\nRequest: Make it refuse /);
    expect(asked.at(-1)).toMatch(/^Not usable: /);
    expect(JSON.stringify(turns).match(/binarySearch now throws/g)).toHaveLength(1);
  });

  it('keeps the request over its compaction, which counted other entries', () => {
    const { entries, dropped } = foldedTo('command');
    expect(dropped).toBe(3);
    expect(entries).toContainEqual(
      expect.objectContaining({
        record: expect.objectContaining({ content: 'What does it export?' }),
        shortened: false,
      }),
    );
  });

  it('is gone on with: an epoch begins, and is the same after the next resume', async () => {
    const root = temporaryFolder();
    const log = fs.readFileSync(FILE, 'utf8').split('\n');
    const header = { ...(JSON.parse(log[0] ?? '') as { id: string }), workspace_root: root };
    const folder = path.join(root, '.mini-coding-agent', 'sessions');
    fs.mkdirSync(folder, { recursive: true });
    const file = path.join(folder, `${header.id}.jsonl`);
    fs.writeFileSync(file, [JSON.stringify(header), ...log.slice(1)].join('\n'));

    const store = new SessionStore({ workspaceRoot: root, warn: (text) => expect.fail(text) });
    const sent: ScriptedModel[] = [];
    for (const request of ['Go on.', 'And on.']) {
      const session = store.resume(header.id);
      const model = new ScriptedModel(['<final>Done.</final>']);
      sent.push(model);
      const { agent } = await startAgent(model, { root, session });
      expect((await askAgent(agent, request)).end.text).toBe('Done.');
      session.close();
    }
    const { records } = readLog(file);
    const epochs = records.filter(({ type }) => type === 'epoch');
    expect(epochs).toMatchObject([{ why: 'compaction' }]);
    const [first = [], second = []] = sent.map(({ requests }) => requests[0]?.turns);
    expect(first.at(-1)).toEqual({ role: 'user', content: 'Go on.' });
    expect(second.slice(0, first.length)).toEqual(first);
    expect(second).toHaveLength(first.length + 2);
  });
});
