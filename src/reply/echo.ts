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

/** What an answer must not merely repeat. */
export interface EchoSource {
  /** Rules, examples and notices: no line of them is an answer. */
  instructions: readonly string[];
  /** The request; one of its lines may be the answer to it, all of it is none. */
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
