/** Small models parrot: a reply that only repeats lines of the prompt is not an answer. */

/** Shorter lines may well be answers. */
const LEAST_WORDS = 4;

/** A line without list markers, tags, case and extra whitespace. */
function plain(line: string): string {
  return line
    .replace(/^[\s>*#-]+|<\/?\w+>/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

/** The parts of a prompt that an answer must not merely repeat. */
export interface EchoSource {
  /** Rules, examples and notices: none of their lines is an answer. */
  instructions: readonly string[];
  /** The request: one of its lines may be the answer, but not all of it. */
  request: string;
}

/** Whether an answer only repeats instructions or the request. */
export function isEcho(answer: string, { instructions, request }: EchoSource): boolean {
  const lines = linesOf(answer);
  if (!lines.some((line) => line.split(' ').length >= LEAST_WORDS)) return false;
  if (lines.join('\n') === linesOf(request).join('\n')) return true;
  const known = new Set(instructions.flatMap(linesOf));
  return lines.every((line) => known.has(line));
}

function linesOf(text: string): string[] {
  return text.split('\n').map(plain).filter(Boolean);
}
