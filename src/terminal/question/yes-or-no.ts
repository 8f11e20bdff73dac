/** Questions that are answered with yes or no, such as whether to pull a model. */
import type { LineInput } from '../input/line-input.ts';
import { escapeLine } from '../text/escape.ts';
import { wrapLine } from '../text/wrap.ts';

/** Room for the answer, in columns. */
const ANSWER_COLUMNS = 4;

/** Where the question is asked. */
interface Desk {
  input: LineInput;
  /** Columns of the terminal, undefined where there is none. */
  columns: number | undefined;
  /** Prints one message. */
  print: (message: string) => void;
  /** Takes a line that is neither yes nor no, and may be a request. */
  onOther: (line: string) => void;
}

/**
 * Asks a question that Enter answers with yes, until there is a yes or a no. The end of input is a no.
 * @param about what the question is about; on a line of its own where both do not fit into one
 */
export async function askYesOrNo(
  about: string,
  question: string,
  { input, columns = Infinity, print, onOther }: Desk,
  signal: AbortSignal,
): Promise<boolean> {
  const short = `${escapeLine(question)} [Y/n] `;
  const whole = `${escapeLine(about)} ${short}`;
  const fits = wrapLine(whole, 0, columns - ANSWER_COLUMNS).length === 1;
  if (!fits) print(about);
  for (;;) {
    const line = await input.readFresh(fits ? whole : short, signal);
    if (line === undefined) return false;
    const answer = yesOrNo(line);
    if (answer !== undefined) return answer;
    onOther(line);
  }
}

/** Reads the answer to a question that Enter answers with yes; undefined where it is neither. */
export function yesOrNo(line: string): boolean | undefined {
  switch (line.trim().toLowerCase()) {
    case '':
    case 'y':
    case 'yes':
      return true;
    case 'n':
    case 'no':
      return false;
    default:
      return undefined;
  }
}
