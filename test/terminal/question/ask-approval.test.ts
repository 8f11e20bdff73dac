import { PassThrough } from 'node:stream';
import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { askApproval, meaningOf } from '../../../src/terminal/question/ask-approval.ts';
import { PipedInput } from '../../../src/terminal/input/piped-input.ts';
import type { ApprovalRequest } from '../../../src/tools/approval.ts';
import { never } from '../../support/workspace.ts';

it.each([
  ['y', 'yes'],
  ['Y', 'yes'],
  [' YES \t', 'yes'],
  ['a', 'always'],
  ['Always', 'always'],
  ['b', 'beginning'],
  ['e', 'edit'],
  ['v', 'view'],
  ['?', 'help'],
  ['', { no: 'the user said no' }],
  [' \t', { no: 'the user said no' }],
  ['N', { no: 'the user said no' }],
  ['no', { no: 'the user said no' }],
  ['yy', { no: 'the user said: yy' }],
  ['yes please', { no: 'the user said: yes please' }],
  ['y\nn', { no: 'the user said: y n' }],
  ['ok', { no: 'the user said: ok' }],
])('of the answers, %j means %j', (answer, meaning) => {
  expect(meaningOf(answer)).toEqual(meaning);
});

it('explains in rows that fit the terminal, no word broken', async () => {
  const { shown } = await asked(edit('x'), ['?', 'e', 'a'], { columns: 40 });
  for (const row of [
    '  a  yes, and do not ask about',
    '     write_file again in this session',
    '  Only commands can be edited; type what',
    '  you want instead.',
    '  write_file will not be asked about',
    '  again in this session.',
  ]) {
    expect(shown().split('\n')).toContain(row);
  }
});

it('limits the reason that the model is told', () => {
  const meaning = meaningOf('because '.repeat(1_000));
  expect(meaning).toEqual({ no: expect.stringMatching(/^the user said: because .*…$/) });
  expect(JSON.stringify(meaning).length).toBeLessThan(540);
});

/** Asks with these lines piped in. */
async function asked(
  call: ApprovalRequest,
  lines: string[],
  { columns = 80, isTerminal = false, signal = never } = {},
) {
  const input = new PassThrough();
  const output = new PassThrough();
  let shown = '';
  output.setEncoding('utf8').on('data', (text: string) => (shown += text));
  const desk = {
    input: new PipedInput({ input, output }),
    isTerminal,
    chalk: new Chalk({ level: 0 }),
    columns,
    write: (text: string) => void output.write(text),
  };
  input.end(lines.map((line) => `${line}\n`).join(''));
  return { answer: await askApproval(call, desk, signal), shown: () => shown };
}

const shell: ApprovalRequest = {
  name: 'run_shell',
  risky: true,
  args: { command: 'ls' },
  command: 'ls',
};
const edit = (after: string): ApprovalRequest => ({
  name: 'write_file',
  risky: true,
  args: {},
  change: { path: 'a.txt', before: undefined, after: Buffer.from(after) },
});

it('takes a command as edited only if it changed', async () => {
  const edited = async (lines: string[]) =>
    (await asked(shell, ['e', ...lines], { isTerminal: true })).answer;
  expect(await edited(['ls -l'])).toEqual({ edited: 'ls -l' });
  expect(await edited(['ls', 'y'])).toEqual({ allowed: true });
  expect(await edited([' ', 'y'])).toEqual({ allowed: true });
});

describe('where answers are piped in', () => {
  it('a yes, an always and a reason count, and the end of input is a no', async () => {
    expect((await asked(shell, ['y'])).answer).toEqual({ allowed: true });
    expect((await asked(shell, ['a'])).answer).toEqual({ allowed: true, always: 'same' });
    expect((await asked(shell, ['use make'])).answer).toEqual({
      allowed: false,
      reason: 'the user said: use make',
    });
    expect((await asked(shell, [])).answer).toEqual({ allowed: false, reason: 'nobody answered' });
  });

  it('an interrupt is a no, and its reason', async () => {
    const signal = AbortSignal.abort();
    expect((await asked(shell, [], { signal })).answer).toEqual({
      allowed: false,
      reason: 'the user interrupted',
    });
  });

  it('a command cannot be edited: the person is told, and asked again', async () => {
    const { answer, shown } = await asked(shell, ['e', 'y']);
    expect(answer).toEqual({ allowed: true });
    expect(shown()).toContain('Commands can be edited only in a terminal.');
    expect(shown().match(/Allow run_shell\?/g)).toHaveLength(2);
  });
});

