import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../src/session/session.ts';
import { SessionError } from '../../src/session/session-error.ts';
import { SessionStore } from '../../src/session/store.ts';
import { epoch, user } from '../support/session.ts';
import { temporaryFolder } from '../support/workspace.ts';

const storeIn = (
  workspaceRoot: string,
  warn: (message: string) => void = (message) => expect.fail(message),
) => new SessionStore({ workspaceRoot, warn });

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
    [
      'one whose requests only failed',
      (store) => {
        const session = store.create('a-model');
        session.record({ type: 'user', content: 'hi' });
        session.record({ type: 'failure', kind: 'unreachable', message: 'No server.' });
        close(session);
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

describe('a folder that was moved', () => {
  it('takes its sessions along, also when there is a new one in its old place, and says so', () => {
    const before = path.join(temporaryFolder(), 'before');
    fs.mkdirSync(before);
    const id = ask(storeIn(before).create('a-model'));
    const after = `${before}-after`;
    fs.renameSync(before, after);
    for (let time = 0; time < 2; time++) {
      const said: string[] = [];
      const store = storeIn(after, (message) => said.push(message));
      expect(store.latest()).toBe(id);
      const session = store.resume(id);
      expect(said).toEqual([expect.stringContaining(`${id} began in ${before}. If you did not`)]);
      expect(session.state.memory.task).toBe('hi');
      session.close();
      fs.mkdirSync(before, { recursive: true });
      ask(storeIn(before).create('a-model'));
    }
  });

  it('is the same folder under another name', () => {
    const root = temporaryFolder();
    const id = ask(storeIn(root).create('a-model'));
    const other = `${root}-other`;
    fs.symlinkSync(root, other);
    expect(storeIn(other).latest()).toBe(id);
    storeIn(other).resume(id).close();
    fs.unlinkSync(other);
  });

  it('may be named by a header in any way', () => {
    const root = temporaryFolder();
    const session = storeIn(root).create('a-model');
    ask(session);
    const log = fs.readFileSync(session.path, 'utf8');
    for (const name of ['\\u0000', 'x'.repeat(100_000), '..', '']) {
      fs.writeFileSync(session.path, log.replace(JSON.stringify(root), `"${name}"`));
      storeIn(root).list(1);
    }
  });
});

describe('what a person calls a session', () => {
  /** Three sessions, and their ids, the latest first. */
  function three() {
    const store = storeIn(temporaryFolder());
    const ids = Array.from({ length: 3 }, () => ask(store.create('a-model'))).toReversed();
    const [latest = '', second = ''] = ids;
    return { store, ids, latest, second };
  }

  it('is its number in the list, its id, a beginning that no other has, or the latest', () => {
    const { store, latest, second } = three();
    expect(store.find('2')).toBe(second);
    expect(store.find(second)).toBe(second);
    expect(store.find(second.slice(0, -1))).toBe(second);
    expect(store.find('latest')).toBe(latest);
    const session = store.open('2', 'a-model');
    expect(session.id).toBe(second);
    session.close();
  });

  it('is the latest besides the one at hand', () => {
    const { store, latest, second } = three();
    expect(store.find('latest', latest)).toBe(second);
    const only = storeIn(temporaryFolder());
    const id = ask(only.create('a-model'));
    expect(() => only.find('latest', id)).toThrow(/^There is no other session to resume\.$/);
  });

  it('is nothing else, and it is told why', () => {
    const { store, ids, second } = three();
    const year = second.slice(0, 4);
    for (const [asked, message] of [
      ['0', 'There is no session 0: the list has 3.'],
      ['4', 'There is no session 4: the list has 3.'],
      ['1999', 'No session id begins with 1999.'],
      [year, `3 sessions begin with ${year}: ${ids.join(', ')}.`],
      ['../x', '../x is not a session id.'],
    ] as const) {
      expect(() => store.find(asked)).toThrow(SessionError);
      expect(() => store.find(asked)).toThrow(message);
    }
  });
});

it('counts the requests of a session, and knows the model that was asked last', () => {
  const store = storeIn(temporaryFolder());
  const session = store.create('a-model');
  session.record(user('one "type":"user"'));
  session.record(epoch({ model: 'another:7b' }));
  session.record(user('two'));
  session.close();
  expect(store.factsOf(session.id)).toEqual({ requests: 2, model: 'another:7b' });
  fs.appendFileSync(session.path, '{"type":"epoch"\n\0\n{"type":"user"');
  expect(store.factsOf(session.id)).toEqual({ requests: 2, model: 'another:7b' });
  fs.rmSync(session.path);
  expect(store.factsOf(session.id)).toBeUndefined();
});

describe('a session that a later version wrote', () => {
  it('is called that, and neither changed nor locked', () => {
    const root = temporaryFolder();
    const warnings: string[] = [];
    const store = storeIn(root, (message) => warnings.push(message));
    const older = ask(store.create('a-model'));
    const session = store.create('a-model');
    ask(session);
    const log = fs.readFileSync(session.path, 'utf8').replace('"version":1', '"version":2');
    fs.writeFileSync(session.path, log);
    touch(session.path);
    expect(() => store.resume(session.id)).toThrow(
      `The session ${session.id} cannot be resumed: a newer version of mini-coding-agent wrote it`,
    );
    expect(store.list(9).map(({ id }) => id)).toEqual([older]);
    const latest = store.open('latest', 'a-model');
    expect(latest.id).toBe(older);
    latest.close();
    expect(warnings).toEqual([
      `The session ${session.id} is left alone: a newer version of mini-coding-agent wrote it; ` +
        'update to resume it.',
    ]);
    expect(fs.readFileSync(session.path, 'utf8')).toBe(log);
    expect(fs.readdirSync(path.dirname(session.path)).toSorted()).toEqual(
      [`${older}.jsonl`, `${session.id}.jsonl`].toSorted(),
    );
  });
});

describe('where no session can be listed', () => {
  it.each(['.mini-coding-agent', '.mini-coding-agent/sessions'])(
    'a file in the place of %s is called that',
    (name) => {
      const root = temporaryFolder();
      const place = path.join(root, name);
      fs.mkdirSync(path.dirname(place), { recursive: true });
      fs.writeFileSync(place, 'mine');
      const why = `${place} is not a folder, so no session can be kept: move it away.`;
      expect(storeIn(root).whyNone()).toBe(why);
      expect(() => storeIn(root).find('1')).toThrow(why);
      const warnings: string[] = [];
      const session = storeIn(root, (message) => warnings.push(message)).open('latest', 'a-model');
      expect(warnings).toEqual([`No session to resume; starting a new one. ${why}`]);
      session.record(user('hi'));
      expect(warnings[1]).toContain(`${place} is not a folder`);
      expect(fs.readFileSync(place, 'utf8')).toBe('mine');
    },
  );

  it('it is told why the newest cannot be resumed', () => {
    const root = temporaryFolder();
    const session = storeIn(root).create('a-model');
    ask(session);
    fs.chmodSync(session.path, 0o666);
    const why = `The session ${session.id} cannot be resumed: other users can write its file.`;
    expect(storeIn(root).whyNone()).toBe(why);
    expect(storeIn(temporaryFolder()).whyNone()).toBeUndefined();
  });
});
