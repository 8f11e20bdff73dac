/** `/check`: shows the command that runs after edits, sets another one, or ends it. */
import { escapeLine } from '../text/escape.ts';
import type { CommandContext, Conversation } from './command.ts';

/** Sets the command, or none with `off`; without one, says which there is and when it runs. */
export function setCheck(
  { conversation: { check, approvals }, canAsk }: Pick<CommandContext, 'conversation' | 'canAsk'>,
  command: string,
): string {
  if (command === 'off') check.command = undefined;
  else if (command !== '') check.command = command;
  if (check.command === undefined) return 'There is no check. /check COMMAND runs one after edits.';
  return `The check is: ${escapeLine(check.command)}\n${whenItRuns(check.isDenied, approvals, canAsk)}`;
}

function whenItRuns(
  isDenied: boolean,
  { policy }: Conversation['approvals'],
  canAsk: boolean,
): string {
  if (policy === 'never') return 'It does not run, as the approval policy is never.';
  if (isDenied) return 'It does not run, as you said no. Set it again to be asked again.';
  if (policy === 'ask' && !canAsk) {
    return 'It does not run, as nobody can be asked. To allow it, use --approval auto.';
  }
  const asks = policy === 'ask' ? ' You are asked once, before it first runs.' : '';
  return `It runs after the edits of a request, before the answer.${asks}`;
}
