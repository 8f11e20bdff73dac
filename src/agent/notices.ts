/** Notices: what the loop tells the model besides results of calls. */

/** Follows a result where the reply went on after its call. */
export const IGNORED =
  '(Text after the tool call was ignored: make one call per reply, then wait.)';

/** Before the last step of a request. */
export const LAST_CALL = 'Only one tool call is left; answer now if you can.';

/** After the last step of a request. */
export const NO_CALL_LEFT = 'No tool call is left: answer with what you know now.';

/** At the step limit, where the person wants to go on. */
export function moreCalls(count: number): string {
  return `The user lets you go on: tool calls left: ${count}.`;
}

/** At the start of the first request after the program was killed. */
export const UNFINISHED =
  'The program was stopped here; the reply above may not have been acted on.';

/** After a check that failed. */
export const FIX = 'Fix what the check found, then give your final answer again.';
