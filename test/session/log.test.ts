import fs from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportSession } from '../../src/export/export.ts';
import { FileLog } from '../../src/session/log.ts';
import type { NewRecord, SessionRecord } from '../../src/records.ts';
import { SessionStore } from '../../src/session/store.ts';
import { anyLogged, at, memorySession, readLog, tool, user } from '../support/session.ts';
import { inStress, often } from '../support/stress.ts';
import { temporaryFolder } from '../support/workspace.ts';

/** A session with these requests, closed, and the warnings that its store gives from then on. */
function recorded(requests: readonly string[]) {
  const root = temporaryFolder();
  const warnings: string[] = [];
  const store = new SessionStore({
    workspaceRoot: root,
    warn: (message) => void warnings.push(message),
  });
  const session = store.create('a-model');
  for (const content of requests) session.record({ type: 'user', content });
  session.close();
  const { id, path: file } = session;
  return { root, store, id, file, bytes: fs.readFileSync(file), warnings };
}

it('a bug in what writes the log is not taken for a full disk', () => {
  const warnings: string[] = [];
  const file = path.join(temporaryFolder(), 'home/sessions/20260401-000000-000000.jsonl');
  fs.mkdirSync(path.dirname(path.dirname(file)));
  const header = {
    type: 'session' as const,
    version: 1 as const,
    id: '20260401-000000-000000',
    created_at: '',
    workspace_root: '/',
    model: 'm',
    parent: null,
  };
  const log = FileLog.create(file, header, (text) => void warnings.push(text));
  expect(() => log.append(Symbol('a bug') as never)).toThrow(TypeError);
  log.append('{"type":"user"}');
  expect(warnings).toEqual([]);
  log.close();
});

const contents = (file: string) =>
  readLog(file).records.map((record) => ('content' in record ? record.content : record.type));

describe('a log that was cut off', () => {
  it('at whatever byte loses only the line that was cut, and continues', () => {
    const requests = ['first', 'zwei\u00e9\u{1f600}', 'last\nof all'];
    const { store, id, file, bytes, warnings } = recorded(requests);
    const header = bytes.indexOf('\n') + 1;
    for (let size = header; size <= bytes.length; size += often(3, 1)) {
      fs.writeFileSync(file, bytes.subarray(0, size));
      const whole = bytes.subarray(header, size).toString('latin1').split('\n').length - 1;
      const isTorn = bytes[size - 1] !== 10;
      const { torn, corrupt } = readLog(file);
      expect({ torn, corrupt }).toEqual({ torn: isTorn, corrupt: 0 });

      const session = store.resume(id);
      session.record({ type: 'user', content: 'more' });
      session.close();
      expect(warnings.splice(0)).toHaveLength(isTorn ? 1 : 0);
      expect(contents(file)).toEqual([...requests.slice(0, whole), 'resume', 'more']);
      expect(readLog(file)).toMatchObject({ torn: false, corrupt: 0, header: { id } });
    }
  });
});

describe('a damaged line', () => {
  it('is skipped, counted and reported, and the others are kept', () => {
    const { store, id, file, bytes, warnings } = recorded(['one', 'two', 'three']);
    const lines = bytes.toString().split('\n');
    lines[2] = '{"type":"user","content":\u0000';
    lines.splice(2, 0, '', '{"type":"from-the-future"}');
    fs.writeFileSync(file, lines.join('\n'));
    const session = store.resume(id);
    session.close();
    expect(contents(file)).toEqual(['one', 'three']);
    expect(warnings).toEqual([expect.stringContaining('2 unreadable lines')]);
  });

  it('of whatever bytes loses nothing of the lines around it', () => {
    const { file, bytes } = recorded(['one', 'two', 'three']);
    const lines = bytes.toString('latin1').split('\n');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        const line = Buffer.from(noise.filter((byte) => byte !== 10)).toString('latin1');
        fs.writeFileSync(file, lines.with(2, line).join('\n'), 'latin1');
        expect(contents(file)).toEqual(['one', 'three']);
      }),
    );
  });

  it('at the beginning costs the header and no request', () => {
    const { store, id, file, bytes, warnings } = recorded(['one', 'two']);
    bytes[3] = 0;
    fs.writeFileSync(file, bytes);
    const session = store.resume(id);
    session.close();
    expect(contents(file)).toEqual(['one', 'two']);
    expect(warnings).toHaveLength(1);
  });
});

const mode = (name: string) => fs.statSync(name).mode & 0o777;

