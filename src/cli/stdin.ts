/** What is piped in on standard input: the prompt with --print, and otherwise answers. */
import { UsageError } from './usage-error.ts';
import { isAnswer } from '../terminal/question/ask-approval.ts';

/** More than any context window holds. */
const MAX_PIPED_CHARS = 4_000_000;

/** Enough of a first line to tell whether it is an answer. */
const LINE_BYTES = 200;

/** After this long without input, tell the person what the program waits for. */
const SILENT_MS = 3_000;

/**
 * Reads stdin to its end. Returns an empty string when it is destroyed meanwhile, and undefined when
 * there is more than MAX_PIPED_CHARS.
 * @param onSilence called once when nothing has arrived in `silentMs`
 */
export async function readPiped(
  stdin: NodeJS.ReadStream,
  onSilence: () => void,
  silentMs = SILENT_MS,
): Promise<string | undefined> {
  let text = '';
  const silence = setTimeout(onSilence, silentMs);
  try {
    for await (const chunk of stdin.setEncoding('utf8')) {
      clearTimeout(silence);
      text += chunk as string;
      if (text.length > MAX_PIPED_CHARS) break;
    }
  } catch (error) {
    if (!stdin.destroyed) throw error;
  } finally {
    clearTimeout(silence);
  }
  return text.length > MAX_PIPED_CHARS ? undefined : text;
}

const WAITING = 'Reading the prompt from stdin; to skip: </dev/null';

/**
 * Returns the piped part of the prompt, trimmed; empty for a terminal or once `leaving` has aborted.
 * @param words the prompt on the command line
 * @throws UsageError when the whole prompt is empty or the input is too large
 */
export async function pipedInput(
  words: string,
  stdin: NodeJS.ReadStream,
  { leaving, say }: { leaving: AbortSignal; say: (message: string) => void },
): Promise<string> {
  leaving.addEventListener('abort', () => stdin.destroy());
  const piped = stdin.isTTY ? '' : await readPiped(stdin, () => say(WAITING));
  if (piped === undefined) throw new UsageError('--print: piped input is too large');
  if (words === '' && piped.trim() === '' && !leaving.aborted) {
    throw new UsageError('--print needs a prompt: pass it as an argument or pipe it in');
  }
  return piped.trim();
}

const NOT_READ =
  'The piped input is not part of the request: it only answers questions. To add it, use -p.';

/**
 * Tells a person who has given words and piped something in that the two do not come together. It
 * takes nothing out of `stdin`, and says nothing about answers, such as `yes` pipes in.
 */
export function warnOfPipe(stdin: NodeJS.ReadStream, say: (message: string) => void): void {
  if (stdin.isTTY) return;
  stdin.once('readable', () => {
    // A question was faster: what comes is its answer.
    if (stdin.listenerCount('data') > 0) return;
    const chunk = stdin.read() as Buffer | null;
    if (chunk === null) return;
    stdin.unshift(chunk);
    const [line = ''] = chunk.subarray(0, LINE_BYTES).toString('utf8').split('\n');
    if (!isAnswer(line)) say(NOT_READ);
  });
}
