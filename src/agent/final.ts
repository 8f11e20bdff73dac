/** How a request ends, and what the person is told about it. */
import { clipLine } from '../context/clip.ts';
import type { FinalReason } from '../records.ts';
import { renderWork, type Work } from '../session/work.ts';
import type { CheckEnd } from './events.ts';

/** The most characters of what was wrong with a reply. */
const PROBLEM_CHARS = 200;

/** The end of a request. */
export interface Final {
  reason: FinalReason;
  text: string;
  /** What the person has seen of an answer that broke off. */
  seen?: string;
  /** The person is told what was edited and run: the model may not have said so. */
  listsWork?: boolean;
  check?: CheckEnd;
}

/**
 * The end with all that the program tells the person, whatever the model says.
 * @param work what tools did in this request
 * @param check how the check ended, if one was due
 */
export function complete(final: Final, work: Work, check: CheckEnd | undefined): Final {
  const text = final.listsWork ? `${final.text} ${renderWork(work)}` : final.text;
  if (!check) return { ...final, text };
  const gap = final.reason === 'answer' ? '\n\n' : ' ';
  return { ...final, text: `${text}${gap}${check.text}`, check };
}

/** Retries did not help. @param problem what was wrong with the last reply, in one clause, if it was no call */
export function inVain(problem: string | undefined): Final {
  const last = problem === undefined ? '' : ` (the last: ${clipLine(problem, PROBLEM_CHARS)})`;
  return {
    reason: 'malformed',
    listsWork: true,
    text: `Stopped: six replies in a row were neither an answer nor a new tool call that could run${last}. Rephrase the request, or use a larger model.`,
  };
}

/** More room for the reply did not help. */
export function tooLongReplies(numPredict: number): Final {
  return {
    reason: 'malformed',
    listsWork: true,
    text: `Stopped: the model's replies do not end within ${numPredict} tokens. Ask for less at a time, or raise the limit of a reply (--max-new-tokens).`,
  };
}

/** An answer. @param limit the steps that were allowed, where none is left: there may be more to do */
export function answered(text: string, limit?: number): Final {
  if (limit === undefined) return { reason: 'answer', text };
  const note = `Stopped at the step limit (${limit}).`;
  return { reason: 'answer', listsWork: true, text: `${text}\n\n${note}` };
}

/** The step limit was reached, and the model did not answer even then. */
export function stepLimit(steps: number, readOnly: boolean): Final {
  const hint = readOnly ? '' : ' Ask it to continue, or raise the step limit (--max-steps).';
  const text = `Stopped at the step limit (${steps}) without a final answer.${hint}`;
  return { reason: 'step_limit', listsWork: true, text };
}
