/** What a search asks and finds, and how it is shown: the same for both ways of searching. */
import { clip } from '../context/clip.ts';

export interface Match {
  /** Relative to the workspace root. */
  path: string;
  line: number;
  text: string;
}

export interface SearchRequest {
  pattern: string;
  /** Where to look: relative to the root, a folder or a file. */
  path: string;
  root: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

export interface SearchResult {
  matches: Match[];
  /** True when the search stopped before it had seen everything. */
  incomplete: boolean;
}

const MAX_SHOWN = 200;
const TEXT_CHARS = 300;
/** Both searches stop here: more than anyone reads, and a bound on memory. */
export const MAX_MATCHES = 5_000;
export const SEARCH_TIMEOUT_MS = 10_000;

/** At most 200 matches, spread over the files, so that one noisy file does not hide the rest. */
export function renderMatches({ matches, incomplete }: SearchResult): string {
  const byFile = new Map<string, Match[]>();
  for (const match of matches) {
    byFile.set(match.path, [...(byFile.get(match.path) ?? []), match]);
  }
  const files = [...byFile.values()].toSorted(([a], [b]) =>
    (a?.path ?? '') < (b?.path ?? '') ? -1 : 1,
  );
  const share = fairShare(files.map((found) => found.length));
  const lines = files.flatMap((found) => [
    ...found.slice(0, share).map(({ path, line, text }) => `${path}:${line}:${shorten(text)}`),
    ...(found.length > share ? [`(${found.length - share} more in ${found[0]?.path})`] : []),
  ]);
  if (incomplete) lines.push('(the search stopped early; narrow the pattern or the path)');
  return lines.join('\n') || '(no matches)';
}

/** The most matches that each file may show so that all of them together stay within the limit. */
function fairShare(counts: number[]): number {
  const shown = (share: number) => counts.reduce((sum, count) => sum + Math.min(count, share), 0);
  let share = MAX_SHOWN;
  while (share > 1 && shown(share) > MAX_SHOWN) share--;
  return share;
}

function shorten(text: string): string {
  return text.length > TEXT_CHARS ? clip(text, TEXT_CHARS).replaceAll('\n', ' ') : text;
}
