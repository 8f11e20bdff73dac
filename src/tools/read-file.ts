import { isUtf8 } from 'node:buffer';
import fs from 'node:fs';
import * as z from 'zod';
import { head, oneLine } from '../context/clip.ts';
import { found } from '../util/counted.ts';
import { withRegularFile } from '../util/files.ts';
import { resolveInside } from '../workspace/paths.ts';
import { numbered } from './patch/line-numbers.ts';
import { defineTool } from './tool.ts';
import { ToolError } from './tool-error.ts';
import { asStartAndEnd } from './line-ranges.ts';
import { missing } from './missing.ts';
import { OTHER_NAMES } from './other-names.ts';
import { pathText, wholeNumber } from './arguments.ts';
import type { ToolSummary } from './outcome.ts';

/** The characters of a result that are kept free for where its page ends. */
const REMARK_CHARS = 70;
const INVALID_UTF8 = '(not valid UTF-8: � stands for bytes that are not text)';
/** A longer line is cut: it is data or minified code. */
const LINE_CHARS = 1_000;
/** Lines of a page when the call names no `end`. */
const PAGE_LINES = 200;
const BINARY_PROBE_BYTES = 8_192;
const CHUNK_BYTES = 64 * 1024;
const MAX_LINE_NUMBER = 1_000_000_000;

/** Shows part of a text file, a page at a time. */
export const readFile = defineTool({
  name: 'read_file',
  description: 'Shows numbered lines of a file.',
  risky: false,
  reads: 'path',
  wording: { verbs: ['reading', 'read', 'read'] },
  args: z
    .object({
      path: pathText(),
      start: wholeNumber(1, MAX_LINE_NUMBER).default(1),
      end: wholeNumber(1, MAX_LINE_NUMBER).default(PAGE_LINES),
    })
    // The default `end` may be before `start`: a page is as long wherever it starts.
    .refine(({ start, end }) => end >= start || end === PAGE_LINES, {
      path: ['end'],
      error: 'it must not be less than start',
    }),
  ...OTHER_NAMES.read_file,
  rewrite: (given) => asStartAndEnd(given, MAX_LINE_NUMBER),
  example:
    '<tool>{"name":"read_file","args":{"path":"path/to/file.ext","start":1,"end":80}}</tool>',
  check({ path }, { root, versions }) {
    const { real, shown } = resolveInside(root, path);
    const stat = fs.statSync(real, { throwIfNoEntry: false });
    if (!stat) {
      versions.note(real); // seen to be absent: it may be written again
      throw missing(root, shown, 'file');
    }
    if (stat.isDirectory()) throw new ToolError(`${shown} is a folder: list it instead`);
  },
  async run({ path, start, end }, { root, versions, resultRoom }) {
    const { real, shown } = resolveInside(root, path);
    const last = end < start ? start + PAGE_LINES - 1 : end;
    const heading = `# ${oneLine(shown)}`;
    // Whole lines, so that a page is never clipped as a result.
    const taken = (heading.length + REMARK_CHARS) / resultRoom.chars;
    const shareOf = (line: string) => resultRoom.shareOf(`${line}\n`) / Math.max(0.25, 1 - taken);
    const page = withRegularFile(real, (fd, { size }) => {
      const probe = Buffer.alloc(Math.min(size, BINARY_PROBE_BYTES));
      if (probe.subarray(0, fs.readSync(fd, probe, 0, probe.length, 0)).includes(0)) {
        throw new ToolError(`${shown} is a binary file of ${size} bytes`);
      }
      return readPage(fd, start, last, shareOf);
    });
    versions.note(real);
    const text = [heading, ...page.lines, ...remarksOn(page, start)].join('\n');
    return { text, summary: summaryOf(page, start) };
  },
});

interface Page {
  lines: string[];
  /** The number of the last line shown. */
  shownTo: number;
  totalLines: number;
  invalidUtf8: boolean;
}

/** The share of a page that a line fills. */
type ShareOf = (line: string) => number;

/** Reads in chunks and keeps only what is shown, so that a file of any size costs little memory. */
function readPage(fd: number, start: number, end: number, shareOf: ShareOf): Page {
  const page: Page = { lines: [], shownTo: start - 1, totalLines: 0, invalidUtf8: false };
  let filled = 0;
  let isFull = false;
  for (const line of linesOf(fd, start, end)) {
    page.totalLines = line.number;
    if (isFull || line.text === undefined) continue;
    let shown = numbered(line.number, cut(line.text, LINE_CHARS));
    if (line.invalidUtf8 && !page.invalidUtf8) filled += shareOf(INVALID_UTF8);
    filled += shareOf(shown);
    isFull = filled > 1;
    if (isFull && page.lines.length > 0) continue;
    if (isFull) shown = cut(shown, Math.floor(shown.length / filled) - 1);
    page.invalidUtf8 ||= line.invalidUtf8 ?? false;
    page.lines.push(shown);
    page.shownTo = line.number;
  }
  return page;
}

function cut(line: string, chars: number): string {
  return line.length > chars ? `${head(line, chars)}…` : line;
}

interface Line {
  number: number;
  /** Present only for the requested lines. */
  text?: string;
  invalidUtf8?: boolean;
}

/** Every line of the file; the requested ones with their text, without the line end. */
function* linesOf(fd: number, start: number, end: number): Generator<Line> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let number = 1;
  let parts: Buffer[] = [];
  let size = 0;
  const keep = (bytes: Buffer) => {
    if (number < start || number > end || size > 4 * LINE_CHARS + 4) return;
    parts.push(Buffer.from(bytes.subarray(0, 4 * LINE_CHARS + 4)));
    size += bytes.length;
  };
  const finish = (): Line => {
    const isWanted = number >= start && number <= end;
    const bytes = Buffer.concat(parts);
    const text = bytes.toString('utf8').replace(/\r$/, '');
    const line = isWanted ? { number, text, invalidUtf8: !isUtf8(bytes) } : { number };
    number++;
    parts = [];
    size = 0;
    return line;
  };
  let endsOpen = false;
  for (let read = fs.readSync(fd, chunk); read > 0; read = fs.readSync(fd, chunk)) {
    let at = 0;
    for (let newline = chunk.indexOf(10); newline !== -1 && newline < read;) {
      keep(chunk.subarray(at, newline));
      yield finish();
      at = newline + 1;
      newline = chunk.indexOf(10, at);
    }
    keep(chunk.subarray(at, read));
    endsOpen = at < read;
  }
  if (endsOpen || size > 0) yield finish();
}

/** Names the range of lines unless it is the whole file. */
function summaryOf({ lines, shownTo, totalLines }: Page, start: number): ToolSummary {
  const isWhole = lines.length === 0 || (start === 1 && shownTo === totalLines);
  const result = found(lines.length, 'line');
  return isWhole ? { result } : { result, range: `${start}–${shownTo}` };
}

function remarksOn({ lines, shownTo, totalLines, invalidUtf8 }: Page, start: number): string[] {
  const remarks = invalidUtf8 ? [INVALID_UTF8] : [];
  if (totalLines === 0) remarks.push('(the file is empty)');
  else if (lines.length === 0)
    remarks.push(`(the file has only ${totalLines} lines: start at ${totalLines} or before)`);
  else if (shownTo < totalLines) {
    remarks.push(
      `(lines ${start}-${shownTo} of ${totalLines}; continue with start=${shownTo + 1})`,
    );
  }
  return remarks;
}
