/** What a person wants to know of a result that was written for the model. */

/** The lines of a file that a read has shown. */
export interface LinesRead {
  count: number;
  /** `1–80`; undefined where it was the whole file, or nothing. */
  range: string | undefined;
}

/** Of `read_file`, which numbers the lines it shows. */
export function linesRead(content: string): LinesRead {
  const numbers = [...content.matchAll(/^ *(\d+):/gm)].map(([, number]) => Number(number));
  const [first = 0, last = first] = [numbers[0], numbers.at(-1)];
  const isWhole = first <= 1 && !/^\(lines \d+-\d+ of \d+/m.test(content);
  return { count: numbers.length, range: isWhole ? undefined : `${first}–${last}` };
}

/** How many entries `list_files` has found. */
export function entryCount(content: string): number {
  const shown = content.match(/^\[[DF]\] /gm)?.length ?? 0;
  return shown + Number(/^\((\d+) more are not shown/m.exec(content)?.[1] ?? 0);
}

/** How many matches `search` has found, in the files that it shows. */
export function matchCount(content: string): number {
  const shown = content.split('\n').filter((line) => /^[^(].*?:\d+:/.test(line)).length;
  const more = [...content.matchAll(/^\((\d+) more in /gm)].map(([, count]) => Number(count));
  return more.reduce((sum, count) => sum + count, shown);
}

/** The exit code that `run_shell` tells, as it tells it; undefined where there is none. */
export function exitCodeIn(content: string): string | undefined {
  return /^exit_code: (.*)$/m.exec(content)?.[1];
}

/** What a command has printed, standard output first, line by line. */
export function outputLines(content: string): string[] {
  const [, output = ''] = /^exit_code: .*\nstdout:\n([^]*)$/m.exec(content) ?? [];
  const border = output.lastIndexOf('\nstderr:\n');
  if (border === -1) return [];
  return [output.slice(0, border), output.slice(border + '\nstderr:\n'.length)]
    .filter((text) => text !== '(empty)')
    .flatMap((text) => text.split('\n'));
}
