/**
 * Edits as other agents write them, read as calls of `patch_file` and `create_file`. Only one edit of
 * one file is read. A reply with more is refused with the reason, since the rest would be lost.
 */
import { matchAt } from '../match-at.ts';
import { malformed, type Construct } from '../reply.ts';
import {
  beginsReply,
  endsReply,
  isAnnounced,
  isInSample,
  isLedInto,
  isWholeReply,
} from './around.ts';

const PATCH = 'patch_file';
const CREATE = 'create_file';

/** Where an edit was found, and what it says. */
export interface Found {
  start: number;
  end: number;
  edit: Edit | { problem: string };
}

type Edit = { path: string; oldText: string; newText: string } | { path: string; content: string };

/** What the model is told about more than one edit. */
export const SEVERAL = {
  problem: 'a reply can make only one edit, in one file: start with one of them',
};
const NOT_READABLE = { problem: 'the edit is not in a known format' };

/** The complaint about an edit that cannot be made. */
function refused({ problem }: { problem: string }, end: number): Construct {
  return { reply: malformed(problem, PATCH), end };
}

/** The call that makes the edit: `patch_file`, or `create_file` for a file that must not exist. */
export function callOf(edit: Edit, end: number): Construct {
  const { path } = edit;
  const reply =
    'content' in edit
      ? { name: CREATE, args: { path, content: edit.content } }
      : { name: PATCH, args: { path, old_text: edit.oldText, new_text: edit.newText } };
  return { reply: { type: 'call', ...reply, ignored: '' }, end };
}

/** The call, if the edit is meant: it ends the reply, and nothing before it explains or offers it. */
function meant(raw: string, { start, end, edit }: Found): Construct {
  if ('problem' in edit) return refused(edit, raw.length);
  const isAlone = isWholeReply(raw, start, end) || isAnnounced(raw, start);
  // A file that is created matches nothing that is there.
  const isMeant = endsReply(raw, end) && ('content' in edit ? isAlone : isLedInto(raw, start));
  return isMeant ? callOf(edit, end) : refused({ problem: 'an edit needs its tags' }, raw.length);
}

/** What opens a block of aider: `<<<<<<< SEARCH` on a line of its own. */
export const SEARCH_BLOCK = '(?<![^\\n>])(?=<{5,9} ?(?:SEARCH|ORIGINAL)\\b[^\\n]{0,40}\\n)';

/** Reads `<<<<<<< SEARCH`, the old lines, `=======`, the new ones and `>>>>>>> REPLACE`. */
export function readSearchBlock(raw: string, at: number): Construct | undefined {
  const from = lineEnd(raw, at);
  const rest = raw.slice(from);
  const close = /^>{5,9} ?(?:REPLACE|UPDATED)\b.*$/im.exec(rest);
  if (!close) return refused(NOT_READABLE, raw.length);
  const end = from + close.index + close[0].length;
  if (ANOTHER_BLOCK.test(raw.slice(end))) return refused(SEVERAL, raw.length);
  if (isInSample(raw, at) && !endsReply(raw, end)) return undefined;
  const { path, start } = nameBefore(raw, at);
  return meant(raw, { start, end, edit: editIn(rest.slice(0, close.index), path) });
}

/** What opens another block to replace. */
export const ANOTHER_BLOCK = /^<{5,9} ?(?:SEARCH|ORIGINAL)\b/im;

/** What stands between the first and the last mark of a block. */
export function editIn(body: string, path: string | undefined): Found['edit'] {
  // Roo says where the lines are.
  const lines = body.replace(/^(?::\w+:[ \t]?\d+\r?\n)+(?:-{5,9}\r?\n)?/, '');
  const [oldText = '', newText = '', ...others] = lines.split(/^={5,9}[ \t]*\r?\n/m);
  if (path === undefined) return { problem: 'the edit does not name its file' };
  if (others.length > 0 || !/^={5,9}/m.test(body)) return NOT_READABLE;
  return oldText.trim() === '' ? { path, content: newText } : { path, oldText, newText };
}

