/** What is said of results: a line when a task ends, and tables. */
import type { Result } from './results.ts';
import { KINDS } from './task.ts';

/** What is said of a task when it ends. */
export function lineOf({ solved, task, end, problems, ...cost }: Result): string {
  const { validCalls, calls, seconds } = cost;
  const how = end === 'answer' ? '' : `; no answer: ${end}`;
  const why = solved ? '' : `: ${problems.join('; ')}${how}`;
  const counts = `${validCalls} valid calls of ${calls} replies, ${seconds.toFixed(1)} s`;
  return `${solved ? 'solved' : 'failed'}  ${task} (${counts})${why}`;
}

/** A table with a row for each run, as docs/models.md has it. */
export function tableOfRuns(results: readonly Result[]): string {
  const rows = groupsOf(results, ({ model, who }) => JSON.stringify([model, who]));
  return markdown(
    ['model', 'with', 'solved', ...KINDS, ...COST_COLUMNS],
    rows.map((few) => [
      few[0].model,
      few[0].who,
      solvedOf(few),
      ...KINDS.map((kind) => solvedOf(few.filter((each) => each.kind === kind))),
      ...costOf(few),
    ]),
  );
}

/** A table with a row for each kind of task. */
export function tableOfKinds(results: readonly Result[]): string {
  const byKind = KINDS.map((kind): [string, Result[]] => [
    kind,
    results.filter((each) => each.kind === kind),
  ]);
  const rows = byKind.filter(([, few]) => few.length > 0);
  return markdown(
    ['tasks', 'solved', ...COST_COLUMNS],
    [...rows, ['all', results] as const].map(([name, few]) => [
      name,
      solvedOf(few),
      ...costOf(few),
    ]),
  );
}

const COST_COLUMNS = ['valid calls', 'model calls', 'sent', 'evaluated', 'generated', 'seconds'];

function costOf(few: readonly Result[]): string[] {
  const keys = ['validCalls', 'calls', 'sent', 'evaluated', 'generated', 'seconds'] as const;
  return keys.map((key) => {
    const sum = few.reduce((total, result) => total + result[key], 0);
    return sum.toLocaleString('en', { maximumFractionDigits: 0 });
  });
}

function solvedOf(few: readonly Result[]): string {
  if (few.length === 0) return '';
  return `${few.filter(({ solved }) => solved).length} of ${few.length}`;
}

type Group = [Result, ...Result[]];

function groupsOf(results: readonly Result[], keyOf: (result: Result) => string): Group[] {
  const groups = new Map<string, Group>();
  for (const result of results) {
    const group = groups.get(keyOf(result));
    if (group) group.push(result);
    else groups.set(keyOf(result), [result]);
  }
  return [...groups.values()];
}

/** Columns of equal width; numbers and counts to the right. */
function markdown(head: readonly string[], rows: readonly string[][]): string {
  const widths = head.map((name, at) =>
    Math.max(3, name.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const isText = (at: number) => rows.every((row) => !/^[\d,]+(?: of \d+)?$/.test(row[at] ?? ''));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => (isText(at) ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, at) =>
    isText(at) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