describe('a log', () => {
  it('is private to the user and hidden from git status', () => {
    const { root, file } = recorded(['one']);
    expect(mode(file)).toBe(0o600);
    expect(mode(path.dirname(file))).toBe(0o700);
    const home = path.join(root, '.mini-coding-agent');
    expect(mode(home)).toBe(0o700);
    expect(fs.readFileSync(path.join(home, '.gitignore'), 'utf8')).toBe('*\n');
    expect(fs.readdirSync(path.dirname(file))).toEqual([path.basename(file)]);
  });

  it('is not made before there is something to record', async () => {
    const root = temporaryFolder();
    const store = new SessionStore({ workspaceRoot: root, warn: (text) => expect.fail(text) });
    const session = store.create('a-model');
    await session.synced();
    session.close();
    expect(fs.readdirSync(root)).toEqual([]);
  });

  it('only grows: nothing in it is ever rewritten', () => {
    const { store, id, file, bytes } = recorded(['one']);
    const session = store.resume(id);
    session.record({ type: 'user', content: 'two' });
    session.reset();
    session.close();
    expect(fs.readFileSync(file).subarray(0, bytes.length)).toEqual(bytes);
    expect(contents(file)).toEqual(['one', 'resume', 'two', 'reset']);
  });

  it.each([
    ['a file stands where its folder should be', (home: string) => fs.writeFileSync(home, '')],
    ['its folder is a link', (home: string) => fs.symlinkSync(temporaryFolder(), home)],
  ])(
    'that cannot be written because %s is reported once, and the conversation continues',
    async (_, obstruct) => {
      const root = temporaryFolder();
      const home = path.join(root, '.mini-coding-agent');
      obstruct(home);
      const warnings: string[] = [];
      const warn = (message: string) => void warnings.push(message);
      const session = new SessionStore({ workspaceRoot: root, warn }).create('a-model');
      for (const content of ['one', 'two']) session.record({ type: 'user', content });
      await session.synced();
      session.close();
      expect(session.state.entries).toMatchObject([
        { record: { content: 'one' } },
        { record: { content: 'two' } },
      ]);
      expect(warnings).toEqual([expect.stringContaining(session.path)]);
      if (fs.statSync(home).isDirectory()) expect(fs.readdirSync(home)).toEqual([]);
    },
  );

  it('that is a link is not written through', () => {
    const { root, store, id, file, bytes, warnings } = recorded(['one']);
    const elsewhere = path.join(root, 'elsewhere');
    fs.renameSync(file, elsewhere);
    fs.symlinkSync(elsewhere, file);
    expect(() => store.resume(id)).toThrow(/Cannot read the session/);
    expect(fs.readFileSync(elsewhere)).toEqual(bytes);
    expect(warnings).toEqual([]);
  });
});

describe('a log of any records', () => {
  const records = fc.array(anyLogged, { minLength: 1, maxLength: 20 });

  /** Its file, and what was read from it whole. */
  function logged(given: readonly NewRecord[]) {
    const root = temporaryFolder();
    const store = new SessionStore({ workspaceRoot: root, warn: (text) => expect.fail(text) });
    const session = store.create('a-model');
    for (const record of given) session.record(record);
    session.close();
    return { file: session.path, bytes: fs.readFileSync(session.path), all: readLog(session.path) };
  }

  /** What a damaged file still holds, once it was folded, which must not fail. */
  function readAndFolded(file: string, bytes: Buffer): SessionRecord[] {
    fs.writeFileSync(file, bytes);
    const content = readLog(file);
    memorySession(content.records);
    return content.records;
  }

  it('cut off anywhere is read as everything before the cut', () => {
    fc.assert(
      fc.property(records, fc.nat(), (given, place) => {
        const { file, bytes, all } = logged(given);
        const cut = bytes.subarray(0, place % (bytes.length + 1));
        const whole = Math.max(0, cut.toString('latin1').split('\n').length - 2);
        expect(readAndFolded(file, cut)).toEqual(all.records.slice(0, whole));
      }),
      { numRuns: often(20, 60) },
    );
  });

  it('with any byte of it changed loses at most the two records that the byte stands between', () => {
    fc.assert(
      fc.property(records, fc.nat(), fc.nat(255), (given, nth, byte) => {
        const { file, bytes, all } = logged(given);
        const place = nth % bytes.length;
        const line = bytes.subarray(0, place).toString('latin1').split('\n').length - 2;
        bytes[place] = byte;
        const left = readAndFolded(file, bytes);
        expect(left.slice(0, Math.max(0, line))).toEqual(all.records.slice(0, Math.max(0, line)));
        const after = all.records.slice(line + 2);
        expect(left.slice(left.length - after.length)).toEqual(after);
      }),
      { numRuns: often(40, 120) },
    );
  });
});

inStress(
  'a log of 60 MB takes little memory to resume and to export when little of it still counts',
  () => {
    const { root, store, id, file } = recorded(['one']);
    const long = `${JSON.stringify(at(tool('read_file', {}, '\u4e2d'.repeat(500_000))))}\n`;
    for (let times = 0; times < 40; times++) fs.appendFileSync(file, long);
    fs.appendFileSync(file, `${JSON.stringify(at({ type: 'reset' }))}\n`);
    const before = process.resourceUsage().maxRSS;
    const session = store.resume(id);
    session.record(user('two'));
    expect(session.state.entries).toMatchObject([{ record: { content: 'two' } }]);
    exportSession(session, path.join(root, 'session.md'), root);
    session.close();
    expect(fs.statSync(path.join(root, 'session.md')).size).toBeGreaterThan(60e6);
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(120 * 1024);
  },
);
