/**
 * Old text that begins after the indentation of a line, or in the middle of it: it is the exact
 * text, but how new_text is meant to be indented has to be told from its other lines.
 */
import { indentMap, reindented } from './indentation.ts';
import { indentOf, isBlank, type LinePair } from './line-pair.ts';

/** What ends a line that opens a block or continues in the next one. */
const OPENER = /[:([{,=\\]\s*$/;

/**
 * The lines of new_text as whole lines of the file.
 * @param pairs the lines of old_text, and of the file; the first has all of its indentation in the file
 * @param unit the file's step of indentation
 * @param fileText all of the file
 * @returns undefined when it is not certain
 */
export function withFirstIndent(
  pairs: readonly LinePair[],
  newLines: readonly string[],
  unit: string,
  fileText: string,
): string[] | undefined {
  const [first] = pairs;
  const [firstNew = '', ...rest] = newLines;
  if (!first || isBlank(firstNew)) return undefined;
  const inOld = indentOf(first.old);
  const inFile = indentOf(first.file);
  const inNew = indentOf(firstNew);
  const isMore = pairs.slice(1).some(({ old }) => !isBlank(old));
  // A part of the indentation is another indentation: this line lost none.
  if (isMore && inOld !== '') return reindented(pairs, newLines, unit);
  const isOuter = rest.some((line) => !isBlank(line) && !line.startsWith(inFile));
  if (inNew === inFile) return isOuter && !isMore ? undefined : [...newLines];
  if (inNew !== inOld) return undefined;

  const asIs = [inFile + firstNew.slice(inNew.length), ...rest];
  const full = rest.filter((line) => !isBlank(line));
  if (full.length === 0 || isMore) return asIs;

  const map = indentMap([first], unit, newLines.map(indentOf));
  const indented = newLines.map((line) => {
    const indent = isBlank(line) ? '' : map?.(indentOf(line));
    return indent === undefined
      ? undefined
      : indent + line.slice(isBlank(line) ? 0 : indentOf(line).length);
  });
  const alike = indented.every((line) => line !== undefined) ? indented : undefined;
  switch (meaningOf(first, firstNew, full, unit, outerWords(fileText, inFile))) {
    case 'as it is':
      return asIs;
    case 'alike':
      return alike;
    case 'not certain':
      return undefined;
  }
}

/** Whether only the first line lost its indentation, or all lines did. */
function meaningOf(
  { old, file }: LinePair,
  firstNew: string,
  rest: readonly string[],
  unit: string,
  outer: ReadonlySet<string>,
): 'as it is' | 'alike' | 'not certain' {
  const [inOld, inFile] = [indentOf(old), indentOf(file)];
  const again = rest.filter((line) => line.trim() === old.trim()).map(indentOf);
  if (again.length > 0 && again.every((indent) => indent === inFile)) return 'as it is';
  if (again.length > 0) return again.every((indent) => indent === inOld) ? 'alike' : 'not certain';
  const [next = ''] = rest.map(indentOf);
  if (rest.every((line) => line.startsWith(inFile))) {
    // Deeper by one step after an opener: as deep as the block, or one deeper than the line?
    const isOpened = OPENER.test(firstNew);
    const isOneStep = next.slice(inOld.length) === unit;
    if (!isOpened) return 'as it is';
    return next !== inFile && !isOneStep ? 'as it is' : 'not certain';
  }
  const isFlat = rest.every((line) => indentOf(line) === inOld);
  return isFlat && areOfOneBlock(firstNew, rest, outer) ? 'alike' : 'not certain';
}

/** The words that begin the less indented lines of the file: these open or end blocks there. */
function outerWords(fileText: string, inFile: string): Set<string> {
  const words = new Set<string>();
  for (const [, indent = '', word = ''] of fileText.matchAll(/^([ \t]*)([^\s\w]|\w+)/gm)) {
    if (indent.length < inFile.length) words.add(word);
  }
  return words;
}

/** Whether lines as deep as the first could only be of the same block as it. */
function areOfOneBlock(
  firstNew: string,
  rest: readonly string[],
  outer: ReadonlySet<string>,
): boolean {
  let depth = 0;
  for (const line of [firstNew, ...rest]) {
    for (const [bracket] of line.matchAll(/[()[\]{}]/g)) {
      depth += '([{'.includes(bracket) ? 1 : -1;
      if (depth < 0) return false;
    }
  }
  return rest.every((line) => !outer.has(/^\s*(\w+|\S)/.exec(line)?.[1] ?? ''));
}
