import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../src/session/session.ts';
import { SessionError, SessionStore } from '../../src/session/store.ts';
import { temporaryFolder } from '../support/workspace.ts';

const storeIn = (workspaceRoot: string) =>
  new SessionStore({ workspaceRoot, warn: (message) => expect.fail(message) });

/** Records a request and closes the session: it is then the one last written. */
function ask(session: Session): string {
  session.record({ type: 'user', content: 'hi' });
  return close(session);
}

function close(session: Session): string {
  session.close();
  if (fs.existsSync(session.path)) touch(session.path);
  return session.id;
}

let clock = 4_000_000_000;
/** Makes a file the one last written, however fast the tests are. */
const touch = (file: string) => fs.utimesSync(file, ++clock, clock);

describe('a new session', () => {
  it('has an id of local time and six hex digits, which is the name of its file', () => {
    const before = new Date();
    const root = temporaryFolder();
    const { id, path: file } = storeIn(root).create('a-model');
    const [, ...parts] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-[0-9a-f]{6}$/.exec(id) ?? [];
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
    const time = new Date(year, month - 1, day, hour, minute, second).getTime();
    expect(time).toBeGreaterThanOrEqual(before.setMilliseconds(0));
    expect(time).toBeLessThanOrEqual(Date.now());
    expect(file).toBe(path.join(root, '.mini-coding-agent', 'sessions', `${id}.jsonl`));
  });

  it('begins its file with workspace, model and parent', () => {
    const root = temporaryFolder();
    const session = storeIn(root).create('a-model', '20260401-144025-2dd0aa');
    ask(session);
    const [line = ''] = fs.readFileSync(session.path, 'utf8').split('\n');
    const parent = '20260401-144025-2dd0aa';
    const rest = { id: session.id, workspace_root: root, model: 'a-model', parent };
    expect(JSON.parse(line)).toMatchObject({ type: 'session', version: 1, ...rest });
  });
});

describe('the latest session', () => {
  it('is the one last written, not the one last begun', () => {
    const store = storeIn(temporaryFolder());
    const [old, recent] = [ask(store.create('a-model')), ask(store.create('a-model'))];
    expect(store.latest()).toBe(recent);
    ask(store.resume(old));
    expect(store.latest()).toBe(old);
  });

  it.each<[string, (store: SessionStore, latest: string) => void]>([
    ["a delegate's", (store, latest) => void ask(store.create('a-model', latest))],
    ['one without a request', (store) => void close(store.create('a-model'))],
    [
      'one that was only reset',
      (store) => {
        const session = store.create('a-model');
        session.reset();
        close(session);
      },
    ],
    [
      'one that cannot be read',
      (store) => {
        const session = store.create('a-model');
        ask(session);
        fs.writeFileSync(session.path, '\0\n');
        touch(session.path);
      },
    ],
    [
      'a folder with the name of one',
      (store) => {
        const { path: folder } = store.create('a-model');
        fs.mkdirSync(folder);
        touch(folder);
      },
    ],
    [
      'a file of another name',
      (store) => {
        const session = store.create('a-model');
        ask(session);
        fs.renameSync(session.path, `${session.path}.bak`);
      },
    ],
  ])('is never %s', (_, add) => {
    const store = storeIn(temporaryFolder());
    const latest = ask(store.create('a-model'));
    add(store, latest);
    expect(store.latest()).toBe(latest);
  });

  it('is the one with the higher id among those written at the same moment', () => {
    const store = storeIn(temporaryFolder());
    const sessions = Array.from({ length: 6 }, () => {
      const session = store.create('a-model');
      session.record({ type: 'user', content: 'fix it' });
      session.close();
      return session;
    });
    for (const { path: file } of sessions) fs.utimesSync(file, 1_800_000_000, 1_800_000_000);
    const ids = sessions.map(({ id }) => id).toSorted();
    expect(store.list(6).map(({ id }) => id)).toEqual(ids.toReversed());
    expect(store.latest()).toBe(ids.at(-1));
  });

  it('is listed with the start of its request, however long that is', () => {
    const store = storeIn(temporaryFolder());
    const session = store.create('a-model');
    session.record({ type: 'user', content: `"Fix"\n${'all of it '.repeat(20_000)}` });
    session.close();
    const [listed] = store.list(1);
    expect(listed).toMatchObject({ id: session.id });
    expect(listed?.request).toMatch(/^"Fix"\nall of it all of it /);
  });

  it('is undefined in a workspace without sessions', () => {
    expect(storeIn(temporaryFolder()).latest()).toBeUndefined();
  });
});

