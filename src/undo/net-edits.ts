/** What a series of edits amounts to, file by file. */
import type { FileEdit } from '../records.ts';

/** All edits of one file as one: from what it held before the first to what it held after the last. */
interface NetEdit extends FileEdit {
  /** What the file held before the last edit, and still does if that one was not carried out. */
  lastBefore: FileEdit['before'];
  /** Something else changed the file between two of the edits. */
  isBroken: boolean;
}

/** Combines edits into one for each file, in the order of their first edits. */
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
