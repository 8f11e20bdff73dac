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

/** The processor's time, in milliseconds. Other work does not lengthen it much. */
function cpuTimeOf(work: () => void): number {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
}
