/** Small models parrot: a reply that only repeats a line of the prompt is no answer. */

/** A line of fewer words may well be an answer. */
const LEAST_WORDS = 4;

/** Without the marks of a list and of a tag, in one spelling. */
function plain(line: string): string {
  return line
    .replace(/^[\s>*#-]+|<\/?\w+>/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

/** Whether all that an answer says are whole lines of what the model was told to heed. */
export function isEcho(answer: string, told: readonly string[]): boolean {
  const lines = answer.split('\n').map(plain).filter(Boolean);
  if (lines.length === 0 || !lines.some((line) => line.split(' ').length >= LEAST_WORDS)) {
    return false;
  }
  const known = new Set(told.flatMap((text) => text.split('\n').map(plain)));
  return lines.every((line) => known.has(line));
}