describe('a resume', () => {
  it.each([
    '../../x',
    '/etc/passwd',
    'latest',
    '',
    '20260401-144025-2dd0aa.jsonl',
    '20260401-144025-2DD0AA',
    '../sessions/20260401-144025-2dd0aa',
    '20260401-144025-2dd0aa\n',
  ])('of %j is refused: it is no id', (id) => {
    const store = storeIn(temporaryFolder());
    expect(() => store.resume(id)).toThrow(SessionError);
    expect(() => store.resume(id)).toThrow(/is not a session id\. There are no sessions yet\.$/);
  });

  it('of what is not there lists the latest five', () => {
    const store = storeIn(temporaryFolder());
    const ids = Array.from({ length: 7 }, () => ask(store.create('a-model')));
    const few = ids.toReversed().slice(0, 5).join(', ');
    expect(() => store.resume('20260401-144025-2dd0aa')).toThrow(
      `No session 20260401-144025-2dd0aa in this workspace. The latest are: ${few}.`,
    );
  });

  it('of a session of another workspace is refused and names that one', () => {
    const [here, there] = [temporaryFolder(), temporaryFolder()];
    const session = storeIn(there).create('a-model');
    ask(session);
    const folder = path.join(here, '.mini-coding-agent', 'sessions');
    fs.mkdirSync(folder, { recursive: true });
    fs.copyFileSync(session.path, path.join(folder, `${session.id}.jsonl`));
    expect(() => storeIn(here).resume(session.id)).toThrow(there);
    expect(() => storeIn(here).resume(session.id)).toThrow(SessionError);
  });

  it('of a session that cannot be locked says which file, why, and what to do', () => {
    const root = temporaryFolder();
    const id = ask(storeIn(root).create('a-model'));
    const lock = path.join(root, '.mini-coding-agent', 'sessions', `${id}.lock`);
    fs.mkdirSync(`${lock}.${process.pid}`); // what it is written to first
    const refusal = () => storeIn(root).resume(id);
    expect(refusal).toThrow(`The session ${id} cannot be resumed: the lock ${lock} cannot be`);
    expect(refusal).toThrow(/written \(E\w+\)\. Make its folder writable/);
    fs.rmSync(path.join(path.dirname(lock), `${id}.jsonl`));
    expect(refusal).toThrow(`No session ${id}`);
  });

  it('of a session in use says by whom, and works once it was left', () => {
    const root = temporaryFolder();
    const session = storeIn(root).create('a-model');
    session.record({ type: 'user', content: 'one' });
    expect(() => storeIn(root).resume(session.id)).toThrow(`in use by process ${process.pid}.`);

    session.close();
    const resumed = storeIn(root).resume(session.id);
    expect(() => storeIn(root).resume(session.id)).toThrow(SessionError);
    expect(resumed.state.entries).toMatchObject([{ record: { content: 'one' } }]);
    resumed.close();
  });
});

it('a folder that was moved with its sessions keeps them', () => {
  const before = path.join(temporaryFolder(), 'before');
  fs.mkdirSync(before);
  const id = ask(storeIn(before).create('a-model'));
  const after = `${before}-after`;
  fs.renameSync(before, after);
  const store = storeIn(after);
  expect(store.latest()).toBe(id);
  expect(store.resume(id).state.memory.task).toBe('hi');
});
