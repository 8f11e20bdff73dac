/** Tables in Markdown, aligned so that they can be read as they are. */
import { median, quantile, type Samples } from './samples.ts';

/** A table: the first column is text, the others are figures. Cells beyond the head are left out. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, at) =>
    Math.max(3, ...[head, ...rows].map((row) => row[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const aligned = (row: readonly string[]) =>
    line(widths.map((width, at) => (row[at] ?? '')[at === 0 ? 'padEnd' : 'padStart'](width)));
  const rule = line(
    widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)),
  );
  return [aligned(head), rule, ...rows.map(aligned)].join('\n');
}

/**
 * Both programs side by side: the median of each row, where half of all values lie, and the ratio of
 * the medians. Less is better in all rows; the better median is bold.
 */
export function comparison(ours: Samples, theirs: Samples | undefined): string {
  const rows = Object.entries(ours).map(([name, values]) => {
    const others = theirs?.[name] ?? [];
    const ratio = median(values) / median(others);
    return [
      name,
      figure(values, ratio < 1),
      figure(others, ratio > 1),
      Number.isFinite(ratio) ? ratio.toFixed(2) : '–',
    ];
  });
  const columns = ['', 'this program', 'the original', 'ratio'];
  return tableOf(theirs ? columns : columns.slice(0, 2), rows);
}

function figure(values: readonly number[], isBetter: boolean): string {
  if (values.length === 0) return '–';
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => number(quantile(values, share)));
  const best = isBetter ? `**${middle}**` : `${middle}`;
  return low === high ? best : `${best} (${low}–${high})`;
}

/** A number with as many digits as are worth reading. */
export function number(value: number): string {
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}
