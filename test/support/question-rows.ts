/** Reads the rows of an approval question back: what a person can tell from them. */
import { expect } from 'vitest';

/**
 * The exact lines, each with its sign, that these rows show. Fails where a row has no gutter.
 * @param signs characters of the sign that every row has after its gutter
 * @param hasCodes whether the question says that it shows codes
 */
export function linesShown(rows: readonly string[], signs: number, hasCodes: boolean): string[] {
  const lines: string[] = [];
  for (const row of rows) {
    const [, mark, text = ''] = /^ {2}([|↳]) (.*)$/s.exec(row) ?? expect.fail(`no gutter: ${row}`);
    if (mark === '|') lines.push(text);
    else {
      const line = lines.pop() ?? '';
      expect(text.slice(0, signs)).toBe(line.slice(0, signs));
      lines.push(line + text.slice(signs));
    }
  }
  return lines.flatMap((line) => {
    const [sign, text] = [line.slice(0, signs), line.slice(signs)];
    const [, count, blank = ''] = /^\[(\d+) (?:blank lines|lines of (.*))\]$/.exec(text) ?? [];
    const all = count === undefined ? [text] : Array<string>(Number(count)).fill(blank);
    return all.map((each) => sign + (hasCodes ? withoutCodes(each) : each));
  });
}

const CODE =
  / \[(\d+) (spaces|tabs|× (\\\w+))\] |\\(t)|\\x([\da-f]{2})|\\u([\da-f]{4})|\\u\{([\da-f]+)\}/g;

function withoutCodes(shown: string): string {
  return shown.replace(CODE, (_all, count, what, of, tab, ...hex: (string | undefined)[]) => {
    const one = what === 'spaces' ? ' ' : '\t';
    if (count !== undefined) return (of ? withoutCodes(of) : one).repeat(Number(count));
    if (tab !== undefined) return '\t';
    const code = hex.slice(0, 3).find((digits) => digits !== undefined) ?? '';
    return String.fromCodePoint(Number.parseInt(code, 16));
  });
}
