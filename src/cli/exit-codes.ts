/** The program's exit codes. */
import type { FinalReason } from '../records.ts';

/** The exit codes by name. 128 + n means signal n; sysexits.h calls 74 an I/O error. */
export const EXIT = {
  answered: 0,
  modelFailed: 1,
  wrongUsage: 2,
  noAnswer: 3,
  outputFailed: 74,
  interrupted: 130,
};

/** The exit code for each way that a request can end. */
export const EXIT_OF: Readonly<Record<FinalReason, number>> = {
  answer: EXIT.answered,
  step_limit: EXIT.noAnswer,
  malformed: EXIT.noAnswer,
  interrupted: EXIT.interrupted,
};