/** The file's name on the line above, or in the opening of the fence; and where that line starts. */
function nameBefore(raw: string, at: number): { path: string | undefined; start: number } {
  const before = raw.slice(Math.max(0, at - 300), at);
  const above = /(?:^|\n)[ \t]*([^\n]+?)[ \t]*(?:\r?\n[ \t]*)*(?:```[^\n]*\n)?$/.exec(before);
  const fence = /```(?:\w*[ \t:]+)?([^\s`]*[./][^\s`]*)[ \t]*\n$/.exec(before);
  const start = at - before.length + (above?.index ?? before.length);
  return { path: fence?.[1] ?? pathIn(above?.[1] ?? ''), start };
}

/** The path that is all of a line, apart from marks of Markdown and a label. */
function pathIn(line: string): string | undefined {
  const text = line
    .replace(/^(?:[#>*\s-]|\*\*)*(?:(?:file(?:name)?|path)\s*:\s*)?/i, '')
    .replace(/[\s:*]+$/, '')
    .replace(/^(`{1,2}|\*\*|"|')(.*)\1$/, '$2');
  return /^[^\s`<>|"]*[./][^\s`<>|"]+$|^(?:Makefile|Dockerfile|Gemfile|LICENSE|README)$/.test(text)
    ? text
    : undefined;
}

/** What opens a unified diff: its two lines of file names and a hunk. */
export const UNIFIED_DIFF = '(?<![^\\n>])(?=--- [^\\n]{1,300}\\n\\+\\+\\+ [^\\n]{1,300}\\n@@)';

/** Reads a unified diff that is the whole reply, or is announced. In an answer it is shown. */
export function readUnifiedDiff(raw: string, at: number): Construct | undefined {
  const names = matchAt(raw, at, '--- ([^\\n]+)\\n\\+\\+\\+ ([^\\n]+)\\n');
  if (!names) return undefined;
  const start = diffStart(raw, at);
  const hunk = readHunk(raw, names.end);
  const isMore = /^(?:@@ |--- )/m.test(raw.slice(hunk.end));
  if (isMore) return beginsReply(raw, start) ? refused(SEVERAL, raw.length) : undefined;
  const isWhole = isWholeReply(raw, start, hunk.end);
  if (!hunk.isComplete && !isFenceEnd(raw, hunk.end)) {
    return isWhole ? refused(NOT_READABLE, raw.length) : undefined;
  }
  if (!isWhole && !(isAnnounced(raw, start) && endsReply(raw, hunk.end))) return undefined;
  const [before = '', after = ''] = names.groups.map((name) => pathOfDiff(name ?? ''));
  const edit: Found['edit'] =
    before === '/dev/null'
      ? { path: after, content: hunk.newText }
      : before === after
        ? { path: after, oldText: hunk.oldText, newText: hunk.newText }
        : { problem: 'a patch can neither rename nor delete a file' };
  return 'problem' in edit ? refused(edit, raw.length) : callOf(edit, hunk.end);
}

/** Whether a closing fence shows that nothing is missing. */
const isFenceEnd = (raw: string, at: number) => matchAt(raw, at, '[ \\t]*```') !== undefined;

/** The name in a diff, without `a/` or `b/` and the time. */
function pathOfDiff(name: string): string {
  return name
    .replace(/\t.*$/, '')
    .trim()
    .replace(/^[ab]\//, '');
}

/** Where a diff starts, with git's own lines above it. */
function diffStart(raw: string, at: number): number {
  const before = raw.slice(Math.max(0, at - 600), at);
  const header = /(?:^|\n)(diff --git [^\n]*\n(?:(?:index|new file|old mode|new mode) [^\n]*\n)*)$/;
  return at - (header.exec(before)?.[1]?.length ?? 0);
}

const COUNTS = '@@ -\\d+(?:,(\\d+))? \\+\\d+(?:,(\\d+))? @@';
const linesIn = (text: string) =>
  text.replace(/\n$/, '').split('\n').length - (text === '' ? 1 : 0);

const NEXT_FILE = '--- [^\\n]{1,300}\\n\\+\\+\\+ [^\\n]{1,300}\\n@@';

interface Hunk {
  oldText: string;
  newText: string;
  end: number;
  /** It has as many lines as its first line says. */
  isComplete: boolean;
}

/** The lines of one hunk, each to the letter. */
function readHunk(raw: string, from: number): Hunk {
  let at = lineEnd(raw, from); // the line of @@
  let oldText = '';
  let newText = '';
  let last = '';
  let unended = 0;
  while (at < raw.length) {
    const next = lineEnd(raw, at);
    const line = raw.slice(at, next);
    if (line.startsWith('--- ') && matchAt(raw, at, NEXT_FILE)) break;
    const text = `${line.slice(1).replace(/\n$/, '')}\n`;
    const isEmptyContext = /^\r?\n$/.test(line) && /[ +-]/.test(raw.charAt(next));
    const mark = isEmptyContext ? ' ' : line.charAt(0);
    if (mark === '\\') {
      // At most, both texts end without a newline.
      if (++unended > 2) break;
      // "No newline at end of file" speaks of the line above.
      if (last !== '+') oldText = oldText.replace(/\n$/, '');
      if (last !== '-') newText = newText.replace(/\n$/, '');
    } else if (!' +-'.includes(mark) || mark === '') break;
    if (mark === '-' || mark === ' ') oldText += isEmptyContext ? line : text;
    if (mark === '+' || mark === ' ') newText += isEmptyContext ? line : text;
    last = mark;
    at = next;
  }
  const [old = 0, next = 0] =
    matchAt(raw, from, COUNTS)?.groups.map((count) => Number(count ?? 1)) ?? [];
  const isComplete = linesIn(oldText) === old && linesIn(newText) === next;
  return { oldText, newText, end: at, isComplete };
}

function lineEnd(raw: string, at: number): number {
  const newline = raw.indexOf('\n', at);
  return newline === -1 ? raw.length : newline + 1;
}

/** What opens an envelope of apply_patch. */
export const APPLY_PATCH = '(?<![^\\n>])(?=\\*\\*\\* Begin Patch[ \\t]*\\r?\\n)';

/** Reads `*** Begin Patch`, one file and `*** End Patch`. */
export function readApplyPatch(raw: string, at: number): Construct | undefined {
  const end = raw.indexOf('*** End Patch', at);
  if (end === -1) return refused(NOT_READABLE, raw.length);
  const after = end + '*** End Patch'.length;
  if (isInSample(raw, at) && !endsReply(raw, after)) return undefined;
  const edit = editInEnvelope(raw.slice(lineEnd(raw, at), end));
  return meant(raw, { start: at, end: after, edit });
}

/** The one edit between the first and the last line of an envelope. */
export function editInEnvelope(body: string): Found['edit'] {
  const files = body.split(/^\*\*\* (?=(?:Update|Add|Delete) File: )/m).slice(1);
  return files.length > 1 ? SEVERAL : editOf(files[0] ?? '');
}

/** One file of an envelope, without its stars. */
function editOf(file: string): Found['edit'] {
  const [, what, path = ''] = /^(\w+) File: (.+)/.exec(file) ?? [];
  if (what === undefined) return NOT_READABLE;
  const lines = file.slice(lineEnd(file, 0));
  if (what === 'Delete' || /^\*\*\* Move to: /m.test(lines)) {
    return { problem: 'a patch can neither rename nor delete a file' };
  }
  const hunks = lines.replace(/^\*\*\* End of File\s*$/m, '').split(/^@@.*\n/m);
  const filled = hunks.filter((hunk) => hunk.trim() !== '');
  if (filled.length > 1) return SEVERAL;
  const { oldText, newText, end } = readHunk(`@@\n${filled[0] ?? ''}`, 0);
  if (end < (filled[0] ?? '').trimEnd().length) return NOT_READABLE;
  if (what === 'Add')
    return oldText === '' ? { path: path.trim(), content: newText } : NOT_READABLE;
  if (oldText.trim() === '') return { problem: 'the edit does not say where it belongs' };
  return { path: path.trim(), oldText, newText };
}
