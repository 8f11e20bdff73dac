/** How a request ends, and what the person is told about it. */
import type { FinalReason } from '../records.ts';

/** The end of a request. */
export interface Final {
  reason: FinalReason;
  text: string;
  /** What the person has seen of an answer that broke off. */
  seen?: string;
}

/** Retries did not help. */
export const TOO_MANY_MALFORMED: Final = {
  reason: 'malformed',
  text: 'Stopped: the model kept replying with neither a valid tool call nor an answer. Rephrase the request, or use a larger model.',
};

/** More room for the reply did not help. */
export function tooLongReplies(numPredict: number): Final {
  return {
    reason: 'malformed',
    text: `Stopped: the model's replies do not end within ${numPredict} tokens. Ask for less at a time, or raise the limit of a reply (--max-new-tokens).`,
  };
}

/** The step limit was reached. */
export function stepLimit(maxSteps: number, readOnly: boolean): Final {
  const hint = readOnly ? '' : ' Ask it to continue, or raise the step limit (--max-steps).';
  const text = `Stopped at the step limit (${maxSteps}) without a final answer.${hint}`;
  return { reason: 'step_limit', text };
}
