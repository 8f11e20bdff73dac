import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sizeOfAll } from '../../src/context/entry-size.ts';
import { weigh } from '../../src/context/guess-tokens.ts';
import { turnsOf } from '../../src/context/transcript.ts';
import type { NewRecord } from '../../src/records.ts';
import { often } from '../support/stress.ts';
import {
  answer,
  anyLogged,
  check,
  compaction,
  model,
  notice,
  read,
  stateOf,
  tool,
  user,
} from '../support/session.ts';

const turns = (...records: NewRecord[]) => turnsOf(stateOf(...records));

/** Each turn by who speaks. */
const spoken = (...records: NewRecord[]) =>
  turns(...records).map(({ role, content }) => `${role}: ${content}`);

const workspace: NewRecord = {
  type: 'workspace',
  content: 'changed since you were last told:\n- branch: topic',
};
const command: NewRecord = { type: 'command', command: 'git\nstatus', content: 'clean' };
const interrupted: NewRecord = { type: 'assistant', content: 'x', reason: 'interrupted' };

const CALL = '<tool>{"name":"read_file","args":{"path":"a"}}</tool>';

describe('a check', () => {
  const done = model('<final>Done.</final>');

  it('is told of by its command, with what it printed if it failed', () => {
    const checks = [
      check('npm\ntest', 'exit_code: 1\nstdout:\nbad'),
      check('npm test', 'ok', true),
    ];
    expect(spoken(user('Fix it.'), done, ...checks).at(-1)).toBe(
      'user: The check failed: npm test\nexit_code: 1\nstdout:\nbad\n\nThe check passed: npm test',
    );
  });

  it('comes between a reply and its answer, which is not said twice', () => {
    const request = [
      user('Fix it.'),
      done,
      check('true', '', true),
      answer('Done.\n\nCheck passed.'),
    ];
    expect(spoken(...request, user('Thanks.')).slice(-2)).toEqual([
      'assistant: <final>Done.</final>',
      'user: The check passed: true\n\nRequest: Thanks.',
    ]);
  });

  it('is one line after a compaction, or the part of it that fits', () => {
    const long = check('npm test', `exit_code: 1\n${'x'.repeat(2_000)}`);
    const [all = ''] = spoken(user('Fix it.'), done, long, user('And?'), compaction(1, 0));
    expect(all).toMatch(/\n- the check failed: npm test: exit_code: 1 x{150,170}…\n/i);
    const [part = ''] = spoken(user('Fix it.'), done, long, compaction(0, 0, 500));
    expect(part).toMatch(
      /\n- the check failed: npm test:\nexit_code: 1\nx+\n\.\.\.\[\d+ characters left out/i,
    );
    expect(part.length).toBeLessThan(700);
  });
});

describe('a conversation', () => {
  it('is the request, each reply unchanged, and what came of it', () => {
    const final = ' <final>It greets.</final>\n';
    expect(spoken(user(' What is in a?\n'), model(CALL), read('a', 'hello'), model(final))).toEqual(
      [
        'user: What is in a?',
        `assistant: ${CALL}`,
        'user: Result of read_file:\nhello',
        `assistant: ${final}`,
      ],
    );
  });

  it('says an answer once, as the model said it', () => {
    const said = [user('go'), model('<final>Done.</final>'), answer('Done.'), user('go on')];
    expect(spoken(...said)).toEqual(['user: go', 'assistant: <final>Done.</final>', 'user: go on']);
  });

  it('labels a request that is not alone', () => {
    expect(spoken(workspace, command, user('go'))).toEqual([
      'user: The workspace changed since you were last told:\n- branch: topic\n\n' +
        'The user ran: git status\nclean\n\nRequest: go',
    ]);
  });

  it('shows a file that the request names after it, as read; of a request sent again only once', () => {
    const attached: NewRecord = {
      ...tool('read_file', { path: 'a' }, '# a\n   1: x'),
      attached: true,
    } as NewRecord;
    const shown = 'The user attached this file:\n# a\n   1: x';
    expect(spoken(user('see a'), attached)).toEqual([`user: Request: see a\n\n${shown}`]);
    expect(spoken(user('see a'), attached, user('see a'))).toEqual([
      `user: ${shown}\n\nRequest: see a`,
    ]);
    const said = [user('see a'), attached, model('<final>x</final>'), answer('x'), user('go on')];
    expect(spoken(...said, compaction(1, 0)).join('\n')).toContain('- the user attached: # a 1: x');
  });

  it.each<[string, NewRecord[], string]>([
    ['a malformed reply', [model('<to'), notice], 'Not usable.'],
    ['a reply that was interrupted', [model('<to'), interrupted], 'The user interrupted you here.'],
    [
      'a reply that was broken off',
      [model('<to', 'failed'), { type: 'failure', kind: 'timeout', message: 'slow' }],
      'Your reply above was broken off: the connection to the model failed.',
    ],
    [
      'a request that ended without an answer',
      [model('<to'), notice, { type: 'assistant', content: 'Stopped.', reason: 'malformed' }],
      'Not usable.\n\nStopped.',
    ],
    [
      'what a delegate is told',
      [model('<to'), { type: 'note', content: 'it works on: x' }],
      'From the agent that you help: it works on: x',
    ],
  ])('reports %s in the turn after it', (_, records, told) => {
    expect(spoken(user('go'), ...records)).toEqual(['user: go', 'assistant: <to', `user: ${told}`]);
  });

  it('has a whole result, however long, and a command on one short line', () => {
    const long = 'x'.repeat(20_000);
    const ran: NewRecord = { type: 'command', command: long, content: 'y' };
    const [shown = ''] = spoken(ran, read('a', long), user(long));
    expect(shown).toMatch(/^user: The user ran: x{399}…\ny\n\nResult of read_file:\nx{20000}\n\n/);
    expect(shown.endsWith(`Request: ${long}`)).toBe(true);
  });

  it.each<[string, NewRecord[]]>([
    ['at once', []],
    ['after what the person did meanwhile', [workspace, command]],
    ['by its last step', [notice]],
  ])('shows a request once that failed before it was read and is sent again %s', (_, between) => {
    const failure: NewRecord = { type: 'failure', kind: 'unreachable', message: 'none' };
    const shown = spoken(user('go'), failure, ...between, user('go'), failure, user('go'));
    expect(shown).toHaveLength(1);
    expect(shown[0]?.match(/\bgo\b/g)).toHaveLength(1);
    const [told = ''] = spoken(user('go'), ...between, user('go'), model('x'), compaction(1, 0));
    expect(told.match(/\bgo\b/g)).toHaveLength(1);
  });

  it('shows a request twice that was asked twice', () => {
    expect(spoken(user('go'), model('x'), answer('x'), user('go'))).toHaveLength(3);
    const failed = spoken(user('go'), model('', 'failed'), user('go'));
    expect(failed.slice(0, 2)).toEqual(['user: go', 'assistant: ']);
    expect(failed[2]).toMatch(/broken off.*\n\nRequest: go$/);
  });

  it('begins with memory, then with how many entries were left out', () => {
    const state = { ...stateOf(user('go')), dropped: 12 };
    expect(turnsOf(state, 'Memory:\n- task: go')).toEqual([
      {
        role: 'user',
        content: 'Memory:\n- task: go\n\n(12 earlier entries were left out here.)\n\nRequest: go',
      },
    ]);
  });

  it('has user and assistant by turns, whatever was recorded', () => {
    fc.assert(
      fc.property(fc.array(anyLogged, { maxLength: 30 }), (records) => {
        const roles = turns(...records).map(({ role }) => role);
        expect(roles.filter((role, at) => role !== (at % 2 ? 'assistant' : 'user'))).toEqual([]);
      }),
    );
  });

  it('only grows: a turn that a reply follows never changes but by a compaction or a reset', () => {
    const added = anyLogged.filter(({ type }) => type !== 'compaction' && type !== 'reset');
    fc.assert(
      fc.property(fc.array(anyLogged, { maxLength: 15 }), fc.array(added), (records, later) => {
        const before = turns(...records, model('x'));
        const after = turns(...records, model('x'), ...later);
        expect(after.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
        expect(after[before.length - 1]).toEqual({ role: 'assistant', content: 'x' });
      }),
    );
  });
});

describe('what a compaction leaves', () => {
  it('summarizes older entries, a line each, and shows no reply as a turn', () => {
    const write = { content: 'x'.repeat(3_000), path: 'a' };
    const [first = '', ...rest] = spoken(
      user('fix it'),
      model('<tool>'),
      tool('write_file', write, 'y'.repeat(3_000)),
      model('z'),
      answer('z'.repeat(3_000)),
      workspace,
      command,
      model('<to'),
      notice,
      user('go'),
      model('newest'),
      compaction(2, 0),
    );
    expect(rest).toEqual(['assistant: newest']);
    expect(first.split('\n')).toEqual([
      'user: Earlier in this session:',
      '- the user asked: fix it',
      expect.stringMatching(/^- you called write_file \{"content":"x+…: y{179}…$/),
      expect.stringMatching(/^- you answered: z{219}…$/),
      '- the workspace changed since you were last told: - branch: topic',
      '- the user ran: git status: clean',
      '',
      'Request: go',
    ]);
  });

  it('of the newest result is its head and tail', () => {
    const long = `first${'x'.repeat(3_000)}last`;
    const called = [user('go'), model(CALL), read('a', long)];
    const [, , kept] = spoken(...called, compaction(3, 0, 500));
    expect(kept).toMatch(
      /^user: Result of read_file:\nfirstx+\n\.\.\.\[.* left out\]\.\.\.\nx+last\n\(shortened to fit .*\)$/,
    );
    expect(kept?.length).toBeLessThan(610);
    // Its call was too long to stay.
    const [told = '', ...none] = spoken(...called, compaction(0, 0, 500));
    expect(none).toEqual([]);
    expect(told).toMatch(
      /^user: Request: go\n\nEarlier in this session:\n- you called read_file .*:\nfirst/,
    );
    expect(told.length).toBeLessThan(700);
  });

  it('of a result that was once the newest is as short as of any other', () => {
    const long = 'x'.repeat(3_000);
    const once = [user('go'), model(CALL), read('a', long), compaction(3, 0, 2_500)];
    const [told = ''] = spoken(...once, model('b'), read('b'), compaction(2, 0));
    expect(told.length).toBeLessThan(400);
  });
});

it('the sizes of entries are about what the conversation weighs, with answers that lost their reply', () => {
  fc.assert(
    fc.property(fc.array(anyLogged, { maxLength: 30 }), (records) => {
      const state = stateOf(...records);
      const weight = turnsOf(state).reduce((sum, { content }) => sum + weigh(content), 0);
      const sizes = sizeOfAll(state.entries);
      expect(weight).toBeLessThan(sizes + state.entries.length * 150 + 100);
    }),
    { numRuns: often(100, 20_000) },
  );
  const said = [user('go'), model('x'.repeat(3_000)), answer('x'.repeat(3_000))];
  expect(sizeOfAll(stateOf(...said).entries)).toBeLessThan(3_100); // said once
  const [, , alone] = stateOf(...said).entries;
  expect(sizeOfAll(alone ? [alone] : [])).toBeGreaterThan(3_000);
});
