/** A session's log, read to be replayed. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRecording } from '../../src/session/recording.ts';
import { temporaryFolder } from '../support/workspace.ts';

const created_at = '2026-04-01T14:40:25.000Z';
const ID = '20260401-144025-2dd0aa';
const CHILD = '20260401-144026-3ee1bb';

function header(id: string, parent: string | null = null) {
  return {
    type: 'session',
    version: 1,
    id,
    created_at,
    workspace_root: '/w',
    model: 'a:1b',
    parent,
  };
}

const model = (content: string, more = {}) => ({
  type: 'model',
  content,
  done_reason: 'stop',
  usage: { prompt_chars: 1 },
  ...more,
});

const tool = (name: string, content: string, more = {}) => ({
  type: 'tool',
  name,
  args: {},
  content,
  ok: true,
  ...more,
});

/** The text of a log. */
function log(records: object[]): string {
  return records.map((record) => `${JSON.stringify({ created_at, ...record })}\n`).join('');
}

/** Reads these records as a recording, with these files beside it. */
function recordingOf(records: object[], beside: Record<string, string> = {}) {
  const folder = temporaryFolder({ 'a.jsonl': log([header(ID), ...records]), ...beside });
  return readRecording(path.join(folder, 'a.jsonl'));
}

const reply = (text: string, more = {}) => ({
  text,
  thought: '',
  doneReason: 'stop',
  isConstrained: false,
  heard: [],
  ...more,
});

describe('a recording', () => {
  it('is what the person did, with the replies to each request and what came of them', () => {
    const { items, model: name } = recordingOf([
      { type: 'user', content: 'first' },
      tool('read_file', 'attached', { attached: true, args: { path: 'a.txt' } }),
      model('a call', { thought: 'hm' }),
      tool('list_files', '(empty)'),
      { type: 'heard', content: 'use tabs' },
      model('{}', { constrained: true }),
      tool('check', 'failed', { check: true }),
      { type: 'command', command: 'ls', content: 'x' },
      { type: 'undo', edits: [] },
      { type: 'reset' },
      { type: 'user', content: 'second' },
      model('half', { done_reason: 'failed' }),
      { type: 'failure', kind: 'protocol', message: 'broke off' },
      { type: 'user', content: 'third' },
      { type: 'failure', kind: 'busy', message: 'too much to do' },
    ]);
    expect(name).toBe('a:1b');
    const listed = { result: { content: '(empty)' }, heard: ['use tabs'], thought: 'hm' };
    const broken = { doneReason: 'failed', failure: 'broke off' };
    const failed = { doneReason: 'failed', failure: 'too much to do' };
    expect(items).toEqual([
      {
        type: 'request',
        request: 'first',
        files: ['a.txt'],
        replies: [reply('a call', listed), reply('{}', { isConstrained: true })],
      },
      { type: 'command', command: 'ls', content: 'x' },
      { type: 'undo' },
      { type: 'reset' },
      { type: 'request', request: 'second', files: [], replies: [reply('half', broken)] },
      { type: 'request', request: 'third', files: [], replies: [reply('', failed)] },
    ]);
  });

  it.each([
    ['has its own replies', CHILD, ID, [reply('found')]],
    ['has none where its log is not there', '20260401-144026-000000', ID, undefined],
    ['has none in the log of a delegate of another session', CHILD, CHILD, undefined],
    ['has none where its id is the name of another file', '../a', ID, undefined],
  ])('of a delegation: it %s', (_what, child, parent, childReplies) => {
    const { items } = recordingOf(
      [{ type: 'user', content: 'look' }, model('go'), tool('delegate', 'found', { child })],
      {
        [`${CHILD}.jsonl`]: log([
          header(CHILD, parent),
          { type: 'user', content: 'task' },
          model('found'),
        ]),
      },
    );
    expect(items).toMatchObject([{ replies: [{ result: { child } }] }]);
    const [request] = items;
    const result = request?.type === 'request' ? request.replies[0]?.result : undefined;
    expect(result?.childReplies).toEqual(childReplies);
  });

  it('says what was damaged, and keeps the rest', () => {
    const text = `${log([header(ID), { type: 'user', content: 'hi' }])}{"typ\n{"type":"us`;
    const folder = temporaryFolder({ 'a.jsonl': text });
    const { items, damage } = readRecording(path.join(folder, 'a.jsonl'));
    expect(items).toHaveLength(1);
    expect(damage).toBe('1 unreadable line and a last line that was cut short');
  });

  it.each<[string, (file: string) => void, RegExp]>([
    ['is not there', () => undefined, /there is no such file/],
    ['is a FIFO', (file) => execFileSync('mkfifo', [file]), /not a regular file/],
    ['is a folder', (file) => fs.mkdirSync(file), /not a regular file/],
    ['is no log', (file) => fs.writeFileSync(file, 'hello\n'), /no session\. Sessions are/],
    ['is empty', (file) => fs.writeFileSync(file, ''), /no session\. Sessions are/],
    ['has no request', (file) => fs.writeFileSync(file, log([header(ID)])), /no request/],
    [
      'is of a newer version',
      (file) => fs.writeFileSync(file, '{"type":"session","version":2,"id":"x"}\n'),
      /newer version.*update/,
    ],
    [
      'is huge',
      (file) => {
        fs.writeFileSync(file, log([header(ID)]));
        fs.truncateSync(file, 65 * 1024 ** 2);
      },
      /more than 64 MiB/,
    ],
  ])('that %s is refused with one message', (_what, make, message) => {
    const file = path.join(temporaryFolder(), 'a.jsonl');
    make(file);
    expect(() => readRecording(file)).toThrow(message);
    expect(() => readRecording(file)).toThrow(expect.objectContaining({ name: 'SessionError' }));
  });
});
