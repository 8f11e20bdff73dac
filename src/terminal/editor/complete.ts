/** Tab: what the word before the cursor may become. */
import stringWidth from 'string-width';
import { escapeLine } from '../text/escape.ts';
import { shortenEnd, shortenStart } from '../text/shorten.ts';

/** Where words are completed from. */
export interface Completions {
  /** The slash commands, and whether a session id follows. */
  commands: readonly { name: string; takesSession: boolean }[];
  /** The ids of sessions, the newest first. */
  sessions: () => readonly string[];
  /** The files of the workspace, relative to its root. */
  files: () => Promise<readonly string[]>;
}

export interface Completion {
  /** Where the word begins that is completed. */
  from: number;
  /** What may stand in its place. */
  words: string[];
}

/** What may stand in place of the word before the cursor. */
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

/** Up to the next folder, as mentions: a path with blanks in it stands in quotes. */
function pathsFor(typed: string, files: readonly string[]): string[] {
  const paths = new Set<string>();
  for (const file of files) {
    // Neither could be told from what follows it.
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

/** What all words begin with. */
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

/** The words in columns that fit the width, read downward; of too many, the number of the others. */
export function inColumns(words: readonly string[], width: number): string[] {
  // The end of a path tells more than its beginning.
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
