/** Finds whole lines of a file that are those of a text but for their indentation. */
import { occurrences } from './occurrences.ts';
import { plainSlice, type PlainText } from './plain-text.ts';

/** Where whole lines are, as positions in the source of the file. */
export interface Lines {
  from: number;
  to: number;
}

/** The lines of a file, numbered so that those which differ in indentation alone are the same. */
export interface FileLines {
  file: PlainText;
  numbers: ReadonlyMap<string, number>;
  ids: readonly number[];
  /** Where each line begins in the plain text; at last, one after its end. */
  starts: readonly number[];
}

/** Numbers the lines of a file, in time proportional to its size. */
export function fileLines(file: PlainText): FileLines {
  const numbers = new Map<string, number>();
  const starts = [0];
  const ids = plainSlice(file)
    .split('\n')
    .map((line, index) => {
      starts.push((starts[index] ?? 0) + line.length + 1);
      const core = line.trimStart();
      const id = numbers.get(core) ?? numbers.size;
      numbers.set(core, id);
      return id;
    });
  return { file, numbers, ids, starts };
}

/** Finds the first places, up to a limit, in time proportional to both texts. */
export function shiftedLines(lines: FileLines, wanted: PlainText, limit: number): Lines[] {
  const { file, numbers, ids, starts } = lines;
  const wantedLines = plainSlice(wanted).split('\n');
  const wantedIds: number[] = [];
  for (const line of wantedLines) {
    const id = numbers.get(line.trimStart());
    if (id === undefined) return [];
    wantedIds.push(id);
  }
  const places: Lines[] = [];
  for (const line of occurrences(ids, wantedIds)) {
    const end = (starts[line + wantedLines.length] ?? 0) - 1;
    places.push({ from: endBefore(file, starts[line] ?? 0), to: endBefore(file, end) });
    if (places.length === limit) break;
  }
  return places;
}

/** Where what comes before this unit ends in the source. */
function endBefore({ ends }: PlainText, at: number): number {
  return at === 0 ? 0 : (ends[at - 1] ?? 0);
}
