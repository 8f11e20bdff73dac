import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { CHANGE_COMMANDS } from '../../../src/terminal/commands/change-commands.ts';
import { Approvals } from '../../../src/tools/approval.ts';
import { runShell } from '../../../src/tools/run-shell.ts';
import { never } from '../../support/workspace.ts';
import type { Changeable, CommandContext } from '../../../src/terminal/commands/command.ts';
import type { ChangedFile, UndoOutcome } from '../../../src/undo/outcome.ts';

interface Given {
  files?: ChangedFile[];
  outcome?: UndoOutcome;
  approvals?: Approvals;
}

/** Runs a command on a conversation of which this is known. */
async function run(line: string, { files = [], outcome, approvals }: Given = {}) {
  const [name, ...words] = line.split(' ');
  const command = CHANGE_COMMANDS.find(({ names }) => names.includes(name ?? ''));
  const known = approvals ?? new Approvals('ask');
  const conversation: Changeable = {
    diff: () => files,
    undo: () => outcome ?? { type: 'nothing' },
    redo: () => outcome ?? { type: 'nothing' },
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
  it('shows each file, and what is to be said of it', async () => {
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
        'a.txt: something else has changed it since.',
        'b\\x1b[2J.txt: what it held was not kept.',
      ].join('\n'),
    );
    expect(await run('/diff')).toBe('The agent has changed no file in this session.');
  });

  it('cuts what is long, and /diff all does not', async () => {
    const lines = Array.from({ length: 1_000 }, (_, index) => `line ${index}\n`).join('');
    const files = [changed('a.txt', '', lines)];
    expect(await run('/diff', { files })).toContain('\n… 603 rows are not shown: /diff all shows');
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

  it('say what became of which file, and that commands are not covered', async () => {
    expect(await run('/undo', { outcome: done })).toBe(
      [
        'Undone: make it \\x1b[31mgood',
        '  a.txt is as it was',
        '  b.txt is gone',
        '  c.txt cannot be changed (ENOSPC)',
        'What shell commands changed is not covered.',
      ].join('\n'),
    );
    expect(await run('/redo', { outcome: { ...done, ranShell: false } })).toMatch(
      /^Made again: .*\n {2}a\.txt is as the agent left it\n.*\n.*$/,
    );
  });

  it('say why they are refused, that nothing had to be changed, or that there is nothing', async () => {
    const outcome: UndoOutcome = { type: 'refused', problems: ['a\u001b[2J has changed since'] };
    expect(await run('/undo', { outcome })).toBe(
      'Nothing was undone:\n  a\\x1b[2J has changed since\n' +
        '/diff shows what the agent changed, so that you can do it by hand.',
    );
    expect(await run('/undo', { outcome: { ...done, files: [], problems: [] } })).toContain(
      '\n  no file had to be changed\n',
    );
    expect(await run('/undo')).toMatch(/^There is nothing to undo/);
    expect(await run('/redo')).toBe('There is nothing to redo.');
  });
});

describe('/approval', () => {
  const allowing = (...commands: string[]) => {
    const approvals = new Approvals('ask');
    for (const command of commands) approvals.allowAlways(runShell, { command });
    return approvals;
  };

  it('shows the policy and what is allowed for always, by number, each in one line', async () => {
    expect(await run('/approval')).toBe(
      'The approval policy is ask.\nNothing is allowed for always.',
    );
    expect(await run('/approval', { approvals: allowing('ls', 'a\n\u001b[2Jb') })).toBe(
      [
        'The approval policy is ask.',
        'Not asked about in this session (/approval forget takes back):',
        '  1  run_shell: ls',
        '  2  run_shell: a\\n\\x1b[2Jb',
      ].join('\n'),
    );
  });

  it('switches the policy, and says what it means', async () => {
    const approvals = allowing();
    expect(await run('/approval auto', { approvals })).toBe('Beware.');
    expect(await run('/approval never', { approvals })).toBe('The approval policy is never now.');
    expect(approvals.policy).toBe('never');
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
    expect(await run('/approval forget', { approvals })).toBe('All is asked about again.');
    expect(approvals.always).toEqual([]);
  });

  it.each(['sometimes', 'forget me', 'AUTO', 'forget -1'])(
    'changes nothing on %s, and says what it takes',
    async (argument) => {
      const approvals = allowing('a');
      expect(await run(`/approval ${argument}`, { approvals })).toMatch(/^\/approval takes ask,/);
      expect([approvals.policy, approvals.always.length]).toEqual(['ask', 1]);
    },
  );
});
