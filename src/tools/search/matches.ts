/** What a search asks for and finds, and how it is shown: the same for both ways of searching. */
import { clip } from '../../context/clip.ts';
import { remarksOnNames, shownName } from '../shown-name.ts';
import { ToolError } from '../tool-error.ts';

/** What to search for, and where. */
export interface SearchRequest {
  pattern: string;
  /** Where to look: relative to the root, a folder or a file. */
  path: string;
  root: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/** The pattern is no regular expression. */
export class PatternError extends ToolError {
  /** @param reason what is wrong with it */
  constructor(reason: string) {
    super(`the pattern is not a valid regular expression: ${reason}`);
  }
}

interface Match {
  line: number;
  text: string;
}

const MAX_SHOWN = 200;
const TEXT_CHARS = 300;
/** Both ways keep at most this many matches: more than anyone reads, and a bound on memory. */
const MAX_KEPT = 5_000;
/** Milliseconds after which a search stops with what it has found. */
export const SEARCH_TIMEOUT_MS = 10_000;
/** Larger files are data: neither way searches them. */
export const MAX_FILE_BYTES = 20 * 1024 * 1024;

/** What a search has found: for each file the matches that could be shown, and how many there are. */
export class Matches {
  readonly #files = new Map<string, { count: number; kept: Match[] }>();
  #kept = 0;
  /** Set it when the search stopped before it had read everything. */
  incomplete = false;

  /** True when no more matches would be kept. */
  get isFull(): boolean {
    return this.#kept >= MAX_KEPT;
  }

  /** Adds a line that matched. @param file relative to the workspace root */
  add(file: string, line: number, text: string): void {
    const found = this.#files.get(file) ?? { count: 0, kept: [] };
    this.#files.set(file, found);
    found.count++;
    if (found.kept.length >= MAX_SHOWN) return;
    found.kept.push({ line, text: shorten(text) });
    this.#kept++;
  }

  /** How many lines matched. */
  get count(): number {
    return [...this.#files.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** Drops the matches of a file that turned out to be binary. */
  drop(file: string): void {
    this.#kept -= this.#files.get(file)?.kept.length ?? 0;
    this.#files.delete(file);
  }

  /** Shows at most 200 matches, spread over the files so that one noisy file does not hide the rest. */
  render(): string {
    const files = [...this.#files].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const shown = files.slice(0, MAX_SHOWN);
    const share = fairShare(shown.map(([, { count }]) => count));
    const lines = shown.flatMap(([file, { count, kept }]) => [
      ...kept.slice(0, share).map(({ line, text }) => `${shownName(file)}:${line}:${text}`),
      ...(count > share ? [`(${count - share} more in ${shownName(file)})`] : []),
    ]);
    const left = files.length - shown.length;
    if (left > 0) lines.push(`(${left} more files match: narrow the pattern or the path)`);
    lines.push(...remarksOnNames(shown.map(([file]) => file)));
    if (this.incomplete) lines.push('(the search stopped early: narrow the pattern or the path)');
    return lines.join('\n') || '(no matches)';
  }
}

/** The most matches that each file may show so that all of them together stay within the limit. */
function fairShare(counts: number[]): number {
  const shown = (share: number) => counts.reduce((sum, count) => sum + Math.min(count, share), 0);
  let share = MAX_SHOWN;
  while (share > 1 && shown(share) > MAX_SHOWN) share--;
  return share;
}

function shorten(text: string): string {
  const short = text.length > TEXT_CHARS ? clip(text, TEXT_CHARS).replaceAll('\n', ' ') : text;
  return Buffer.from(short).toString(); // a copy: a part of a string keeps all of it in memory
}
