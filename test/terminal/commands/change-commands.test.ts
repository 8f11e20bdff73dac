import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { CHANGE_COMMANDS } from '../../../src/terminal/commands/change-commands.ts';
import { Approvals } from '../../../src/tools/approval.ts';
import { runShell } from '../../../src/tools/run-shell.ts';
import { never } from '../../support/workspace.ts';
import type { CommandContext, Conversation } from '../../../src/terminal/commands/command.ts';
import type { ChangedFile, UndoOutcome } from '../../../src/undo/outcome.ts';

interface Given {
  files?: ChangedFile[];
  outcome?: UndoOutcome;
  approvals?: Approvals;
}

/** Runs a command on a conversation with these changes and approvals. */
async function run(line: string, { files = [], outcome, approvals }: Given = {}) {
  const [name, ...words] = line.split(' ');
  const command = CHANGE_COMMANDS.find(({ names }) => names.includes(name ?? ''));
  const known = approvals ?? new Approvals('ask');
  const conversation: Pick<Conversation, 'changes' | 'approvals' | 'switchPolicy'> = {
    changes: {
      diff: () => files,
      undo: () => Promise.resolve(outcome ?? { type: 'nothing' }),
      redo: () => Promise.resolve(outcome ?? { type: 'nothing' }),
    },
    approvals: known,
    switchPolicy: (policy) => {
      known.policy = policy;
      return policy === 'auto' ? 'Beware.' : undefined;
    },
  };
  const context = { conversation, chalk: new Chalk({ level: 0 }), columns: 80, signal: never };
  return command?.run(context as unknown as CommandContext, words.join(' '));
}

const changed = (path: string, before: string, after: string): ChangedFile => ({
  path,
  before: Buffer.from(before),
  after: Buffer.from(after),
  isChangedSince: false,
  isLost: false,
});

describe('/diff', () => {
  it('shows each file, and notes about it', async () => {
    const files = [
      { ...changed('a.txt', 'a\n', 'b\n'), isChangedSince: true },
      { ...changed('b\u001b[2J.txt', '', ''), isLost: true },
    ];
    expect(await run('/diff', { files })).toBe(
      [
        '  | --- a/a.txt',
        '  | +++ b/a.txt',
        '  | @@ -1,1 +1,1 @@',
        '  | -a',
        '  | +b',
        'a.txt: something else changed it afterwards.',
        'b\\x1b[2J.txt: no copy of its content was kept.',
      ].join('\n'),
    );
    expect(await run('/diff')).toBe('The agent has not changed any files in this session.');
  });

  it('cuts what is long, and /diff all does not', async () => {
    const lines = Array.from({ length: 1_000 }, (_, index) => `line ${index}\n`).join('');
    const files = [changed('a.txt', '', lines)];
    expect(await run('/diff', { files })).toContain('\n… 603 more rows: /diff all shows');
    expect(String(await run('/diff all', { files })).split('\n')).toHaveLength(1_003);
  });
});

describe('/undo and /redo', () => {
  const done: UndoOutcome = {
    type: 'done',
    request: 'make\nit \u001b[31mgood',
    files: [
      { path: 'a.txt', isGone: false },
      { path: 'b.txt', isGone: true },
    ],
    problems: ['c.txt cannot be changed (ENOSPC)'],
    ranShell: true,
  };

  it('say what happened to each file, and that commands are not covered', async () => {
    expect(await run('/undo', { outcome: done })).toBe(
      [
        'Undone: make it \\x1b[31mgood',
        '  a.txt: restored',
        '  b.txt: deleted',
        '  c.txt cannot be changed (ENOSPC)',
        'Changes made by shell commands are not covered.',
      ].join('\n'),
    );
    expect(await run('/redo', { outcome: { ...done, ranShell: false } })).toMatch(
      /^Redone: .*\n {2}a\.txt: changed again\n.*\n.*$/,
    );
  });

  it('say why they refuse, that no file needed a change, or that there is nothing to do', async () => {
    const outcome: UndoOutcome = { type: 'refused', problems: ['a\u001b[2J has changed since'] };
    expect(await run('/undo', { outcome })).toBe(
      'Nothing undone:\n  a\\x1b[2J has changed since\n' +
        '/diff shows what the agent changed, so that you can do it by hand.',
    );
    expect(await run('/undo', { outcome: { ...done, files: [], problems: [] } })).toContain(
      '\n  no file needed a change\n',
    );
    expect(await run('/undo')).toMatch(/^Nothing to undo/);
    expect(await run('/redo')).toBe('Nothing to redo.');
  });
});

describe('/approval', () => {
  const allowing = (...commands: string[]) => {
    const approvals = new Approvals('ask');
    for (const command of commands) approvals.allowAlways(runShell, { command });
    return approvals;
  };

  it('shows the policy and what is always allowed, by number, each on one line', async () => {
    expect(await run('/approval')).toBe('The approval policy is ask.\nNothing is always allowed.');
    expect(await run('/approval', { approvals: allowing('ls', 'a\n\u001b[2Jb') })).toBe(
      [
        'The approval policy is ask.',
        'Always allowed in this session (/approval forget revokes):',
        '  1  run_shell: ls',
        '  2  run_shell: a\\n\\x1b[2Jb',
      ].join('\n'),
    );
  });

  it('switches the policy, and says what it means', async () => {
    const approvals = allowing();
    expect(await run('/approval auto', { approvals })).toBe('Beware.');
    expect(await run('/approval never', { approvals })).toBe('The approval policy is now never.');
    expect(approvals.policy).toBe('never');
  });

  it('says what stays allowed when the policy is switched to one that counts it', async () => {
    const approvals = new Approvals('auto');
    approvals.allowAlways(runShell, { command: 'npm test -- a.test.ts' }, 'beginning');
    const row = '  1  run_shell: npm test …';
    expect(await run('/approval ask', { approvals })).toBe(
      `The approval policy is now ask.\nAlways allowed in this session (/approval forget revokes):\n${row}`,
    );
    expect(await run('/approval never', { approvals })).toBe(
      `The approval policy is now never.\nAlways allowed again once the policy is ask (/approval forget revokes):\n${row}`,
    );
    expect(await run('/approval auto', { approvals })).toBe('Beware.');
  });

  it('forgets one, or all', async () => {
    const approvals = allowing('a', 'b', 'c');
    expect(await run('/approval forget 2', { approvals })).toBe('Asked about again: run_shell: b');
    expect(approvals.always).toEqual(['run_shell: a', 'run_shell: c']);
    for (const number of ['0', '3', '99999999999999999999']) {
      expect(await run(`/approval forget ${number}`, { approvals })).toContain(
        `There is no number ${number}`,
      );
    }
    expect(approvals.always).toHaveLength(2);
    expect(await run('/approval forget', { approvals })).toBe('Everything is asked about again.');
    expect(approvals.always).toEqual([]);
  });

  it.each(['sometimes', 'forget me', 'AUTO', 'forget -1'])(
    'changes nothing on %s, and shows its usage',
    async (argument) => {
      const approvals = allowing('a');
      expect(await run(`/approval ${argument}`, { approvals })).toMatch(/^Usage: \/approval /);
      expect([approvals.policy, approvals.always.length]).toEqual(['ask', 1]);
    },
  );
});
