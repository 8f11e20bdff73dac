import { describe, expect, it } from 'vitest';
import type { NewRecord } from '../../src/records.ts';
import type { Session } from '../../src/session/session.ts';
import {
  answer,
  compaction,
  epoch,
  memorySession,
  model,
  notice,
  read,
  SNAPSHOT,
  user,
} from '../support/session.ts';

function sessionOf(...records: NewRecord[]): Session {
  const { session } = memorySession();
  for (const record of records) session.record(record);
  return session;
}

const failure: NewRecord = { type: 'failure', kind: 'timeout', message: 'It is slow.' };

/** What the conversation shows, in brief. */
const shown = ({ state }: Session) => state.entries.map(({ record }) => record.content);

const plain = (type: 'note' | 'workspace', content: string): NewRecord => ({ type, content });

describe('the conversation', () => {
  it.each<[string, NewRecord[], string[]]>([
    [
      'a reply and what came of it',
      [user('a'), model('<tool>'), read('a')],
      ['a', '<tool>', '# a'],
    ],
    ['a malformed reply', [user('a'), model('<to'), notice], ['a', '<to', 'Not usable.']],
    ['what a delegate is told', [plain('note', 'b'), user('a')], ['b', 'a']],
    ['what the person did', [plain('workspace', 'b'), user('a')], ['b', 'a']],
    ['no epoch and no failure', [user('a'), epoch(), failure], ['a']],
    ['what a compaction left', [answer('a'), answer('b'), user('c'), compaction(1, 1)], ['b', 'c']],
    ['what came after a reset', [user('a'), { type: 'reset' }, user('b')], ['b']],
  ])('has %s', (_, records, expected) => {
    expect(shown(sessionOf(...records))).toEqual(expected);
  });

  it('counts what compactions really left out, reads that came again among it', () => {
    const twice = [read('a'), user('b'), read('a'), answer('c')];
    expect(sessionOf(...twice, compaction(2, 0)).state.dropped).toBe(1);
    expect(sessionOf(...twice, compaction(1, 1)).state.dropped).toBe(2);
    const { state } = sessionOf(...twice, compaction(0, 9), compaction(0, 9));
    expect(state).toMatchObject({ entries: [{ record: user('b') }], dropped: 3 });
  });

  it('after a compaction keeps the request, and what is read again in full', () => {
    const records = [read('a'), user('b'), read('a'), read('b'), notice, compaction(1, 0)];
    const { entries } = sessionOf(...records).state;
    expect(entries.map(({ record, shortened }) => [record.content, shortened])).toEqual([
      ['b', false],
      ['# a', true],
      ['# b', true],
      ['Not usable.', false],
    ]);
  });
});

describe('an epoch', () => {
  const other = { ...SNAPSHOT, branch: 'other' };

  it('lasts until a reset, a compaction or the next one, which says what ended it', () => {
    const begun = [user('a'), epoch({ system: 'one' })];
    expect(sessionOf(user('a')).state).toMatchObject({ epoch: undefined, ended: undefined });
    expect(sessionOf(...begun, model('x')).state.epoch?.record.system).toBe('one');
    expect(sessionOf(...begun, { type: 'reset' }).state).toMatchObject({
      epoch: undefined,
      ended: 'reset',
      told: undefined,
    });
    expect(sessionOf(...begun, compaction(1, 0)).state).toMatchObject({
      epoch: undefined,
      ended: 'compaction',
      told: SNAPSHOT,
    });
    const next = sessionOf(...begun, { type: 'reset' }, epoch({ system: 'two' })).state;
    expect(next.epoch?.record.system).toBe('two');
  });

  it('has memory as it stood, where entries have left the conversation', () => {
    const said = [user('task'), model('x'), read('a'), model('y'), answer('y'), user('b')];
    expect(sessionOf(...said, epoch()).state.epoch?.memory).toBe('');
    const { state } = sessionOf(...said, compaction(1, 0), epoch(), read('later'));
    expect(state.epoch?.memory).toMatch(/^Memory:\n- task: b\n- files: a\n/);
  });

  it('describes the workspace, and so does every change since', () => {
    expect(sessionOf(epoch({ snapshot: other })).state.told).toEqual(other);
    const changed: NewRecord = { type: 'workspace', content: 'x', snapshot: other };
    expect(sessionOf(epoch(), changed).state.told).toEqual(other);
    expect(sessionOf(epoch(), plain('workspace', 'of an old log')).state.told).toEqual(SNAPSHOT);
  });
});

it('the last call is the one that the server counted', () => {
  const usage = { prompt_chars: 30, prompt_tokens: 9 };
  const counted: NewRecord = { type: 'model', content: '', done_reason: 'stop', usage };
  expect(sessionOf(counted, model('interrupted')).state.usage).toEqual(usage);
  expect(sessionOf(counted, { type: 'reset' }).state.usage).toBeUndefined();
});
