/** What the program's end says to the one who called it. */
import type { FinalReason } from '../agent/events.ts';

/** A signal's exit code is 128 + its number; 74 is what sysexits.h calls an input/output error. */
export const EXIT = {
  answered: 0,
  modelFailed: 1,
  wrongUsage: 2,
  noAnswer: 3,
  outputFailed: 74,
  interrupted: 130,
};

/** How the end of a request shows. */
export const EXIT_OF: Readonly<Record<FinalReason, number>> = {
  answer: EXIT.answered,
  step_limit: EXIT.noAnswer,
  malformed: EXIT.noAnswer,
  interrupted: EXIT.interrupted,
};
