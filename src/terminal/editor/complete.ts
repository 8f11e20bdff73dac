/** Tab: how the word before the cursor can be completed. */
import stringWidth from 'string-width';
import { escapeLine } from '../text/escape.ts';
import { shortenEnd, shortenStart } from '../text/shorten.ts';

/** The words that can be completed. */
export interface Completions {
  /** The slash commands, and whether they take a session id. */
  commands: readonly { name: string; takesSession: boolean }[];
  /** The ids of sessions, the newest first. */
  sessions: () => readonly string[];
  /** The files of the workspace, relative to its root. */
  files: () => Promise<readonly string[]>;
}

/** What the word before the cursor may become. */
interface Completion {
  /** Where the word begins, an index into the text. */
  from: number;
  /** What may replace it. */
  words: string[];
}

/** The completions of the word before the cursor; `before` is the text up to there. */
export async function complete(before: string, completions: Completions): Promise<Completion> {
  const path = /(?:^|[\s([])(@"[^"]*|@[^\s"]*)$/.exec(before)?.[1];
  if (path !== undefined) {
    const words = pathsFor(path.replace(/^@"?/, ''), await completions.files());
    return { from: before.length - path.length, words };
  }
  const [, name, typed = ''] = /^(\/\S+)\s+(\S*)$/.exec(before) ?? [];
  const sessions = completions.commands.some(
    (command) => command.name === name && command.takesSession,
  );
  if (sessions) {
    const words = completions.sessions().filter((id) => id.startsWith(typed));
    return { from: before.length - typed.length, words };
  }
  if (!/^\/\S*$/.test(before)) return { from: before.length, words: [] };
  const words = completions.commands.map((command) => command.name);
  return { from: 0, words: words.filter((word) => word.startsWith(before)) };
}

/** Mentions of paths up to the next folder: a path with whitespace is quoted. */
function pathsFor(typed: string, files: readonly string[]): string[] {
  const paths = new Set<string>();
  for (const file of files) {
    // A mention could not be told from the text after it.
    if (!file.startsWith(typed) || /["\n]/.test(file)) continue;
    const end = file.indexOf('/', typed.length);
    paths.add(end === -1 ? file : file.slice(0, end + 1));
  }
  return [...paths].toSorted().map(mention);
}

function mention(path: string): string {
  if (!/\s/.test(path)) return `@${path}`;
  return path.endsWith('/') ? `@"${path}` : `@"${path}"`;
}

/** The longest prefix of all words. */
export function commonStart(words: readonly string[]): string {
  const [first = '', ...rest] = words;
  let length = first.length;
  for (const word of rest) {
    while (!word.startsWith(first.slice(0, length))) length--;
  }
  return first.slice(0, length);
}

const MAX_ROWS = 8;
const GAP = 2;

/** The words in columns that fit the width, read downward; what does not fit is counted. */
export function inColumns(words: readonly string[], width: number): string[] {
  // The end of a path says more than its beginning.
  const shown = words.map((word) => shortenStart(escapeLine(word), width));
  const cell = Math.max(...shown.map((word) => stringWidth(word))) + GAP;
  const perRow = Math.max(1, Math.floor((width + GAP) / cell));
  const rows = Math.min(MAX_ROWS, Math.ceil(shown.length / perRow));
  const fitting = shown.slice(0, rows * perRow);
  const lines = Array.from({ length: rows }, (_, row) =>
    fitting
      .filter((_word, index) => index % rows === row)
      .map((word) => word + ' '.repeat(cell - stringWidth(word)))
      .join('')
      .trimEnd(),
  );
  const left = shown.length - fitting.length;
  return left > 0 ? [...lines, shortenEnd(`… ${left} more`, width)] : lines;
}
