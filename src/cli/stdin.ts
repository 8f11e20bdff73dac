/** Standard input as a whole, for a request that is piped in. */
import { UsageError } from './options.ts';

/** More than any context window holds. */
const MAX_PIPED_CHARS = 4_000_000;

/** Nothing has come for so long: somebody may be waiting without knowing what for. */
const SILENT_MS = 3_000;

/**
 * All that is piped in, nothing when a signal cuts it off, or undefined when it is too much.
 * @param onSilence called once when nothing at all has come in `silentMs`
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

const WAITING =
  'The rest of the request is read from standard input, to its end. Without any: </dev/null';

/**
 * What is piped in beside the prompt's words; nothing once `leaving` has aborted.
 * @throws UsageError when there is neither
 */
export async function pipedInput(
  words: string,
  stdin: NodeJS.ReadStream,
  { leaving, say }: { leaving: AbortSignal; say: (message: string) => void },
): Promise<string> {
  leaving.addEventListener('abort', () => stdin.destroy());
  const piped = stdin.isTTY ? '' : await readPiped(stdin, () => say(WAITING));
  if (piped === undefined) throw new UsageError('--print: too much was piped in');
  if (words === '' && piped.trim() === '' && !leaving.aborted) {
    throw new UsageError('--print needs a prompt, as words or piped in');
  }
  return piped.trim();
}
