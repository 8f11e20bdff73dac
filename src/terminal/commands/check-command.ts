/** `/check`: shows the command that runs after edits, sets another one, or ends it. */
import { escapeLine } from '../text/escape.ts';
import type { ApprovalPolicy } from '../../tools/approval.ts';
import type { CommandContext } from './command.ts';

/** The check as it is asked about. */
const CHECK = { name: 'check', risky: true, command: 'command' };
const ASKS = ' You are asked once, before it first runs.';

/** Sets the command, or none with `off`; without one, says which there is and when it runs. */
export function setCheck(
  { conversation: { check, approvals }, canAsk }: Pick<CommandContext, 'conversation' | 'canAsk'>,
  command: string,
): string {
  if (command === 'off') check.command = undefined;
  else if (command !== '') check.command = command;
  if (check.command === undefined) return 'There is no check. /check COMMAND runs one after edits.';
  const isAsked = approvals.decide(CHECK, { command: check.command }).decision === 'ask';
  const when = whenItRuns(check.isDenied, approvals.policy, isAsked, canAsk);
  return `The check is: ${escapeLine(check.command)}\n${when}`;
}

function whenItRuns(
  isDenied: boolean,
  policy: ApprovalPolicy,
  isAsked: boolean,
  canAsk: boolean,
): string {
  if (policy === 'never') return 'It does not run, as the approval policy is never.';
  if (isDenied) return 'It does not run, as you said no. Set it again to be asked again.';
  if (isAsked && !canAsk) {
    return 'It does not run, as nobody can be asked. To allow it, use --approval auto.';
  }
  const asks = { auto: '', ask: isAsked ? ASKS : ' You have allowed it.' }[policy];
  return `It runs after the edits of a request, before the answer.${asks}`;
}
