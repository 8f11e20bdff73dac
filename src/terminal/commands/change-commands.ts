/** The slash commands about what the agent changed, and about what it must ask for. */
import { cutRows, renderDiff } from '../question/diff.ts';
import type { RowStyle } from '../question/rows.ts';
import { escapeForTerminal, escapeLine } from '../text/escape.ts';
import { shortenLine } from '../text/shorten.ts';
import { wrapLines } from '../text/spans.ts';
import { setCheck } from './check-command.ts';
import type { Command, CommandContext } from './command.ts';
import type { ApprovalPolicy, Approvals } from '../../tools/approval.ts';
import type { ChangedFile, UndoOutcome } from '../../undo/outcome.ts';

/** How much of a request is shown. */
const REQUEST_COLUMNS = 60;

/** Every `ApprovalPolicy`; the terminal imports only types of other rooms. */
const POLICIES: readonly ApprovalPolicy[] = ['ask', 'auto', 'never'];

/** `/diff`, `/undo`, `/redo`, `/approval` and `/check`. */
export const CHANGE_COMMANDS: readonly Command[] = [
  {
    names: ['/diff'],
    argument: '[all]',
    completes: ['all'],
    summary: 'show what the agent changed in this session',
    isVerbatim: true,
    run: ({ conversation, chalk, columns }, argument) =>
      ['', 'all'].includes(argument)
        ? showDiff(conversation.changes.diff(), { chalk, columns }, argument === 'all')
        : 'Usage: /diff, or /diff all',
  },
  {
    names: ['/undo'],
    summary: 'undo the file changes of the last request',
    run: async ({ conversation }) => tell(await conversation.changes.undo(), UNDO),
  },
  {
    names: ['/redo'],
    summary: 'redo the file changes of the last /undo',
    run: async ({ conversation }) => tell(await conversation.changes.redo(), REDO),
  },
  {
    names: ['/approval'],
    argument: '[policy]',
    completes: [...POLICIES, 'forget'],
    summary: 'show or switch when to ask; forget [n] revokes',
    run: approval,
  },
  {
    names: ['/check'],
    argument: '[command]',
    completes: ['off'],
    summary: 'run a command after edits; off ends it',
    run: setCheck,
  },
];

async function showDiff(
  files: readonly ChangedFile[],
  style: RowStyle,
  showsAll: boolean,
): Promise<string> {
  const message = (text: string) => wrapLines(text, style.columns ?? Infinity);
  if (files.length === 0) return message('The agent has not changed any files in this session.');
  const rows: string[] = [];
  for (const file of files) {
    const name = escapeLine(file.path);
    if (file.isLost) rows.push(message(`${name}: no copy of its content was kept.`));
    else rows.push(...(await renderDiff(file, style)));
    if (file.isChangedSince) rows.push(message(`${name}: something else changed it afterwards.`));
  }
  return (showsAll ? rows : cutRows(rows, '/diff all shows all').shown).join('\n');
}

interface Wording {
  nothing: string;
  refused: string;
  done: string;
  /** What became of a file that still exists. */
  file: string;
}

const UNDO: Wording = {
  nothing: 'Nothing to undo: the agent has not changed any files, or everything is undone.',
  refused: 'Nothing undone:',
  done: 'Undone:',
  file: 'restored',
};

const REDO: Wording = {
  nothing: 'Nothing to redo.',
  refused: 'Nothing redone:',
  done: 'Redone:',
  file: 'changed again',
};

/** What to do next where a command refuses to run. */
const BY_HAND = '/diff shows what the agent changed, so that you can do it by hand.';

function tell(outcome: UndoOutcome, wording: Wording): string {
  switch (outcome.type) {
    case 'nothing':
      return wording.nothing;
    case 'refused':
      return [wording.refused, ...outcome.problems.map(problemRow), BY_HAND].join('\n');
    case 'done': {
      const files = outcome.files.map(
        ({ path, isGone }) => `  ${escapeLine(path)}: ${isGone ? 'deleted' : wording.file}`,
      );
      return [
        `${wording.done} ${escapeLine(shortenLine(outcome.request, REQUEST_COLUMNS))}`,
        ...(files.length + outcome.problems.length > 0 ? files : ['  no file needed a change']),
        ...outcome.problems.map(problemRow),
        ...(outcome.ranShell ? ['Changes made by shell commands are not covered.'] : []),
      ].join('\n');
    }
  }
}

function problemRow(problem: string): string {
  return `  ${escapeLine(problem)}`;
}

const FORGET = /^forget(?:\s+(\d+))?$/;

function approval({ conversation }: CommandContext, argument: string): string {
  const { approvals } = conversation;
  if (isPolicy(argument)) {
    const notice = conversation.switchPolicy(argument);
    const now = escapeForTerminal(notice ?? `The approval policy is now ${argument}.`);
    return [now, ...(argument === 'auto' ? [] : alwaysAllowed(approvals))].join('\n');
  }
  const [isForget, number] = FORGET.exec(argument) ?? [];
  if (isForget !== undefined) return forget(approvals, number);
  return [
    ...(argument === ''
      ? []
      : [`Usage: /approval [${POLICIES.join('|')}], or /approval forget [n]`]),
    `The approval policy is ${approvals.policy}.`,
    ...(approvals.always.length > 0 ? alwaysAllowed(approvals) : ['Nothing is always allowed.']),
  ].join('\n');
}

/** What is always allowed, a row each, and when that counts; nothing where there is nothing. */
function alwaysAllowed({ policy, always }: Approvals): string[] {
  if (always.length === 0) return [];
  return [
    policy === 'never'
      ? 'Always allowed again once the policy is ask (/approval forget revokes):'
      : 'Always allowed in this session (/approval forget revokes):',
    ...always.map((rule, index) => `  ${index + 1}  ${escapeLine(rule)}`),
  ];
}

function forget(approvals: Approvals, number: string | undefined): string {
  if (number === undefined) {
    approvals.forget();
    return 'Everything is asked about again.';
  }
  const scope = approvals.always[Number(number) - 1];
  if (scope === undefined) return `There is no number ${number}; /approval lists them.`;
  approvals.forget(Number(number) - 1);
  return `Asked about again: ${escapeLine(scope)}`;
}

function isPolicy(text: string): text is ApprovalPolicy {
  return POLICIES.some((policy) => policy === text);
}
