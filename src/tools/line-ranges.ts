/** Other ways to name lines of a file than their first and last: a range, or a count of them. */
import type { Given } from './given-arguments.ts';
import { ToolError } from './tool-error.ts';

const STARTS = {
  start_line: 'start',
  start_line_number: 'start',
  start_line_one_indexed: 'start',
  line_start: 'start',
  from_line: 'start',
  first_line: 'start',
  offset: 'start',
} as const;
const RANGES = {
  range: 'start',
  line_range: 'start',
  view_range: 'start',
  lines: 'start',
} as const;
const COUNTS = { limit: 'end', max_lines: 'end', num_lines: 'end', line_count: 'end' } as const;

/** The aliases of `start` and `end`. */
export const LINE_ALIASES = {
  ...STARTS,
  ...RANGES,
  ...COUNTS,
  end_line: 'end',
  end_line_number: 'end',
  end_line_one_indexed: 'end',
  end_line_one_indexed_inclusive: 'end',
  line_end: 'end',
  to_line: 'end',
  last_line: 'end',
} as const;

/** The arguments with ranges and counts of lines as `start` and `end`. @param last the last line */
export function asStartAndEnd(given: Given, last: number): Given {
  const result = { ...given };
  if (Number(result['offset'] ?? 1) === 0) result['offset'] = 1;
  for (const name of Object.keys({ start: '', ...RANGES })) {
    const value = result[name];
    if (value === undefined || value === null) continue;
    const range = rangeOf(value);
    if (range && result['end'] === undefined) {
      result[name] = range.start;
      result['end'] = range.end === -1 ? last : range.end;
    } else if (name !== 'start') {
      throw new ToolError(`${name}: give the first line as start and the last one as end`);
    }
  }
  for (const name of Object.keys(COUNTS)) {
    const value = result[name];
    if (value === undefined || value === null) continue;
    const starts = ['start', ...Object.keys(STARTS)].map((each) => result[each]);
    const start = wholeOf(starts.find((each) => each !== undefined && each !== null) ?? 1);
    const count = wholeOf(value);
    if (!count) throw new ToolError(`${name}: it must be a whole number of lines`);
    // A start that is no number is refused for itself.
    result[name] = (start ?? 1) + count - 1;
  }
  return result;
}

/** `[40, 80]`, `"40-80"`, `"L40:L80"`; an end of -1 is the end of the file. */
function rangeOf(value: unknown): { start: number; end: number } | undefined {
  const text = Array.isArray(value) ? value.join(',') : value;
  if (typeof text !== 'string') return undefined;
  const found = /^\s*\[?\s*L?(\d+)\s*[-–:,]\s*(-1|L?\d+)\s*\]?\s*$/i.exec(text);
  if (!found) return undefined;
  const [, start, end = ''] = found;
  return { start: Number(start), end: Number(end.replace(/^L/i, '')) };
}

function wholeOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
}