describe('about a file that the model has not read', () => {
  const unread: ApprovalRequest = { ...edit('x'), isUnread: true };

  it('says so, and offers no always', async () => {
    const { answer, shown } = await asked(unread, ['?', 'a', 'y'], { columns: 40 });
    expect(answer).toEqual({ allowed: true });
    const rows = shown().split('\n');
    expect(rows).toContain('  The model has not read all of this');
    expect(rows).toContain('  file.');
    expect(rows).toContain('  A file that was not read is asked');
    expect(shown()).toContain('Allow write_file a.txt? [y/N] ');
    expect(shown()).not.toMatch(/ {2}a {2}yes/);
    expect((await asked(edit('x'), ['y'])).shown()).not.toContain('has not read');
  });
});

describe('about the check', () => {
  const check: ApprovalRequest = { ...shell, name: 'check', isOnce: true };

  it('says that a yes lasts, and needs no always', async () => {
    const { answer, shown } = await asked(check, ['?', 'a'], { columns: 40 });
    expect(answer).toEqual({ allowed: true });
    const rows = shown().split('\n');
    expect(rows).toContain('  It runs after edits. A yes is for');
    expect(rows).toContain('  y  yes, and do not ask about this');
    expect(shown()).toContain('Allow check? [y/N/e] ');
    expect(rows).toContain('  Anything else is a no.');
    expect(shown()).not.toMatch(/ {2}a {2}yes|in this session/);
    expect((await asked(shell, ['y'])).shown()).not.toContain('after edits');
  });
});

describe('about a command whose beginning may be allowed', () => {
  const npmTest: ApprovalRequest = { ...shell, command: 'npm test a', beginning: 'npm test …' };

  it('shows the rule as it will match, and takes b for it', async () => {
    const { answer, shown } = await asked(npmTest, ['?', 'b'], { columns: 40 });
    expect(answer).toEqual({ allowed: true, always: 'beginning' });
    const rows = shown().split('\n');
    expect(rows).toContain('  b always allows: npm test …');
    expect(shown()).toContain('Allow run_shell? [y/N/a/b/e] ');
    expect(rows).toContain('  b  yes, and do not ask about npm test');
    expect(rows).toContain('  npm test … will not be asked about');
  });

  it('has no b for any other: the question is asked again', async () => {
    const { answer, shown } = await asked(shell, ['b', 'y']);
    expect(answer).toEqual({ allowed: true });
    expect(shown()).toContain('No beginning of this can be allowed;');
    expect(shown()).not.toContain('always allows');
  });
});

it('says what always covers', async () => {
  expect((await asked(shell, ['a'])).shown()).toContain(
    'This exact command will not be asked about again',
  );
  expect((await asked(edit('x'), ['a'])).shown()).toContain(
    'write_file will not be asked about again',
  );
});

it('shows the whole of a long edit on v, and only then', async () => {
  const text = Array.from({ length: 1_000 }, (_, index) => `line ${index}\n`).join('');
  const without = await asked(edit(text), ['y']);
  expect(without.shown()).not.toContain('+line 500\n');
  const { answer, shown } = await asked(edit(text), ['v', 'n']);
  expect(shown()).toContain('+line 500\n');
  expect(answer).toMatchObject({ allowed: false });
});

it('explains the letters on a question mark', async () => {
  const { shown } = await asked(shell, ['?', 'n']);
  for (const letter of ['y', 'n', 'a', 'e']) expect(shown()).toContain(`\n  ${letter}  `);
  expect(shown()).not.toContain('\n  v  ');
  expect((await asked(edit('x'), ['?', 'n'])).shown()).not.toContain('\n  e  ');
});

it('says on an edit of a file that there is no command to edit', async () => {
  expect((await asked(edit('x'), ['e', 'n'])).shown()).toContain('Only commands can be edited;');
});
