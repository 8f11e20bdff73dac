/** Puts a risky call before the person, and reads what they say to it. */
import { clipLine } from '../../context/clip.ts';
import type { ApprovalAnswer, ApprovalRequest } from '../../tools/approval.ts';
import type { RowStyle } from './diff.ts';
import { escapeLine } from '../text/escape.ts';
import { renderQuestion } from './question.ts';
import { wrapLines } from '../text/spans.ts';
import type { LineInput } from '../input/line-input.ts';

export interface Desk extends RowStyle {
  input: LineInput;
  /** A person types, so that a command can be edited. */
  isTerminal: boolean;
  write: (text: string) => void;
}

/** Of what the person gives as the reason for a no. */
const REASON_CHARS = 500;

/** Asks until there is an answer. No answer, and whatever is none of the letters, is a no. */
export async function askApproval(
  call: ApprovalRequest,
  desk: Desk,
  signal: AbortSignal,
): Promise<ApprovalAnswer> {
  const { details, whole, prompt } = await renderQuestion(call, desk);
  desk.write(`${details}\n`);
  const say = (text: string) => desk.write(`${wrapLines(text, desk.columns ?? Infinity)}\n`);
  for (;;) {
    const answer = await desk.input.readFresh(prompt, signal);
    const meaning = meaningOf(answer);
    switch (meaning) {
      case 'yes':
        return { allowed: true };
      case 'always':
        say(`  ${scopeOf(call)} not asked about again in this session.`);
        return { allowed: true, always: true };
      case 'edit': {
        const edited = await editCommand(call, desk, say, signal);
        if (edited !== undefined) return { edited };
        break;
      }
      case 'view':
        desk.write(whole === undefined ? '  All of it is shown above.\n' : `${whole}\n`);
        break;
      case 'help':
        say(help(call, whole !== undefined));
        break;
      default:
        return { allowed: false, reason: meaning.no };
    }
  }
}

type Meaning = 'yes' | 'always' | 'edit' | 'view' | 'help' | { no: string };

/** What an answer means; anything that is no letter or word of ours is a no, and says why. */
export function meaningOf(answer: string | undefined): Meaning {
  const text = answer?.trim();
  switch (text?.toLowerCase()) {
    case 'y':
    case 'yes':
      return 'yes';
    case 'a':
    case 'always':
      return 'always';
    case 'e':
    case 'edit':
      return 'edit';
    case 'v':
    case 'view':
      return 'view';
    case '?':
      return 'help';
    case undefined:
      return { no: 'nobody answered' };
    case '':
    case 'n':
    case 'no':
      return { no: 'the user said no' };
    default:
      return { no: `the user said: ${clipLine(text ?? '', REASON_CHARS)}` };
  }
}

/** The command as the person would rather have it; undefined when they are to be asked again. */
async function editCommand(
  { command }: ApprovalRequest,
  { input, isTerminal }: Desk,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  const problem = problemOfEditing(command, isTerminal);
  if (problem !== undefined) {
    say(`  ${problem}`);
    return undefined;
  }
  const edited = await input.readFresh('Command: ', signal, { initial: command ?? '' });
  return edited?.trim() && edited !== command ? edited : undefined;
}

function problemOfEditing(command: string | undefined, isTerminal: boolean): string | undefined {
  if (command === undefined) return 'Only a command can be edited. To have it otherwise, say how.';
  if (!isTerminal) return 'A command can be edited in a terminal only.';
  return undefined;
}

function scopeOf({ tool, command }: ApprovalRequest): string {
  return command === undefined ? `${escapeLine(tool)} is` : 'This very command is';
}

function help({ tool, command }: ApprovalRequest, canView: boolean): string {
  const always =
    command === undefined
      ? `do not ask about ${escapeLine(tool)}`
      : 'do not ask about this command';
  return [
    '  y  yes, this once',
    '  n  no; so is Enter alone',
    `  a  yes, and ${always} again in this session`,
    ...(command === undefined ? [] : ['  e  edit the command first']),
    ...(canView ? ['  v  show all of it'] : []),
    '  Anything else is a no, and the model is told what you wrote.',
  ].join('\n');
}
