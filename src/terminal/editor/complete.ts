/** Tab: how the word before the cursor can be completed. */
import { columnsIn } from '../text/columns.ts';
import { meantBy } from './fuzzy.ts';
import { escapeLine } from '../text/escape.ts';
import { shortenEnd, shortenLine, shortenStart } from '../text/shorten.ts';
import { completeShellPath } from './shell-paths.ts';

/** What the argument of a command can be: ids of sessions, names of models, or one of some words. */
export type Completable = 'sessions' | 'models' | readonly string[];

/** The words that can be completed. */
export interface Completions {
  /** The slash commands, and what their arguments can be. */
  commands: readonly { name: string; completes: Completable | undefined }[];
  /** The sessions by their ids, and what their first requests were, the newest first. */
  sessions: () => readonly { id: string; request: string }[];
  /** The names of the models on the server, as far as they are known at once. */
  models: () => Promise<readonly string[]>;
  /** The files of the workspace, relative to its root. */
  files: () => Promise<readonly string[]>;
  /** The names in a folder, as a command of the person finds it; those of folders end with a slash. */
  namesIn: (folder: string) => Promise<readonly string[]>;
}

/** What the word before the cursor may become. */
export interface Completion {
  /** Where the word begins, an index into the text. */
  from: number;
  /** What may replace it. */
  words: readonly string[];
  /** What to say of each word, in their order. */
  notes?: readonly string[];
  /** They do not begin with what was typed: what they have in common must not replace it. */
  isGuess?: boolean;
}

/** The completions of the word before the cursor; `before` is the text up to there. */
export async function complete(before: string, completions: Completions): Promise<Completion> {
  if (before.startsWith('!')) return completeShellPath(before, completions.namesIn);
  const path = /(?:^|[\s([])(@"[^"]*|@[^\s"]*)$/.exec(before)?.[1];
  if (path !== undefined) {
    const typed = path.replace(/^@"?/, '');
    // A mention with a quote or a newline could not be told from the text after it.
    const files = (await completions.files()).filter((file) => !/["\n]/.test(file));
    const from = before.length - path.length;
    const words = pathsFor(typed, files);
    if (words.length > 0) return { from, words };
    return { from, words: meantBy(typed, files).toSorted().map(mention), isGuess: true };
  }
  const [, name, typed = ''] = /^(\/\S+)\s+(\S*)$/.exec(before) ?? [];
  const command = completions.commands.find((each) => each.name === name);
  if (command) return completeArgument(command.completes, typed, before.length, completions);
  if (!/^\/\S*$/.test(before)) return { from: before.length, words: [] };
  const words = completions.commands.map((each) => each.name);
  return { from: 0, words: words.filter((word) => word.startsWith(before)) };
}

async function completeArgument(
  completes: Completable = [],
  typed: string,
  end: number,
  { sessions, models }: Completions,
): Promise<Completion> {
  const from = end - typed.length;
  const isMeant = (word: string) => word.startsWith(typed);
  if (completes === 'sessions') {
    const all = [...sessions(), { id: 'latest', request: '' }];
    const meant = all.filter(({ id }) => isMeant(id));
    return { from, words: meant.map(({ id }) => id), notes: meant.map(({ request }) => request) };
  }
  const words = completes === 'models' ? await models() : completes;
  return { from, words: words.filter(isMeant) };
}

/** Mentions of paths up to the next folder: a path with whitespace is quoted. */
function pathsFor(typed: string, files: readonly string[]): string[] {
  const paths = new Set<string>();
  for (const file of files) {
    if (!file.startsWith(typed)) continue;
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

/**
 * The words in columns that fit the width, read downward; with notes, each on a row of its own. What
 * does not fit is counted.
 */
export function inColumns(
  words: readonly string[],
  width: number,
  notes?: readonly string[],
): string[] {
  if (notes) return withNotes(words, notes, width);
  // The end of a path says more than its beginning.
  const shown = words.map((word) => shortenStart(escapeLine(word), width));
  const cell = Math.max(...shown.map((word) => columnsIn(word))) + GAP;
  const perRow = Math.max(1, Math.floor((width + GAP) / cell));
  const rows = Math.min(MAX_ROWS, Math.ceil(shown.length / perRow));
  const fitting = shown.slice(0, rows * perRow);
  const lines = Array.from({ length: rows }, (_, row) =>
    fitting
      .filter((_word, index) => index % rows === row)
      .map((word) => word + ' '.repeat(cell - columnsIn(word)))
      .join('')
      .trimEnd(),
  );
  return withRest(lines, shown.length - fitting.length, width);
}

function withNotes(words: readonly string[], notes: readonly string[], width: number): string[] {
  const lines = words.slice(0, MAX_ROWS).map((word, index) => {
    const note = escapeLine(shortenLine(notes[index] ?? '', width));
    return shortenEnd(`${escapeLine(word)}${' '.repeat(GAP)}${note}`, width);
  });
  return withRest(lines, words.length - lines.length, width);
}

function withRest(lines: readonly string[], left: number, width: number): string[] {
  return left > 0 ? [...lines, shortenEnd(`… ${left} more`, width)] : [...lines];
}
