/** How models are shown the name of a file, which may hold line ends and bytes that are not text. */
import { oneLine } from '../context/clip.ts';
import { isText, withCodes } from '../util/file-names.ts';

/** A path in one line. */
export function shownName(name: string): string {
  return withCodes(oneLine(name));
}

/** What is said below a list of names if codes stand for bytes in any of them. */
export function remarksOnNames(names: readonly string[]): string[] {
  if (names.every(isText)) return [];
  return [
    '(a code such as \\xe9 stands for a byte of a name that is not UTF-8: no file tool can open it)',
  ];
}
