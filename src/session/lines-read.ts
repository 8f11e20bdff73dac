/** What the conversation still shows of a file. */
import { clip } from '../context/clip.ts';
import type { TranscriptEntry } from '../records.ts';
import { traitsOf } from '../records/traits.ts';
import { PathError, resolveInside } from '../workspace/paths.ts';

/**
 * The lines, as reads of a file have printed them, that no compaction has taken out of the prompt.
 * @param root the workspace root, a real path
 * @param real the real path of the file
 */
export function linesRead(
  entries: readonly TranscriptEntry[],
  root: string,
  real: string,
): ReadonlySet<string> {
  const lines = entries.flatMap(({ record, shortened, limit = Infinity }) => {
    if (shortened || record.type !== 'tool' || !record.ok) return [];
    const { reads } = traitsOf(record);
    const asked = reads === undefined ? undefined : record.args[reads];
    if (typeof asked !== 'string' || !leadsTo(real, root, asked)) return [];
    return clip(record.content, limit).split('\n');
  });
  return new Set(lines);
}

function leadsTo(real: string, root: string, asked: string): boolean {
  try {
    return resolveInside(root, asked).real === real;
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    return false; // the name leads elsewhere by now
  }
}
