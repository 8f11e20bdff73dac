/** The program's exit codes. */
import type { FinalReason } from '../records.ts';

/**
 * The exit codes by name. 128 + n means signal n; sysexits.h calls 70 an internal software
 * error and 74 an I/O error.
 */
export const EXIT = {
  answered: 0,
  modelFailed: 1,
  wrongUsage: 2,
  noAnswer: 3,
  bug: 70,
  outputFailed: 74,
  hangUp: 129,
  interrupted: 130,
  terminated: 143,
};

/** The exit code for each way that a request can end. */
export const EXIT_OF: Readonly<Record<FinalReason, number>> = {
  answer: EXIT.answered,
  step_limit: EXIT.noAnswer,
  malformed: EXIT.noAnswer,
  interrupted: EXIT.interrupted,
};
