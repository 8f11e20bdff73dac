/** Whether the time for a text grows with its length alone: measured, not in milliseconds. */

/** Less than so many milliseconds are not measured exactly. */
const LEAST_MS = 30;
/** Other work on the machine may lengthen one measurement. */
const TRIES = 3;

/**
 * Whether four times the text takes no more than about four times the time: else it is sixteen.
 * @param work does the work for a text of so many characters
 * @param chars so many that work which grows with the square of them takes far longer
 */
export function isLinear(work: (chars: number) => void, chars: number): boolean {
  return Array.from({ length: TRIES }).some(() => {
    const long = cpuTimeOf(() => work(chars));
    if (long < LEAST_MS) return true;
    const short = cpuTimeOf(() => work(chars / 4));
    return long < 9 * Math.max(short, LEAST_MS / 9);
  });
}

function cpuTimeOf(work: () => void): number {
  const sinceThen = cpuTime();
  work();
  return sinceThen();
}

/** The processor's time from here on, in milliseconds. Other work does not lengthen it much. */
export function cpuTime(): () => number {
  const began = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1_000;
  };
}
