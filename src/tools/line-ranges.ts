/** Other ways to name lines of a file than their first and last: a range, or a count of them. */
import type { Given } from './given-arguments.ts';
import { ToolError } from './tool-error.ts';

const STARTS = [
  'start_line',
  'start_line_number',
  'start_line_one_indexed',
  'line_start',
  'from_line',
  'first_line',
  'offset',
];
const ENDS = [
  'end_line',
  'end_line_number',
  'end_line_one_indexed',
  'end_line_one_indexed_inclusive',
  'line_end',
  'to_line',
  'last_line',
];
const RANGES = ['range', 'line_range', 'view_range', 'lines'];
const COUNTS = ['limit', 'max_lines', 'num_lines', 'line_count'];

/** The other names of `start` and `end`; ranges and counts become one of them, too. */
export const LINE_NAMES = { start: [...STARTS, ...RANGES], end: [...COUNTS, ...ENDS] };

/**
 * The arguments with each range and count of lines under its own name as a plain line number.
 * @param last what the end of the file is written as
 */
export function asStartAndEnd(given: Given, last: number): Given {
  const result = { ...given };
  const isGiven = (name: string) => result[name] !== undefined && result[name] !== null;
  // An offset may be counted from 0; 0 itself is the first line either way.
  if (Number(result['offset'] ?? 1) === 0) result['offset'] = 1;
  for (const name of ['start', ...RANGES].filter(isGiven)) {
    const range = rangeOf(result[name]);
    if (range && result['end'] === undefined) {
      result[name] = range.start;
      result['end'] = range.end === -1 ? last : range.end;
    } else if (name !== 'start') {
      throw new ToolError(`${name}: give the first line as start and the last one as end`);
    }
  }
  for (const name of COUNTS.filter(isGiven)) {
    const first = ['start', ...STARTS].find(isGiven);
    const start = first === undefined ? 1 : wholeOf(result[first]);
    const count = wholeOf(result[name]);
    if (!count) throw new ToolError(`${name}: it must be a whole number of lines`);
    // A start that is no number is refused later, by its own name.
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
