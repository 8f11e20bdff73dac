/** Asks the person about a risky call, and reads their answer. */
import type { RowStyle } from './rows.ts';
import { escapeLine } from '../text/escape.ts';
import type { ApprovalAnswer, ApprovalRequest } from '../../tools/approval.ts';
import { offersAlways, renderQuestion } from './question.ts';
import { shortenLine } from '../text/shorten.ts';
import { wrapLines } from '../text/spans.ts';
import type { LineInput } from '../input/line-input.ts';

/** Where the person is asked. */
interface Desk extends RowStyle {
  input: LineInput;
  /** A person types, so that a command can be edited. */
  isTerminal: boolean;
  write: (text: string) => void;
}

/** How much of the person's reason for a no the model is told. */
const REASON_COLUMNS = 500;

/** Asks until there is an answer. No answer is a no, and so is anything but the letters offered. */
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
    if (answer === undefined) return { allowed: false, reason: reasonWithout(signal) };
    const meaning = meaningOf(answer);
    switch (meaning) {
      case 'yes':
        return { allowed: true };
      case 'always':
        if (call.isUnread) {
          say('  A file that was not read is asked about each time.');
          break;
        }
        if (call.isEachTime) {
          say('  In a replay, each call is asked about.');
          break;
        }
        if (call.isOnce) return { allowed: true };
        say(`  ${scopeOf(call)} will not be asked about again in this session.`);
        return { allowed: true, always: 'same' };
      case 'beginning':
        if (call.beginning === undefined) {
          say('  No beginning of this can be allowed; type what you want instead.');
          break;
        }
        say(`  ${call.beginning} will not be asked about again in this session.`);
        return { allowed: true, always: 'beginning' };
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

type Meaning = 'yes' | 'always' | 'beginning' | 'edit' | 'view' | 'help' | { no: string };

const SAID_NO = 'the user said no';

/** What an answer means: anything but the letters and words offered is a no, and the reason for it. */
export function meaningOf(answer: string): Meaning {
  const text = answer.trim();
  switch (text.toLowerCase()) {
    case 'y':
    case 'yes':
      return 'yes';
    case 'a':
    case 'always':
      return 'always';
    case 'b':
    case 'beginning':
      return 'beginning';
    case 'e':
    case 'edit':
      return 'edit';
    case 'v':
    case 'view':
      return 'view';
    case '?':
      return 'help';
    case '':
    case 'n':
    case 'no':
      return { no: SAID_NO };
    default:
      return { no: `the user said: ${shortenLine(text, REASON_COLUMNS)}` };
  }
}

/** Whether a line is one of the answers offered. */
export function isAnswer(line: string): boolean {
  const meaning = meaningOf(line);
  return typeof meaning === 'string' || meaning.no === SAID_NO;
}

/** Why there was no answer. */
function reasonWithout(signal: AbortSignal): string {
  return signal.aborted ? 'the user interrupted' : 'nobody answered';
}

/** The command as the person edited it; undefined when the question is to be asked again. */
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
  if (command === undefined) return 'Only commands can be edited; type what you want instead.';
  if (!isTerminal) return 'Commands can be edited only in a terminal.';
  return undefined;
}

function scopeOf({ name, command }: ApprovalRequest): string {
  return command === undefined ? escapeLine(name) : 'This exact command';
}

function help(call: ApprovalRequest, canView: boolean): string {
  const { name, command, beginning, isOnce } = call;
  const what = command === undefined ? escapeLine(name) : 'this command';
  return [
    isOnce ? '  y  yes, and do not ask about this command again' : '  y  yes, this once',
    '  n  no; Enter alone is a no, too',
    ...(offersAlways(call) ? [`  a  yes, and do not ask about ${what} again in this session`] : []),
    ...(beginning === undefined
      ? []
      : [
          `  b  yes, and do not ask about ${beginning} (other names, no other options) again in this session`,
        ]),
    ...(command === undefined ? [] : ['  e  edit the command first']),
    ...(canView ? ['  v  show all of it'] : []),
    `  Anything else is a no${isOnce ? '' : ', and the model sees what you typed'}.`,
  ].join('\n');
}
