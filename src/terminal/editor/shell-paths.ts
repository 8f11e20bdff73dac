/** Tab behind `!`: the path that ends a command line, quoted as a shell reads it. */
import type { Completion } from './complete.ts';

/** The last word of a command line: plain characters, and others behind a backslash. */
const WORD = /(?:\\.|[^\\\s"'`|&;<>()=])*$/s;
/** What a shell would take for more than a character of a name. */
const SPECIAL = /[\s\\"'`$!&;|<>()*?[\]{}#~=^]/g;
/** Names that cannot be typed on one line. */
// eslint-disable-next-line no-control-regex
const UNTYPED = /[\u0000-\u001f\u007f]/;

/** The paths that the last word of `!command` can become, up to the next folder. */
export async function completeShellPath(
  before: string,
  namesIn: (folder: string) => Promise<readonly string[]>,
): Promise<Completion> {
  const word = WORD.exec(before.slice(1))?.[0] ?? '';
  const from = before.length - word.length;
  if (isInQuotes(before.slice(1, from))) return { from, words: [] };
  const typed = word.replace(/\\(.)/gs, '$1');
  const folder = typed.slice(0, typed.lastIndexOf('/') + 1);
  const start = typed.slice(folder.length);
  const kept = word.slice(0, word.lastIndexOf('/') + 1);
  const names = (await namesIn(folder)).filter(
    // As in a shell, hidden files must be asked for.
    (name) =>
      name.startsWith(start) && (start !== '' || !name.startsWith('.')) && !UNTYPED.test(name),
  );
  return { from, words: names.toSorted().map((name) => kept + name.replace(SPECIAL, '\\$&')) };
}

/** Whether a quote is open at the end of a text. */
function isInQuotes(text: string): boolean {
  const quotes = text.replace(/\\./gs, '').match(/"[^"]*"|'[^']*'|["']/g) ?? [];
  return quotes.some((quoted) => quoted.length === 1);
}
