/** The slash commands about what the agent changed, and about what it is asked for. */
import { clipLine } from '../../context/clip.ts';
import { cutRows, renderDiff, type RowStyle } from '../question/diff.ts';
import { escapeForTerminal, escapeLine } from '../text/escape.ts';
import { wrapLines } from '../text/spans.ts';
import type { Command, CommandContext } from './command.ts';
import type { ApprovalPolicy } from '../../tools/approval.ts';
import type { Changeable } from './command.ts';
import type { ChangedFile, UndoOutcome } from '../../undo/outcome.ts';

const REQUEST_CHARS = 60;

export const CHANGE_COMMANDS: readonly Command[] = [
  {
    names: ['/diff'],
    argument: '[all]',
    summary: 'show what the agent changed in this session',
    isVerbatim: true,
    run: ({ conversation, chalk, columns }, argument) =>
      showDiff(conversation.diff(), { chalk, columns }, argument === 'all'),
  },
  {
    names: ['/undo'],
    summary: 'take back the file changes of the last request',
    run: ({ conversation }) => tell(conversation.undo(), UNDO),
  },
  {
    names: ['/redo'],
    summary: 'make the file changes of the last /undo again',
    run: ({ conversation }) => tell(conversation.redo(), REDO),
  },
  {
    names: ['/approval'],
    argument: '[policy]',
    summary: 'show or switch what is asked; forget [n] takes back',
    run: approval,
  },
];

async function showDiff(
  files: readonly ChangedFile[],
  style: RowStyle,
  showsAll: boolean,
): Promise<string> {
  const message = (text: string) => wrapLines(text, style.columns ?? Infinity);
  if (files.length === 0) return message('The agent has changed no file in this session.');
  const rows: string[] = [];
  for (const file of files) {
    const name = escapeLine(file.path);
    if (file.isLost) rows.push(message(`${name}: what it held was not kept.`));
    else rows.push(...(await renderDiff(file, style)));
    if (file.isChangedSince) rows.push(message(`${name}: something else has changed it since.`));
  }
  return (showsAll ? rows : cutRows(rows, '/diff all shows all').shown).join('\n');
}

interface Wording {
  nothing: string;
  refused: string;
  done: string;
  /** What became of a file that was there before. */
  file: string;
}

const UNDO: Wording = {
  nothing: 'There is nothing to undo: the agent has changed no file, or all is undone.',
  refused: 'Nothing was undone:',
  done: 'Undone:',
  file: 'is as it was',
};

const REDO: Wording = {
  nothing: 'There is nothing to redo.',
  refused: 'Nothing was made again:',
  done: 'Made again:',
  file: 'is as the agent left it',
};

/** What to do next where a command refuses. */
const BY_HAND = '/diff shows what the agent changed, so that you can do it by hand.';

function tell(outcome: UndoOutcome, wording: Wording): string {
  switch (outcome.type) {
    case 'nothing':
      return wording.nothing;
    case 'refused':
      return [wording.refused, ...outcome.problems.map(problemRow), BY_HAND].join('\n');
    case 'done': {
      const files = outcome.files.map(
        ({ path, isGone }) => `  ${escapeLine(path)} ${isGone ? 'is gone' : wording.file}`,
      );
      return [
        `${wording.done} ${escapeLine(clipLine(outcome.request, REQUEST_CHARS))}`,
        ...(files.length > 0 ? files : ['  no file had to be changed']),
        ...outcome.problems.map(problemRow),
        ...(outcome.ranShell ? ['What shell commands changed is not covered.'] : []),
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
    return escapeForTerminal(notice ?? `The approval policy is ${argument} now.`);
  }
  const [isForget, number] = FORGET.exec(argument) ?? [];
  if (isForget !== undefined) return forget(approvals, number);
  const always = approvals.always.map((scope, index) => `  ${index + 1}  ${escapeLine(scope)}`);
  return [
    ...(argument === '' ? [] : ['/approval takes ask, auto, never, or forget and a number.']),
    `The approval policy is ${approvals.policy}.`,
    ...(always.length > 0
      ? ['Not asked about in this session (/approval forget takes back):', ...always]
      : ['Nothing is allowed for always.']),
  ].join('\n');
}

function forget(approvals: Changeable['approvals'], number: string | undefined): string {
  if (number === undefined) {
    approvals.forget();
    return 'All is asked about again.';
  }
  const scope = approvals.always[Number(number) - 1];
  if (scope === undefined) return `There is no number ${number}; /approval lists them.`;
  approvals.forget(Number(number) - 1);
  return `Asked about again: ${escapeLine(scope)}`;
}

function isPolicy(text: string): text is ApprovalPolicy {
  return ['ask', 'auto', 'never'].includes(text);
}
