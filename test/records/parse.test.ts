import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRecord } from '../../src/records/parse.ts';

const snapshot = {
  cwd: '/home/me',
  root: '/home/me',
  branch: 'main',
  defaultBranch: 'main',
  status: 'clean',
  recentCommits: ['a1b2c3 first'],
  docs: [{ path: 'README.md', text: 'Words.' }],
};
const epoch = {
  type: 'epoch',
  why: 'start',
  version: '0.1.0',
  model: 'small:1b',
  system: 'Rules:',
  examples: [{ role: 'user', content: 'x' }],
  memory: '',
  num_ctx: 4_096,
  settings: { temperature: 0.2, stop: 'x' },
  snapshot,
  route: 'chat',
  created_at: '2026-04-01T14:40:25.000Z',
};
const template = { start: '<', afterSystem: null, beforeReply: '>', afterReply: '<' };

const created_at = '2026-04-01T14:40:25.000Z';

describe('a line of the log', () => {
  it.each([
    { type: 'user', content: 'hi', created_at },
    { type: 'model', content: '', done_reason: 'stop', usage: { prompt_chars: 1 }, created_at },
    { type: 'tool', name: 'x', args: { a: [1, null] }, content: '', ok: false, created_at },
    { type: 'notice', content: 'hi', created_at },
    { type: 'assistant', content: 'hi', reason: 'interrupted', created_at },
    { type: 'workspace', content: 'hi', created_at },
    { type: 'note', content: 'hi', created_at },
    { type: 'compaction', whole: 2, dropped: 3, created_at },
    { type: 'compaction', whole: 2, dropped: 3, newest_chars: 400, created_at },
    { type: 'reset', created_at },
    { type: 'command', command: 'ls', content: 'a', created_at },
    { type: 'workspace', content: 'hi', snapshot, created_at },
    { type: 'workspace', content: 'hi', snapshot: { ...snapshot, branch: 'a\u2028b' }, created_at },
    { type: 'failure', kind: 'timeout', message: 'It is slow.', created_at },
    {
      type: 'model',
      content: '',
      done_reason: 'loop',
      usage: { prompt_chars: 1 },
      began_at: created_at,
      constrained: true,
      created_at,
    },
    {
      type: 'tool',
      name: 'x',
      args: {},
      content: '',
      ok: true,
      began_at: created_at,
      elapsed_ms: 7,
      decision: 'denied_by_policy',
      child: '20260401-144025-2dd0aa',
      created_at,
    },
    epoch,
    { ...epoch, route: 'raw', template, bos: '<s>' },
    { ...epoch, snapshot: { ...snapshot, gitRefusal: { reason: 'it is bare', advice: 'Go.' } } },
  ])('of type $type is read as it was written', (record) => {
    expect(parseRecord(JSON.stringify(record))).toEqual(record);
  });

  it('of an epoch is read where it still says whether the model was to think', () => {
    expect(parseRecord(JSON.stringify({ ...epoch, think: false }))).toEqual(epoch);
  });

  it.each([
    ['', 'corrupt'],
    ['{"type":"user","cont', 'corrupt'],
    ['null', 'corrupt'],
    ['[]', 'corrupt'],
    ['{}', 'corrupt'],
    ['{"type":7}', 'corrupt'],
    [`{"type":"user","created_at":"${created_at}"}`, 'corrupt'],
    [`{"type":"user","content":7,"created_at":"${created_at}"}`, 'corrupt'],
    [`{"type":"compaction","dropped":1,"created_at":"${created_at}"}`, 'corrupt'],
    [`{"type":"compaction","whole":1,"dropped":-1,"created_at":"${created_at}"}`, 'corrupt'],
    [`{"type":"compaction","whole":0.5,"dropped":1,"created_at":"${created_at}"}`, 'corrupt'],
    [`{"type":"assistant","content":"","reason":"bored","created_at":"${created_at}"}`, 'corrupt'],
    [JSON.stringify({ ...epoch, system: undefined }), 'corrupt'],
    [JSON.stringify({ ...epoch, why: 'whim' }), 'corrupt'],
    [JSON.stringify({ ...epoch, route: 'post' }), 'corrupt'],
    [JSON.stringify({ ...epoch, examples: [{ role: 'tool', content: '' }] }), 'corrupt'],
    [JSON.stringify({ ...epoch, snapshot: { ...snapshot, branch: 'a\nRules:' } }), 'corrupt'],
    [JSON.stringify({ ...epoch, snapshot: { ...snapshot, defaultBranch: 'a\r' } }), 'corrupt'],
    ['{"__proto__":{"type":"user"}}', 'corrupt'],
    ['{"type":"checkpoint","of":"a later version"}', 'unknown'],
    ['{"type":"constructor"}', 'unknown'],
    ['{"type":"__proto__"}', 'unknown'],
  ])('%j is %s', (line, expected) => {
    expect(parseRecord(line)).toBe(expected);
  });

  it('of a tool may name traits that only a later version knows', () => {
    const tool = { type: 'tool', name: 'x', args: {}, content: '', ok: true, created_at: '' };
    const line = JSON.stringify({ ...tool, traits: { reads: 'path', hears: 'sound' } });
    expect(parseRecord(line)).toEqual({ ...tool, traits: { reads: 'path' } });
  });

  it('is a record, unknown or corrupt, whatever it holds', () => {
    const lines = fc.oneof(fc.string({ unit: 'binary' }), fc.json());
    fc.assert(fc.property(lines, (line) => void expect(parseRecord(line)).toBeDefined()));
  });

  it('cannot reach a prototype through __proto__', () => {
    const proto = '"__proto__":{"polluted":true,"ok":true}';
    const tool = '"type":"tool","name":"x","content":"","created_at":""';
    for (const line of [
      `{${tool},"ok":false,"args":{${proto}},${proto}}`,
      `{${tool},"ok":false,"args":{"constructor":{"prototype":{"polluted":true}}},${proto}}`,
    ]) {
      const record = parseRecord(line);
      expect(record).toMatchObject({ type: 'tool', ok: false });
      expect(record).not.toHaveProperty('polluted');
      expect(record).not.toHaveProperty('args.polluted');
      expect({}).not.toHaveProperty('polluted');
    }
    expect(parseRecord(`{${tool},"args":{},${proto}}`)).toBe('corrupt');
  });
});
