/** What a row of edits comes to, file by file. */
import type { FileEdit } from '../records.ts';

export interface NetEdit extends FileEdit {
  /** What the file held before the last edit: it still does where that one was not carried out. */
  lastBefore: FileEdit['before'];
  /** Something else has changed the file between two of the edits. */
  isBroken: boolean;
}

/** One for each file, in the order of their first edits. */
export function netEdits(edits: readonly FileEdit[]): NetEdit[] {
  const net = new Map<string, NetEdit>();
  for (const { path, before, after } of edits) {
    const earlier = net.get(path);
    if (!earlier) {
      net.set(path, { path, before, after, lastBefore: before, isBroken: false });
      continue;
    }
    // An edit that failed leaves what was there before it.
    const isBroken = before !== earlier.after && before !== earlier.lastBefore;
    const wasBroken = earlier.isBroken;
    net.set(path, { ...earlier, after, lastBefore: before, isBroken: wasBroken || isBroken });
  }
  return [...net.values()];
}
